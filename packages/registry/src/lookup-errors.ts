import type { PluginKind, QarionError } from '@qarion/core'
import { distance } from 'fastest-levenshtein'

import { notInstalled, type Candidate } from './candidate.ts'
import type { Collection } from './collect.ts'
import { findPackage } from './find-package.ts'
import { FIRST_PARTY_PLUGINS, firstPartyPackage } from './first-party.ts'
import { splitFullId } from './full-id.ts'
import { pluginError } from './plugin-errors.ts'

/** Where the registry looked, for messages. */
export interface Surroundings {
  readonly base: string | undefined
  readonly isDiscovering: boolean
  readonly hasPackageJson: boolean
  readonly collection: Collection
}

/** Several packages claim the id. */
export function ambiguousError(
  kind: PluginKind,
  id: string,
  claims: readonly Candidate[],
): QarionError {
  const places = claims.map(({ record }) => {
    const version = record.version === '' ? '' : ` ${record.version}`
    return record.directory === ''
      ? record.package
      : `${record.package}${version} (${record.directory})`
  })
  const first = claims[0]
  const line = first === undefined ? '' : `plugins = ["${first.record.package}#${first.record.id}"]`
  return pluginError('ambiguous', `${kind} "${id}" is provided by ${places.join(' and by ')}.`, {
    hint:
      first?.record.origin.from === 'code'
        ? 'Hand in only one of them.'
        : `Say which one you mean in qarion.toml, for instance: ${line}`,
    data: { kind, id, packages: claims.map(({ record }) => record.package) },
  })
}

/** Nothing provides the id: says why as exactly as can be known. */
export function notFoundError(kind: PluginKind, name: string, around: Surroundings): QarionError {
  const { packageName, id } = splitFullId(name)
  const wanted = id === undefined ? firstPartyPackage(kind, name) : packageName
  const { collection } = around
  const provided = collection.candidates.filter(({ record }) => record.package === wanted)
  if (wanted !== undefined && provided.length === 0) {
    const listed = collection.missing.find((missing) => missing.name === wanted)
    if (listed !== undefined) return notInstalled(wanted, listed.listedIn)
    if (isUnlisted(wanted, around)) {
      const message = `${kind} "${name}" is provided by ${wanted}, which is installed only as a dependency of something else.`
      const hint = `Add it to your own package.json: \`pnpm add ${wanted}\`.`
      return pluginError('not_direct', message, { hint, data: { kind, id: name, package: wanted } })
    }
  }
  const missing = collection.missing.filter((dependency) => looksLike(dependency.name, id ?? name))
  if (wanted === undefined && missing[0] !== undefined) {
    return notInstalled(missing[0].name, missing[0].listedIn)
  }
  const nearest = nearestIds(kind, id ?? name, collection.candidates)
  const toInstall = provided.length === 0 ? wanted : undefined
  return pluginError('not_found', `No ${kind} "${name}": no plugin provides it.`, {
    hint: notFoundHint(toInstall, nearest, around),
    data: { kind, id: name, nearest, ...(toInstall === undefined ? {} : { package: toInstall }) },
    problems: collection.rejections.map((rejection) => rejection.error),
  })
}

function notFoundHint(
  wanted: string | undefined,
  nearest: readonly string[],
  around: Surroundings,
): string {
  if (around.base !== undefined && around.isDiscovering && !around.hasPackageJson) {
    const what = wanted ?? 'the package that provides it'
    return `There is no package.json at or above ${around.base}: run \`pnpm init\` there, then \`pnpm add ${what}\`.`
  }
  const parts: string[] = []
  if (nearest.length > 0) parts.push(`Did you mean ${nearest.map((id) => `"${id}"`).join(' or ')}?`)
  if (wanted !== undefined) parts.push(`Install it: \`pnpm add ${wanted}\`.`)
  if (!around.isDiscovering) parts.push('Discovery is off: name the package in `plugins`.')
  if (parts.length > 0) return parts.join(' ')
  return 'Install the package that provides it; `qarion plugins list` shows what there is.'
}

/** Resolvable although no package.json of the project lists it. */
function isUnlisted(name: string, around: Surroundings): boolean {
  if (around.base === undefined || !around.isDiscovering) return false
  const finding = findPackage(name, around.base)
  if (finding.kind !== 'found' || !('qarion' in finding.json)) return false
  return around.collection.rejections.every((rejection) => rejection.subject !== name)
}

/** Names resolve nothing; here one only helps to say what is not installed. */
function looksLike(packageName: string, id: string): boolean {
  return packageName.includes('qarion') && packageName.endsWith(`-${id.replaceAll('_', '-')}`)
}

function nearestIds(
  kind: PluginKind,
  id: string,
  candidates: readonly Candidate[],
): readonly string[] {
  const known = candidates
    .filter(({ record }) => record.kind === kind)
    .flatMap(({ record }) => [record.id, ...record.aliases])
  const all = new Set([...known, ...Object.keys(FIRST_PARTY_PLUGINS[kind] ?? {})])
  all.delete(id)
  const limit = Math.max(1, Math.floor(id.length / 3))
  return [...all]
    .map((name) => ({ name, steps: distance(name.toLowerCase(), id.toLowerCase()) }))
    .filter(({ steps }) => steps <= limit)
    .toSorted((left, right) => left.steps - right.steps || (left.name < right.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name)
}
