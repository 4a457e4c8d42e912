import type { Dataset, DatasetId } from '@qarion/core'

import type { DependenceBits } from './dependence.ts'
import type { Relation } from './relation.ts'
import {
  composeSources,
  NO_SOURCES,
  uniteSources,
  withoutIdleConstants,
  type BitSource,
  type LineageOrigin,
  type SourceSet,
} from './sources.ts'

/** How datasets are traced one step deep, and which of them users do not see. */
export interface InternalScope {
  readonly datasets: ReadonlyMap<DatasetId, Dataset>
  readonly traced: (dataset: DatasetId) => Relation | undefined
}

/**
 * The same through internal datasets: what is left are datasets that users see. Internal ones may read each other and
 * themselves, a batch later: each is passed until no further way of depending on it is found.
 */
export function resolveInternal(
  dataset: DatasetId,
  relation: Relation,
  { datasets, traced }: InternalScope,
): Relation {
  /** What decides the rows of internal datasets that were passed decides these rows too. */
  const passedRows = new Map<DatasetId, SourceSet>()
  const pass = (origin: LineageOrigin): SourceSet | undefined => {
    const inner = 'dataset' in origin ? origin.dataset : dataset
    if (inner === dataset || datasets.get(inner)?.isInternal !== true) return undefined
    const relationOfInner = traced(inner)
    if (relationOfInner === undefined) return undefined
    passedRows.set(inner, relationOfInner.rows)
    return origin.kind === 'column'
      ? (relationOfInner.columns.get(origin.column) ?? NO_SOURCES)
      : relationOfInner.counted
  }
  const columns = Array.from(
    relation.columns,
    ([name, sources]) => [name, passAll(sources, pass)] as const,
  )
  const counted = passAll(relation.counted, pass)
  let rows = passAll(relation.rows, pass)
  // What decides rows may pass further datasets, whose rows are decided as well.
  for (let known = -1; known < passedRows.size;) {
    known = passedRows.size
    rows = passAll(uniteSources([rows, ...passedRows.values()]), pass)
  }
  return { columns: new Map(columns), rows, counted }
}

/** Puts in the place of an origin what `pass` knows of it, until it knows of none. */
function passAll(
  sources: SourceSet,
  pass: (origin: LineageOrigin) => SourceSet | undefined,
): SourceSet {
  const result = new Map<string, BitSource>()
  const seen = new Map<string, DependenceBits>()
  const waiting = [...sources]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [key, { origin, bits }] = next
    const before = seen.get(key) ?? 0
    const all = bits | before
    if (all === before) continue
    seen.set(key, all)
    const inner = pass(origin)
    if (inner === undefined) result.set(key, { origin, bits: all })
    else waiting.push(...composeSources(all, inner))
  }
  return withoutIdleConstants(result)
}
