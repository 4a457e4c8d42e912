import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

import { QarionError } from '@qarion/core'

import { CONFIG_ERRORS } from './config-errors.ts'
import { parseToml } from './parse-toml.ts'
import { createProblemList } from './problem-list.ts'
import { LEGACY_PROJECT_FILE, PROJECT_FILE } from './project-keys.ts'
import { readSource } from './read-files.ts'
import { arrayIn } from './toml-node.ts'

/** Where a project is. */
export interface ProjectLocation {
  /** Absolute. */
  readonly projectDirectory: string
  /** `qarion.toml`, or `qarion-etl.toml` where there is no other. */
  readonly file: string
}

/**
 * The project that a folder belongs to: the nearest folder at or above it with a project file. Throws
 * QRN-CONFIG-001 if there is none.
 */
export function findProject(startDirectory: string): ProjectLocation {
  const start = resolve(startDirectory)
  for (let directory = start; ; directory = dirname(directory)) {
    const file = projectFileIn(directory)
    if (file !== undefined) return { projectDirectory: directory, file }
    if (dirname(directory) === directory) break
  }
  throw noProject(`there is no ${PROJECT_FILE} in ${start} or a folder above it`, start)
}

function noProject(message: string, directory: string): QarionError {
  return new QarionError('QRN-CONFIG-001', 'configuration', message, {
    hint: CONFIG_ERRORS['QRN-CONFIG-001'].cure,
    data: { directory },
  })
}

/** The project file of this very folder. */
export function projectFileIn(
  directory: string,
  names: readonly string[] = [PROJECT_FILE, LEGACY_PROJECT_FILE],
): string | undefined {
  return names.find((file) => existsSync(join(directory, file)))
}

/** What finding plugins needs to know before a project can be checked. */
export interface PluginList {
  readonly plugins: readonly string[]
  readonly discover: boolean
}

/**
 * `plugins` and `discover` of a project file, with those of the environment in front. Never throws for what is
 * wrong in the file: `loadProject` reports that together with everything else.
 */
export function readPluginList(projectDirectory: string, environment?: string): PluginList {
  const problems = createProblemList()
  const file = projectFileIn(projectDirectory)
  const source = file && readSource(projectDirectory, file, problems)
  const root = source && parseToml(source, problems)
  const result = { plugins: [] as readonly string[], discover: true }
  if (typeof root !== 'object') return result
  const environments = root.entries.get('environments')?.node
  const chosen =
    environments?.kind === 'table' && environment !== undefined
      ? environments.entries.get(environment)?.node
      : undefined
  for (const table of chosen?.kind === 'table' ? [root, chosen] : [root]) {
    const discover = table.entries.get('discover')?.node
    if (discover?.kind === 'scalar' && typeof discover.value === 'boolean') {
      result.discover = discover.value
    }
    const items = arrayIn(table, 'plugins')?.items
    if (items !== undefined) {
      result.plugins = items.flatMap((item) =>
        item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : [],
      )
    }
  }
  return result
}

/** The project file of a folder that is known to be a project; throws as `findProject` does. */
export function requireProjectFile(projectDirectory: string): string {
  const file = projectFileIn(projectDirectory)
  if (file !== undefined) return file
  throw noProject(`there is no ${PROJECT_FILE} in ${projectDirectory}`, projectDirectory)
}
