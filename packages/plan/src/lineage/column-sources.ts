import type { DatasetId } from '@qarion/core'

/**
 * - `direct`: the value itself.
 * - `derived`: the value goes into the computation.
 * - `filter`: it decides which rows there are, or which of them a value comes from.
 */
export type LineageKind = 'direct' | 'derived' | 'filter'

/** A dataset column that something comes from. */
export interface ColumnSource {
  readonly dataset: DatasetId
  readonly column: string
  readonly kind: LineageKind
}

/** Sources, each dataset column once with its strongest kind. */
export type SourceSet = ReadonlyMap<string, ColumnSource>

export const NO_SOURCES: SourceSet = new Map()

const STRENGTH: Readonly<Record<LineageKind, number>> = { direct: 3, derived: 2, filter: 1 }

export function oneSource(dataset: DatasetId, column: string, kind: LineageKind): SourceSet {
  return new Map([[keyOf(dataset, column), { dataset, column, kind }]])
}

export function uniteSources(sets: Iterable<SourceSet>): SourceSet {
  const result = new Map<string, ColumnSource>()
  for (const set of sets) {
    for (const [key, source] of set) {
      const other = result.get(key)
      if (other === undefined || STRENGTH[source.kind] > STRENGTH[other.kind])
        result.set(key, source)
    }
  }
  return result
}

/** No source stronger than `kind`: a value computed from direct ones is derived. */
export function weakenTo(kind: LineageKind, set: SourceSet): SourceSet {
  const result = new Map<string, ColumnSource>()
  for (const [key, source] of set) {
    result.set(key, STRENGTH[source.kind] > STRENGTH[kind] ? { ...source, kind } : source)
  }
  return result
}

export function sortedSources(set: SourceSet): readonly ColumnSource[] {
  return [...set.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, source]) => source)
}

/** NUL stands in no name. */
function keyOf(dataset: DatasetId, column: string): string {
  return `${dataset}\u0000${column}`
}
