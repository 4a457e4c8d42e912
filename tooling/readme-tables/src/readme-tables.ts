import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { capabilityTables } from './capability-tables.ts'
import { replaceMarkedBlock } from './marked-block.ts'
import { optionTable } from './option-table.ts'
import { readPluginPackages, type PluginPackage, type ProvidedPlugin } from './provided-plugins.ts'
import { readCapabilities } from './read-capabilities.ts'

export interface Outcome {
  /** READMEs that differed from what they should be; with `write`, they no longer do. */
  readonly stale: readonly string[]
  /** What no program can write: a README or its markers are missing. */
  readonly problems: readonly string[]
}

/** Brings the tables in the READMEs of all plugin packages in line with their plugins. */
export async function updateReadmes(root: string, { write }: { write: boolean }): Promise<Outcome> {
  const stale: string[] = []
  const problems: string[] = []
  for (const found of await readPluginPackages(root)) {
    const path = `${found.dir}/README.md`
    const file = join(root, path)
    if (!existsSync(file)) {
      problems.push(`${path}: is missing`)
      continue
    }
    const present = readFileSync(file, 'utf8')
    let wanted = present
    for (const [name, content] of await blocksOf(found)) {
      const next = replaceMarkedBlock(wanted, name, content)
      if (next === undefined)
        problems.push(
          `${path}: needs one line <!-- ${name}:begin --> and after it one <!-- ${name}:end -->`,
        )
      else wanted = next
    }
    if (wanted === present) continue
    stale.push(path)
    if (write) writeFileSync(file, wanted)
  }
  return { stale, problems }
}

async function blocksOf({ plugins }: PluginPackage): Promise<readonly [string, string][]> {
  const engines = plugins.filter(({ plugin }) => plugin.kind === 'engine')
  const limits = await Promise.all(
    engines.map(async ({ plugin }) => capabilityTables(await readCapabilities(plugin))),
  )
  const options = plugins.map(({ plugin }) => optionTable(plugin.options))
  return [
    ['options', sections(plugins, options)],
    ...(engines.length === 0 ? [] : [['limits', sections(engines, limits)] as [string, string]]),
  ]
}

/** One plugin needs no heading; of several each has its own. */
function sections(plugins: readonly ProvidedPlugin[], contents: readonly string[]): string {
  if (plugins.length === 1) return contents.join('')
  return plugins
    .map(({ title, plugin }, index) => `### ${title} (\`${plugin.id}\`)\n\n${contents[index]}`)
    .join('\n\n')
}
