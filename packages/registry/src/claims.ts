import type { PluginKind } from '@qarion/core'

import type { Candidate } from './candidate.ts'
import { splitFullId } from './full-id.ts'
import type { PluginRecord } from './plugin-record.ts'

/**
 * Leaves one candidate per package, kind and id: the one of the highest rank, a direct dependency before a preset's.
 * Copies of a package in different folders at the same rank stay, and are ambiguous.
 */
export function withoutRepeats(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter((candidate, index) =>
    candidates.every((other, otherIndex) => {
      if (other === candidate || !isSamePlugin(other.record, candidate.record)) return true
      if (other.rank !== candidate.rank) return other.rank < candidate.rank
      if (isOfPreset(other) !== isOfPreset(candidate)) return isOfPreset(other)
      return other.record.directory !== candidate.record.directory || otherIndex > index
    }),
  )
}

function isSamePlugin(left: PluginRecord, right: PluginRecord): boolean {
  return (
    left.kind === right.kind &&
    left.id === right.id &&
    left.package === right.package &&
    left.origin.from !== 'code'
  )
}

function isOfPreset(candidate: Candidate): boolean {
  const { origin } = candidate.record
  return origin.from === 'dependency' && origin.preset !== undefined
}

/** The candidates that an id, alias or full id may mean: one, none, or several if nothing settles it. */
export function claimsOn(
  candidates: readonly Candidate[],
  kind: PluginKind,
  name: string,
): readonly Candidate[] {
  const exact = named(candidates, kind, name)
  if (exact.length > 0) return strongest(exact)
  const { packageName, id } = splitFullId(name)
  if (id === undefined) return []
  return strongest(
    named(candidates, kind, id).filter(({ record }) => record.package === packageName),
  )
}

function named(
  candidates: readonly Candidate[],
  kind: PluginKind,
  name: string,
): readonly Candidate[] {
  return candidates.filter(
    ({ record }) => record.kind === kind && (record.id === name || record.aliases.includes(name)),
  )
}

function strongest(candidates: readonly Candidate[]): readonly Candidate[] {
  const installed = candidates.filter(({ record }) => record.status !== 'not_installed')
  const remaining = installed.length > 0 ? installed : candidates
  const highest = Math.max(...remaining.map(({ rank }) => rank))
  return remaining.filter(({ rank }) => rank === highest)
}

/** The records as `list` shows them: those that nothing settles are ambiguous, those that lost say to whom. */
export function settledRecords(candidates: readonly Candidate[]): readonly PluginRecord[] {
  return candidates.map((candidate) => {
    const { record } = candidate
    const claims = claimsOn(candidates, record.kind, record.id)
    const others = claims
      .filter((claim) => claim !== candidate)
      .map((claim) => claim.record.package)
    if (others.length === 0 || record.status !== 'ready') return record
    return claims.includes(candidate)
      ? { ...record, status: 'ambiguous', reason: `Also provided by ${others.join(', ')}.` }
      : { ...record, reason: `"${record.id}" means the one of ${others.join(', ')}.` }
  })
}
