import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'

import type { QarionError } from '@qarion/core'

import { formatRange, judgeContract, type ContractRanges } from './contract-ranges.ts'
import { exportsTarget, isUnbuilt } from './exports-target.ts'
import type { JsonObject, ProvidedPlugin } from './manifest.ts'
import { pluginError } from './plugin-errors.ts'
import type { AnyPlugin } from './plugin-of-kind.ts'
import type { PluginOrigin, PluginRecord } from './plugin-record.ts'

/** A claim to a kind and id, with what is needed to settle and load it. */
export interface Candidate {
  readonly record: PluginRecord
  /** Of several claims the highest wins; equals are ambiguous. */
  readonly rank: number
  /** Absent for handed-in plugins and those that are not installed. */
  readonly entryPath?: string
  readonly optionsPath?: string
  readonly packageJson?: JsonObject
  /** Present where nothing needs to be imported any more. */
  readonly plugin?: AnyPlugin
  /** What using it throws; absent if it is ready. */
  readonly error?: QarionError
}

export const RANK = {
  workspace: 1,
  project: 2,
  explicitPackage: 3,
  explicitId: 4,
  code: 5,
} as const

export interface PackageSource {
  readonly name: string
  /** Path of its package.json, links not resolved. */
  readonly path: string
  readonly json: JsonObject
  readonly origin: PluginOrigin
  readonly rank: number
}

/** One plugin of an installed package's manifest; judged without running any of its code. */
export function packageCandidate(
  source: PackageSource,
  provided: ProvidedPlugin,
  ranges: ContractRanges,
): Candidate {
  const directory = dirname(realpathSync(source.path))
  const version = typeof source.json['version'] === 'string' ? source.json['version'] : ''
  const record: PluginRecord = {
    kind: provided.kind,
    id: provided.id,
    aliases: provided.aliases,
    title: provided.title,
    package: source.name,
    version,
    directory,
    contract: provided.contract,
    status: 'ready',
    reason: '',
    origin: source.origin,
  }
  const candidate = { record, rank: source.rank, packageJson: source.json }
  const error = contractError(record, ranges)
  if (error !== undefined) return failed(candidate, contractStatus(record, ranges), error)

  const entry = exportsTarget(source.json['exports'], provided.entry, directory)
  const options =
    provided.options === undefined
      ? undefined
      : exportsTarget(source.json['exports'], provided.options, directory)
  const faulty = entry.kind === 'file' ? options : entry
  if (entry.kind !== 'file' || faulty?.kind === 'problem') {
    const message = `${describe(record)} cannot be loaded: ${faulty?.kind === 'problem' ? faulty.problem : ''}.`
    return failed(candidate, 'broken', pluginError('manifest_mismatch', message, stamp(record)))
  }
  if (isUnbuilt(entry.path)) return failed(candidate, 'broken', notBuilt(record, entry.path))
  return {
    ...candidate,
    entryPath: entry.path,
    ...(options?.kind === 'file' ? { optionsPath: options.path } : {}),
  }
}

/** A plugin object at hand: handed in, or the export of a local file. */
export function objectCandidate(
  plugin: AnyPlugin,
  source: {
    readonly name: string
    readonly directory: string
    readonly origin: PluginOrigin
    readonly rank: number
  },
  ranges: ContractRanges,
): Candidate {
  const record: PluginRecord = {
    kind: plugin.kind,
    id: plugin.id,
    aliases: [],
    title: plugin.id,
    package: source.name,
    version: '',
    directory: source.directory,
    contract: plugin.contract,
    status: 'ready',
    reason: '',
    origin: source.origin,
  }
  const candidate = { record, rank: source.rank, plugin }
  const error = contractError(record, ranges)
  return error === undefined ? candidate : failed(candidate, contractStatus(record, ranges), error)
}

/** A package of this repository that package.json lists and node_modules lacks. */
export function missingCandidate(
  name: string,
  provides: { readonly kind: PluginRecord['kind']; readonly id: string },
  origin: PluginOrigin,
  rank: number,
): Candidate {
  const record: PluginRecord = {
    ...provides,
    aliases: [],
    title: provides.id,
    package: name,
    version: '',
    directory: '',
    contract: 0,
    status: 'not_installed',
    reason: '',
    origin,
  }
  const listedIn = origin.from === 'dependency' ? origin.manifest : 'plugins'
  return failed({ record, rank }, 'not_installed', notInstalled(name, listedIn))
}

export function notInstalled(name: string, listedIn: string): QarionError {
  return pluginError('not_installed', `${name} is listed in ${listedIn}, but not installed.`, {
    hint: `Run \`pnpm install\`; a plugin that production needs belongs in dependencies: \`pnpm add ${name}\`.`,
    data: { package: name },
  })
}

export function notBuilt(record: PluginRecord, path: string): QarionError {
  const message = `${describe(record)} was published without being built: its entry ${path} is TypeScript inside node_modules.`
  return pluginError('not_built', message, stamp(record))
}

/** The origin that every error about a plugin carries. */
export function stamp(record: PluginRecord): { readonly origin: { readonly plugin: string } } {
  return { origin: { plugin: record.package } }
}

/** `engine "duckdb" of @qarion/engine-duckdb 1.2.3` */
export function describe(record: PluginRecord): string {
  const version = record.version === '' ? '' : ` ${record.version}`
  return `${record.kind} "${record.id}" of ${record.package}${version}`
}

function failed(
  candidate: Candidate,
  status: PluginRecord['status'],
  error: QarionError,
): Candidate {
  return { ...candidate, record: { ...candidate.record, status, reason: error.message }, error }
}

function contractStatus(record: PluginRecord, ranges: ContractRanges): PluginRecord['status'] {
  return judgeContract(record.contract, ranges[record.kind])
}

function contractError(record: PluginRecord, ranges: ContractRanges): QarionError | undefined {
  const range = ranges[record.kind]
  const verdict = judgeContract(record.contract, range)
  if (verdict === 'ready') return undefined
  const spoken = `this Qarion works with ${record.kind} contract ${formatRange(range)}`
  const message = `${describe(record)} is written against ${record.kind} contract ${record.contract}; ${spoken}.`
  return verdict === 'too_old'
    ? pluginError('plugin_too_old', message, {
        ...stamp(record),
        hint: `Upgrade the plugin: \`pnpm up --latest ${record.package}\`.`,
      })
    : pluginError('host_too_old', message, {
        ...stamp(record),
        hint: 'Upgrade Qarion: `pnpm up --latest @qarion/cli`.',
      })
}
