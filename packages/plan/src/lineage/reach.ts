import type { DatasetId } from '@qarion/core'

import { DIRECT_BITS } from './dependence.ts'
import type { LineagePoint } from './project-lineage.ts'
import type { Relation } from './relation.ts'
import { NO_SOURCES, columnKey, type BitSource, type SourceSet } from './sources.ts'

/** The part of a dataset that was reached. */
export interface Reached {
  readonly dataset: DatasetId
  readonly relation: Pick<Relation, 'columns' | 'rows'>
}

type RelationOf = (dataset: DatasetId) => Relation | undefined

/** The point, and column by column what its values come from. */
export function reachUpstream(point: LineagePoint, relationOf: RelationOf): readonly Reached[] {
  const reached = new Map<DatasetId, Map<string, SourceSet>>()
  const waiting: LineagePoint[] = [point]
  for (const { dataset, column } of waiting) {
    const relation = relationOf(dataset)
    if (relation === undefined) continue
    const columns = reached.get(dataset) ?? new Map<string, SourceSet>()
    reached.set(dataset, columns)
    for (const name of column === undefined ? relation.columns.keys() : [column]) {
      const sources = relation.columns.get(name)
      if (sources === undefined || columns.has(name)) continue
      columns.set(name, sources)
      for (const { origin, bits } of sources.values())
        if (origin.kind === 'column' && (bits & DIRECT_BITS) !== 0) waiting.push(origin)
    }
  }
  return Array.from(reached, ([dataset, columns]) => ({
    dataset,
    relation: { columns, rows: relationOf(dataset)?.rows ?? NO_SOURCES },
  }))
}

interface Dependent {
  readonly dataset: DatasetId
  /** Absent: its rows. */
  readonly column?: string
  readonly source: BitSource
}

/** The point, and column by column what is made of it among the datasets; the point comes without sources. */
export function reachDownstream(
  point: LineagePoint,
  datasets: readonly DatasetId[],
  relationOf: RelationOf,
): readonly Reached[] {
  const dependents = indexDependents(datasets, relationOf)
  const parts = new Map<DatasetId, { columns: Map<string, SourceSet>; rows: SourceSet }>()
  const partOf = (dataset: DatasetId) => {
    const part = parts.get(dataset) ?? { columns: new Map<string, SourceSet>(), rows: NO_SOURCES }
    parts.set(dataset, part)
    return part
  }
  const names =
    point.column === undefined
      ? [...(relationOf(point.dataset)?.columns.keys() ?? [])]
      : [point.column]
  const start = partOf(point.dataset)
  for (const name of names) start.columns.set(name, NO_SOURCES)
  const waiting = names.map((name) => columnKey(point.dataset, name))
  if (point.column === undefined) waiting.push(`${point.dataset}\u0000`)
  const passed = new Set(waiting)
  for (const key of waiting) {
    for (const { dataset, column, source } of dependents.get(key) ?? []) {
      const isStart = dataset === point.dataset && (column === undefined || names.includes(column))
      if (isStart) continue
      const part = partOf(dataset)
      if (column === undefined) {
        part.rows = new Map([...part.rows, [key, source]])
        continue
      }
      part.columns.set(column, new Map([...(part.columns.get(column) ?? []), [key, source]]))
      const next = columnKey(dataset, column)
      if ((source.bits & DIRECT_BITS) === 0 || passed.has(next)) continue
      passed.add(next)
      waiting.push(next)
    }
  }
  return Array.from(parts, ([dataset, relation]) => ({ dataset, relation }))
}

function indexDependents(
  datasets: readonly DatasetId[],
  relationOf: RelationOf,
): ReadonlyMap<string, readonly Dependent[]> {
  const dependents = new Map<string, Dependent[]>()
  const add = (sources: SourceSet, place: Omit<Dependent, 'source'>): void => {
    for (const [key, source] of sources) {
      const known = dependents.get(key)
      if (known === undefined) dependents.set(key, [{ ...place, source }])
      else known.push({ ...place, source })
    }
  }
  for (const dataset of datasets) {
    const relation = relationOf(dataset)
    for (const [column, sources] of relation?.columns ?? []) add(sources, { dataset, column })
    add(relation?.rows ?? NO_SOURCES, { dataset })
  }
  return dependents
}
