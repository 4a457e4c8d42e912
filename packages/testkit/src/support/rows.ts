import {
  ROWS_PER_BATCH,
  rowsOf,
  vectorFromValues,
  type ColumnBatch,
  type DataType,
  type LoadSource,
  type Row,
} from '@qarion/core'

interface TypedColumn {
  readonly name: string
  readonly type: DataType
}

/** Rows as one batch; values are in the order of the columns. */
export function batchOf(columns: readonly TypedColumn[], rows: readonly Row[]): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: columns.map(({ type }, index) =>
      vectorFromValues(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    ),
  }
}

/** A source for `load` that gives the rows in batches. */
export function sourceOf(
  columns: readonly TypedColumn[],
  rows: Iterable<Row>,
  rowsPerBatch: number = ROWS_PER_BATCH,
): LoadSource {
  return {
    async *batches(): AsyncGenerator<ColumnBatch> {
      let waiting: Row[] = []
      for (const row of rows) {
        waiting.push(row)
        if (waiting.length < rowsPerBatch) continue
        yield batchOf(columns, waiting)
        waiting = []
      }
      if (waiting.length > 0) yield batchOf(columns, waiting)
    },
  }
}

/** All rows of a stream of batches. With `columns`, throws unless every batch has as many. */
export async function collectRows(
  batches: AsyncIterable<ColumnBatch>,
  columns?: readonly unknown[],
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const batch of batches) {
    if (columns !== undefined && batch.columns.length !== columns.length) {
      throw new Error(`A batch has ${batch.columns.length} columns, not ${columns.length}.`)
    }
    for (const row of rowsOf(batch)) rows.push(row)
  }
  return rows
}
