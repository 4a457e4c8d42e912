import type { Dataset } from '@qarion/core'

import { bitOf, type Dependence } from './dependence.ts'
import {
  composeSources,
  NO_SOURCES,
  oneSource,
  uniteSources,
  withoutConstants,
  type SourceSet,
} from './sources.ts'

/** Where the columns of a query come from at some point of it. */
export interface Relation {
  readonly columns: ReadonlyMap<string, SourceSet>
  /** What decides which rows there are; no direct dependence is among them. */
  readonly rows: SourceSet
  /** The datasets whose rows these are: what counting rows depends on. */
  readonly counted: SourceSet
}

export const EMPTY_RELATION: Relation = {
  columns: new Map(),
  rows: NO_SOURCES,
  counted: NO_SOURCES,
}

export function relationOfDataset(dataset: Dataset): Relation {
  return {
    columns: new Map(
      dataset.columns.map(({ name }) => [
        name,
        oneSource({ kind: 'column', dataset: dataset.id, column: name }),
      ]),
    ),
    rows: NO_SOURCES,
    counted: oneSource({ kind: 'dataset', dataset: dataset.id }),
  }
}

export function sourcesOf(relation: Relation, column: string): SourceSet {
  return relation.columns.get(column) ?? NO_SOURCES
}

/** What columns have to do with something that they decide and are no part of; constants decide nothing. */
export function decidedBy(
  relation: Relation,
  columns: Iterable<string>,
  dependence: Dependence,
): SourceSet {
  const bit = bitOf(dependence)
  return uniteSources(
    Array.from(columns, (name) => composeSources(bit, withoutConstants(sourcesOf(relation, name)))),
  )
}

/** The relation after columns took part in deciding which rows there are. */
export function rowsBy(
  relation: Relation,
  columns: Iterable<string>,
  dependence: Dependence,
): Relation {
  const deciding = decidedBy(relation, columns, dependence)
  return { ...relation, rows: uniteSources([relation.rows, deciding]) }
}
