import type { BatchVersion, Column, Dataset, StoredBatch, Value } from '@qarion/core'

import { compileAs } from '../expression/compile-expression.ts'
import { dtypeOf, valueNode } from '../frame/dtypes.ts'
import { concatFrames, selectColumns, withColumns } from '../frame/frames.ts'
import { columnNode, nullNode, type NamedNode } from '../frame/node.ts'
import type { LazyFrame } from '../polars.ts'
import type { StoredTableState } from '../store/table-store.ts'
import { encodeBatches, type TypedColumn } from '../values/encode.ts'
import type { QueryContext } from './query-context.ts'
import { project, type Relation } from './relation.ts'

/** Reads a stored dataset: one table, or one batch's table. What is not stored reads as no rows. */
export async function readStored(
  dataset: Dataset,
  version: BatchVersion | undefined,
  context: QueryContext,
): Promise<Relation> {
  if (dataset.storage.kind === 'table') {
    const columns = dataset.columns.map(({ name }) => name)
    return readTable(dataset, { table: dataset.table, columns, constants: {} }, context)
  }
  const batch = context.catalog.batches.get(dataset.id)?.[version ?? 'current']
  return batch === undefined ? noRows(dataset.columns, context) : readTable(dataset, batch, context)
}

async function readTable(
  { columns }: Dataset,
  batch: StoredBatch,
  context: QueryContext,
): Promise<Relation> {
  const stored = context.tables.tables.get(batch.table)
  if (stored === undefined) return noRows(columns, context)
  const present = new Set(stored.columns.map(({ name }) => name))
  const source = tableRelation(stored, context)
  return project(source, context, (compilation) =>
    columns.map((column) => {
      const { name, type } = column
      const node =
        batch.columns.includes(name) && present.has(name)
          ? columnNode(name)
          : Object.hasOwn(batch.constants, name)
            ? valueNode(type, batch.constants[name] as Value | null)
            : column.default === undefined
              ? nullNode(dtypeOf(type))
              : compileAs(column.default, type, compilation)
      return { name, operand: { node, type } }
    }),
  )
}

/** All rows of a table in the columns that it has now. */
export function tableRelation(table: StoredTableState, context: QueryContext): Relation {
  const frames = table.parts
    .filter(({ rowCount }) => rowCount > 0)
    .map((part) => partFrame(table, part, context))
  const { columns } = table
  if (frames.length === 0) return noRows(columns, context)
  return { frame: concatFrames(context.polars, frames), columns }
}

/** The rows of one part in the columns that its table has now. */
export function partFrame(
  { columns }: StoredTableState,
  part: StoredTableState['parts'][number],
  { polars, tables }: QueryContext,
): LazyFrame {
  const frame = tables.scan(part, columns)
  const missing = columns.filter(({ name }) => !part.columns.includes(name))
  const nodes = columns.map(({ name }): NamedNode => ({ name, node: columnNode(name) }))
  // What a column that was added later holds in older rows is decided when it is added: see `create_table`.
  const added = missing.map(({ name, type }): NamedNode => ({
    name,
    node: nullNode(dtypeOf(type)),
  }))
  return selectColumns(polars, withColumns(polars, frame, added), nodes)
}

/** A relation without rows. */
export function noRows(
  columns: readonly (TypedColumn | Column)[],
  { polars }: { readonly polars: QueryContext['polars'] },
): Relation {
  const typed = columns.map(({ name, type }) => ({ name, type }))
  return { frame: encodeBatches(polars, typed, []), columns: typed, isEmpty: true }
}
