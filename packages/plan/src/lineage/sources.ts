import type { DatasetId } from '@qarion/core'

import {
  bitOf,
  composeBits,
  dependencesOf,
  DIRECT_BITS,
  type Dependence,
  type DependenceBits,
} from './dependence.ts'

/** Where something comes from. */
export type LineageOrigin =
  /** A column of a dataset. */
  | { readonly kind: 'column'; readonly dataset: DatasetId; readonly column: string }
  /** A dataset as a whole: how many rows it has, or a step that does not say which of its columns it uses. */
  | { readonly kind: 'dataset'; readonly dataset: DatasetId }
  /** A column of the flow's deliveries, by the name that it has there; without one the delivered row as it is. */
  | { readonly kind: 'input'; readonly flow: string; readonly column?: string }
  /** What the run gives: a parameter such as `batch_id`, or the place of a row in its file. */
  | { readonly kind: 'run'; readonly name: string }
  /** A value that stands in the plan. */
  | { readonly kind: 'constant' }

export interface LineageSource {
  readonly origin: LineageOrigin
  /** In the order of `DEPENDENCES`. */
  readonly dependences: readonly Dependence[]
}

/** Origins, each once, with all ways in which something depends on it. */
export type SourceSet = ReadonlyMap<string, BitSource>

export interface BitSource {
  readonly origin: LineageOrigin
  readonly bits: DependenceBits
}

export const NO_SOURCES: SourceSet = new Map()

const CONSTANT_KEY = '\u0003'

export const CONSTANT: SourceSet = oneSource({ kind: 'constant' })

export function oneSource(origin: LineageOrigin, dependence: Dependence = 'identity'): SourceSet {
  return new Map([[originKey(origin), { origin, bits: bitOf(dependence) }]])
}

export function uniteSources(sets: readonly SourceSet[]): SourceSet {
  const filled = sets.filter(({ size }) => size > 0)
  const [only = NO_SOURCES] = filled
  if (filled.every((set) => set === only)) return only
  const result = new Map<string, BitSource>(only)
  for (const set of filled.slice(1)) {
    for (const [key, source] of set) {
      const other = result.get(key)
      if (other === undefined) result.set(key, source)
      else if ((source.bits & ~other.bits) !== 0)
        result.set(key, { origin: source.origin, bits: source.bits | other.bits })
    }
  }
  return result
}

/** The sources of something that depends by `outer` on what has these sources. */
export function composeSources(outer: DependenceBits, set: SourceSet): SourceSet {
  if (outer === bitOf('identity')) return set
  const result = new Map<string, BitSource>()
  for (const [key, { origin, bits }] of set) {
    result.set(key, { origin, bits: composeBits(outer, bits) })
  }
  return result
}

/** Without constants, unless there is nothing else: beside a column nobody asks where the 1 of `x + 1` is from. */
export function preferColumns(set: SourceSet): SourceSet {
  const left = withoutConstants(set)
  return left.size === 0 ? set : left
}

export function withoutConstants(set: SourceSet): SourceSet {
  return set.has(CONSTANT_KEY) ? new Map([...set].filter(([key]) => key !== CONSTANT_KEY)) : set
}

/** Without constants that decide only: they could not have come out otherwise. */
export function withoutIdleConstants(set: SourceSet): SourceSet {
  const constant = set.get(CONSTANT_KEY)
  const isIdle = constant !== undefined && (constant.bits & DIRECT_BITS) === 0
  return isIdle ? withoutConstants(set) : set
}

/** As data, datasets and columns in the order of their names. */
export function sortedSources(set: SourceSet): readonly LineageSource[] {
  return [...set]
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { origin, bits }]) => ({ origin, dependences: dependencesOf(bits) }))
}

/** One text per origin; NUL stands in no name. */
export function originKey(origin: LineageOrigin): string {
  switch (origin.kind) {
    case 'column':
      return columnKey(origin.dataset, origin.column)
    case 'dataset':
      return `${origin.dataset}\u0000`
    case 'input':
      return `\u0001${origin.flow}\u0000${origin.column ?? ''}`
    case 'run':
      return `\u0002${origin.name}`
    case 'constant':
      return CONSTANT_KEY
  }
}

export function columnKey(dataset: DatasetId, column: string): string {
  return `${dataset}\u0000${column}`
}
