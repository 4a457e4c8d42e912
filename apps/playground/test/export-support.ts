import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach } from 'vitest'

import { createScenario, type EngineId, type Scenario, type ScenarioOptions } from '../src/index.ts'

/** TOML of an export flow `x`; `keys` are lines of `[properties.export]`. */
export function exportFlow(keys: string, source = 't.change_feed', id = 'x'): string {
  return `id = "${id}"\nflow_type = "export_flow"\nnamespace = "raw"\n\n[properties.export]\nsource_dataset_id = "${source}"\n${keys}\n`
}

/** A project with the change feed `t` and the export flow `x`. */
export function createExport(
  engine: EngineId,
  keys: string,
  options: Partial<ScenarioOptions> & { readonly source?: string } = {},
): Promise<Scenario> {
  const { source, ...rest } = options
  // Read before `t`, so that the order of files is not what makes it run after.
  return createScenario({ engine, otherFlows: { a_x: exportFlow(keys, source) }, ...rest })
}

/** Makes `createExport` close after each test what it has made. */
export function openExports(): typeof createExport {
  const scenarios: Scenario[] = []
  afterEach(async () => {
    for (const scenario of scenarios.splice(0)) await scenario.close()
  })
  return async (...parameters) => {
    const scenario = await createExport(...parameters)
    scenarios.push(scenario)
    return scenario
  }
}

/** Every file below `exports`, relative to it, hidden ones too, in order. */
export async function exportedFiles({ directory }: Pick<Scenario, 'directory'>): Promise<string[]> {
  const root = join(directory, 'exports')
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted()
}

export function readExport(
  { directory }: Pick<Scenario, 'directory'>,
  name: string,
): Promise<string> {
  return readFile(join(directory, 'exports', name), 'utf8')
}
