import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { readPackage } from './find-package.ts'
import { isJsonObject, type JsonObject } from './manifest.ts'

/** A package.json whose dependencies are looked at for plugins. */
export interface ProjectPackage {
  readonly path: string
  readonly directory: string
  readonly scope: 'project' | 'workspace'
  readonly dependencies: readonly string[]
  /** Why it could not be read. */
  readonly problem?: unknown
}

const DEPENDENCY_FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/**
 * The nearest package.json at or above the project's folder and, where that lies in a workspace, the one of the
 * workspace's root. Nearest first.
 */
export function projectPackages(base: string): readonly ProjectPackage[] {
  const found: ProjectPackage[] = []
  for (const directory of upwards(base)) {
    const path = join(directory, 'package.json')
    if (!existsSync(path)) continue
    const reading = readPackage(path)
    const json = reading.kind === 'found' ? reading.json : {}
    const isRoot = 'workspaces' in json || existsSync(join(directory, 'pnpm-workspace.yaml'))
    if (found.length === 0 || isRoot) {
      found.push({
        path,
        directory,
        scope: found.length === 0 ? 'project' : 'workspace',
        dependencies: dependencyNames(json),
        ...(reading.kind === 'unreadable' ? { problem: reading.cause } : {}),
      })
    }
    if (isRoot) break
  }
  return found
}

function dependencyNames(json: JsonObject): readonly string[] {
  const names = DEPENDENCY_FIELDS.flatMap((field) => {
    const value = json[field]
    return isJsonObject(value) ? Object.keys(value) : []
  })
  return [...new Set(names)]
}

function* upwards(from: string): Generator<string> {
  for (let directory = from; ; directory = dirname(directory)) {
    yield directory
    if (dirname(directory) === directory) return
  }
}
