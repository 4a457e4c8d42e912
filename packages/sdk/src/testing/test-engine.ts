import { join } from 'node:path'

import { parseDuration, parseSize } from '@qarion/config'
import type { Engine, OptionDescriptor, ResolvedOptions } from '@qarion/core'

import type { OpenProject } from '../open-project.ts'
import { testError } from './test-errors.ts'

/** Where tests run. */
export interface TestEngine {
  readonly id: string
  /** The engine of the project, which is a server and is not touched. */
  readonly insteadOf?: string
  /** A new place without data in a folder of its own. */
  open(folder: string): Promise<Engine>
}

/**
 * The engine of the project in another place: one that keeps its data in files gets other files, one that keeps it in the
 * process has none. A server is not touched: the first engine that is installed and keeps its data in files stands in,
 * since all give the same rows.
 */
export async function chooseTestEngine(project: OpenProject): Promise<TestEngine> {
  const { engine, loaded, registry } = project
  const { id, options } = loaded.project.engine
  const keysOfPaths = pathKeys(await registry.options('engine', id))
  if (keysOfPaths.length > 0 || !(await engine()).capabilities.isPersistent)
    return engineIn(id, options, keysOfPaths, project)
  for (const other of registry.list()) {
    if (other.kind !== 'engine' || other.status !== 'ready') continue
    const descriptors = await registry.options('engine', other.id)
    const keys = pathKeys(descriptors)
    if (keys.length === 0) continue
    const made = engineIn(other.id, defaultsOf(descriptors), keys, project)
    return { ...made, insteadOf: id }
  }
  throw testError(
    'QRN-TEST-004',
    'configuration',
    `the engine ${id} is a server, which tests do not touch`,
  )
}

function engineIn(
  id: string,
  options: ResolvedOptions,
  keysOfPaths: readonly string[],
  { host, registry }: OpenProject,
): TestEngine {
  return {
    id,
    open: async (folder) => {
      const paths = keysOfPaths.map((key) => [key, join(folder, `engine-${key}`)])
      const plugin = await registry.load('engine', id)
      return plugin.create(host, { ...options, ...Object.fromEntries(paths) })
    },
  }
}

/** Where an engine of files keeps its data: it cannot do without being told. */
function pathKeys(options: readonly OptionDescriptor[]): readonly string[] {
  return options
    .filter(({ isRequired, type }) => type === 'path' && isRequired === true)
    .map(({ name }) => name)
}

/** What the configuration makes of options that are not there. */
function defaultsOf(options: readonly OptionDescriptor[]): ResolvedOptions {
  return Object.fromEntries(
    options.flatMap(({ default: value, name, type }) => {
      if (value === undefined) return []
      if (type === 'size') return [[name, parseSize(String(value))]]
      return [[name, type === 'duration' ? parseDuration(String(value)) : value]]
    }),
  )
}
