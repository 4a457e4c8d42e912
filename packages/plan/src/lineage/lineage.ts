import type { Dataset, DatasetId, Instruction, Query } from '@qarion/core'

import { inferColumns } from '../check/infer-columns.ts'
import type { Relation } from './relation.ts'
import { sortedSources, type LineageSource } from './sources.ts'
import { traceInstruction, traceRead } from './trace-writes.ts'

/** Where the values of a column come from, and what else decides them. */
export interface ColumnLineage {
  readonly column: string
  readonly sources: readonly LineageSource[]
}

/** Where something that has rows comes from. */
export interface RowsLineage {
  readonly columns: readonly ColumnLineage[]
  /** What decides which rows there are: it counts for every column, and is kept apart so that it is not told for each. */
  readonly rows: readonly LineageSource[]
}

export interface DatasetLineage extends RowsLineage {
  readonly dataset: DatasetId
}

/**
 * For every dataset that the instruction writes, where its columns come from. A view counts as a source of its own.
 * Throws what `inferColumns` throws.
 */
export function lineageOf(
  instruction: Instruction,
  datasets: ReadonlyMap<DatasetId, Dataset>,
): readonly DatasetLineage[] {
  inferColumns(instruction.queries, datasets)
  return Array.from(traceInstruction(instruction, datasets), ([dataset, relation]) => ({
    dataset,
    ...lineageOfRelation(relation),
  }))
}

/** The same for the last of `queries`: what a read or an export gives. */
export function lineageOfQueries(
  queries: readonly Query[],
  datasets: ReadonlyMap<DatasetId, Dataset>,
): RowsLineage {
  inferColumns(queries, datasets)
  return lineageOfRelation(traceRead(queries, datasets))
}

export function lineageOfRelation({ columns, rows }: Omit<Relation, 'counted'>): RowsLineage {
  return {
    columns: Array.from(columns, ([column, sources]) => ({
      column,
      sources: sortedSources(sources),
    })),
    rows: sortedSources(rows),
  }
}
