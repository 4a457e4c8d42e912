import { realpathSync } from 'node:fs'

import type { OptionDescriptor, PluginKind } from '@qarion/core'

import { objectCandidate, RANK, type Candidate } from './candidate.ts'
import { claimsOn, settledRecords, withoutRepeats } from './claims.ts'
import { collectDependencies, emptyCollection, reject, type Collection } from './collect.ts'
import { contractRanges, type ContractRanges } from './contract-ranges.ts'
import { coreCopies, type DoctorReport } from './doctor.ts'
import { collectExplicit } from './explicit-list.ts'
import { importPlugin, pluginProblem } from './import-plugin.ts'
import { ambiguousError, notFoundError, type Surroundings } from './lookup-errors.ts'
import { readOptionFile } from './option-file.ts'
import { pluginError } from './plugin-errors.ts'
import type { AnyPlugin, PluginOfKind } from './plugin-of-kind.ts'
import type { PluginRecord, Rejection } from './plugin-record.ts'
import { projectPackages, type ProjectPackage } from './project-packages.ts'

export interface RegistryOptions {
  /** Absolute path of the project's folder; without one there are only handed-in plugins. */
  readonly base: string | undefined
  /** The project's `plugins`: package names, `<package>#<id>`, folders, files. They win over what is discovered. */
  readonly explicit?: readonly string[]
  /** Plugin objects; they win over everything. */
  readonly plugins?: readonly AnyPlugin[]
  /** False: dependencies are not looked at. */
  readonly discover?: boolean
  /** In the place of this Qarion's own ranges. */
  readonly contractRanges?: Partial<ContractRanges>
  /** Hears every registration from the first on. */
  readonly onRegister?: (record: PluginRecord) => void
}

/** The plugins of one project. Holds all its state itself: several live side by side in a process. */
export interface Registry {
  /** Everything known, whatever its status, by kind and id. */
  list(): readonly PluginRecord[]
  /** What gave no plugin. Those from the project's own `plugins` are faults of the project. */
  rejections(): readonly Rejection[]
  /** The plugin that an id, alias or full id (`<package>#<id>`) means. Throws `QRN-PLUGIN-…` unless it is ready. */
  find(kind: PluginKind, id: string): PluginRecord
  /** Imports the plugin and holds it against its manifest; once per registry. Throws as `find` does. */
  load<Kind extends PluginKind>(kind: Kind, id: string): Promise<PluginOfKind[Kind]>
  /** The plugin's options; its code runs only if it does not publish them as JSON. */
  options(kind: PluginKind, id: string): Promise<readonly OptionDescriptor[]>
  /** Adds a plugin object, as if it had been handed in. */
  register(plugin: AnyPlugin): PluginRecord
  /** Hears registrations that come later; returns the function that ends this. */
  onRegister(listener: (record: PluginRecord) => void): () => void
  doctor(): DoctorReport
}

/**
 * Finds the plugins of a project. Reads package.json files and imports the local files of `explicit`, nothing else.
 * Throws `QRN-PLUGIN-014` if something handed in is no plugin; all other faults are rejections or records.
 */
export async function createRegistry(options: RegistryOptions): Promise<Registry> {
  const { explicit = [], plugins = [], discover = true } = options
  const ranges = contractRanges(options.contractRanges)
  const base = options.base === undefined ? undefined : realpathSync(options.base)
  const collection = emptyCollection()
  const packages = base !== undefined && discover ? projectPackages(base) : []
  for (const plugin of plugins) collection.candidates.push(handedIn(plugin, ranges))
  if (base === undefined) rejectExplicit(collection, explicit)
  else await collectExplicit(collection, explicit, base, ranges)
  collectDependencies(collection, packages, ranges)
  const surroundings: Surroundings = {
    base,
    isDiscovering: discover,
    hasPackageJson: packages.length > 0,
    collection,
  }
  const registry = makeRegistry(surroundings, packages, ranges)
  if (options.onRegister !== undefined) {
    for (const record of registry.list()) options.onRegister(record)
    registry.onRegister(options.onRegister)
  }
  return registry
}

function makeRegistry(
  surroundings: Surroundings,
  packages: readonly ProjectPackage[],
  ranges: ContractRanges,
): Registry {
  const { collection } = surroundings
  const candidates: Candidate[] = [...withoutRepeats(collection.candidates)]
  const listeners = new Set<(record: PluginRecord) => void>()
  const loading = new Map<Candidate, Promise<AnyPlugin>>()

  const settle = (kind: PluginKind, id: string): Candidate => {
    const claims = claimsOn(candidates, kind, id)
    const [claim] = claims
    if (claim === undefined) throw notFoundError(kind, id, surroundings)
    if (claims.length > 1) throw ambiguousError(kind, id, claims)
    if (claim.error !== undefined) throw claim.error
    return claim
  }
  const loadCandidate = (candidate: Candidate): Promise<AnyPlugin> => {
    const known = loading.get(candidate)
    if (known !== undefined) return known
    const started =
      candidate.plugin === undefined ? importPlugin(candidate) : Promise.resolve(candidate.plugin)
    loading.set(candidate, started)
    started.catch(() => loading.delete(candidate))
    return started
  }

  return Object.freeze<Registry>({
    list: () => settledRecords(candidates).toSorted(byKindAndId),
    rejections: () => [...collection.rejections],
    find: (kind, id) => settle(kind, id).record,
    load: async <Kind extends PluginKind>(kind: Kind, id: string) =>
      (await loadCandidate(settle(kind, id))) as PluginOfKind[Kind],
    options: async (kind, id) => {
      const candidate = settle(kind, id)
      if (candidate.optionsPath !== undefined)
        return readOptionFile(candidate, candidate.optionsPath)
      return (await loadCandidate(candidate)).options
    },
    register: (plugin) => {
      const candidate = handedIn(plugin, ranges)
      candidates.push(candidate)
      for (const listener of listeners) listener(candidate.record)
      return candidate.record
    },
    onRegister: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    doctor: () => {
      const records = settledRecords(candidates).toSorted(byKindAndId)
      return {
        base: surroundings.base,
        packageJsonFiles: packages.map(({ path }) => path),
        cores: coreCopies(packages, records),
        records,
        rejections: [...collection.rejections],
        missingDependencies: [...collection.missing],
      }
    },
  })
}

function handedIn(plugin: AnyPlugin, ranges: ContractRanges): Candidate {
  const problem = pluginProblem(plugin)
  if (problem !== undefined) throw pluginError('no_plugin', `A handed-in plugin ${problem}.`)
  const origin = { from: 'code' } as const
  return objectCandidate(plugin, { name: '(code)', directory: '', origin, rank: RANK.code }, ranges)
}

function rejectExplicit(into: Collection, entries: readonly string[]): void {
  for (const entry of entries) {
    const error = pluginError(
      'entry_unusable',
      `plugins names ${entry}, but there is no project folder to find it from.`,
    )
    reject(into, entry, '', { from: 'explicit', entry }, error)
  }
}

function byKindAndId(left: PluginRecord, right: PluginRecord): number {
  const [first, second] = [left, right].map(
    ({ kind, id, package: name }) => `${kind} ${id} ${name}`,
  )
  return String(first) < String(second) ? -1 : 1
}
