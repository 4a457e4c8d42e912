import { ROWS_PER_BATCH, type ColumnBatch, type DataType } from '@qarion/core'

import type { SqliteValue } from '../sqlite-types.ts'
import { createColumnReader } from './read-columns.ts'

/** Rows that wait to be put into columns: few enough to die young, enough for each column's loop to pay. */
const ROWS_AT_ONCE = 64

/** Batches of the rows of a query, until there are none; the rows come as arrays with integers as `bigint`. */
export function* rowBatches(
  rows: Iterable<readonly SqliteValue[]>,
  types: readonly DataType[],
): Generator<ColumnBatch, void, undefined> {
  const columns = types.map((type) => createColumnReader(type, ROWS_PER_BATCH))
  const waiting: (readonly SqliteValue[])[] = []
  let rowCount = 0
  const takeIn = (): void => {
    for (const [index, column] of columns.entries()) column.read(waiting, index, rowCount)
    rowCount += waiting.length
    waiting.length = 0
  }
  const finish = (): ColumnBatch => {
    const batch = { rowCount, columns: columns.map((column) => column.finish(rowCount)) }
    rowCount = 0
    return batch
  }
  for (const row of rows) {
    waiting.push(row)
    if (waiting.length < ROWS_AT_ONCE) continue
    takeIn()
    if (rowCount === ROWS_PER_BATCH) yield finish()
  }
  takeIn()
  if (rowCount > 0) yield finish()
}
