import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

import { findPackage } from './find-package.ts'
import type { PluginRecord, Rejection } from './plugin-record.ts'
import type { ProjectPackage } from './project-packages.ts'

/** What `qarion doctor` shows of plugins. */
export interface DoctorReport {
  readonly base: string | undefined
  /** The package.json files whose dependencies were looked at; none is worth saying. */
  readonly packageJsonFiles: readonly string[]
  /** Every copy of `@qarion/core` found. More than one works: nothing depends on identity. */
  readonly cores: readonly FoundPackage[]
  readonly records: readonly PluginRecord[]
  readonly rejections: readonly Rejection[]
  readonly missingDependencies: readonly { readonly name: string; readonly listedIn: string }[]
}

export interface FoundPackage {
  readonly directory: string
  readonly version: string
  /** Packages or folders that use this copy. */
  readonly usedBy: readonly string[]
}

/** Finds `@qarion/core` from the project, from each plugin's folder and from this package itself. */
export function coreCopies(
  packages: readonly ProjectPackage[],
  records: readonly PluginRecord[],
): readonly FoundPackage[] {
  const places = [
    { user: '@qarion/registry', directory: dirname(fileURLToPath(import.meta.url)) },
    ...packages.map(({ directory }) => ({ user: directory, directory })),
    ...records.map((record) => ({ user: record.package, directory: record.directory })),
  ]
  const copies = new Map<string, { version: string; usedBy: Set<string> }>()
  for (const { user, directory } of places) {
    const finding =
      directory === '' ? { kind: 'missing' as const } : findPackage('@qarion/core', directory)
    if (finding.kind !== 'found') continue
    const real = dirname(realpathSync(finding.path))
    const copy = copies.get(real) ?? { version: String(finding.json['version']), usedBy: new Set() }
    copy.usedBy.add(user)
    copies.set(real, copy)
  }
  return [...copies].map(([directory, { version, usedBy }]) => ({
    directory,
    version,
    usedBy: [...usedBy],
  }))
}
