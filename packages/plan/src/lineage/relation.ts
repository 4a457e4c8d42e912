import type { Expression } from '@qarion/core'

import { referencedColumns } from '../visit/references.ts'
import { NO_SOURCES, uniteSources, weakenTo, type SourceSet } from './column-sources.ts'

/** Where the columns of a query come from at some point of it. */
export interface Relation {
  readonly columns: ReadonlyMap<string, SourceSet>
  /** What decides which rows there are; all of kind `filter`. */
  readonly rows: SourceSet
}

export function sourcesOf(relation: Relation, column: string): SourceSet {
  return relation.columns.get(column) ?? NO_SOURCES
}

/** A bare column passes its sources on; anything else derives. */
export function sourcesOfExpression(expression: Expression, relation: Relation): SourceSet {
  if (expression.kind === 'column') return sourcesOf(relation, expression.name)
  const parts = referencedColumns(expression).map((name) => sourcesOf(relation, name))
  return weakenTo('derived', uniteSources(parts))
}

/** The relation after columns took part in deciding which rows there are. */
export function filteredBy(relation: Relation, columns: Iterable<string>): Relation {
  const deciding = [...columns].map((name) => weakenTo('filter', sourcesOf(relation, name)))
  return { ...relation, rows: uniteSources([relation.rows, ...deciding]) }
}
