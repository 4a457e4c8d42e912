import {
  createVectorBuilder,
  ROWS_PER_BATCH,
  type ColumnBatch,
  type DataType,
  type Value,
} from '@qarion/core'

import { dateDays, type SqliteValue } from '../sqlite-types.ts'

/** Batches of the rows of a query, until there are none; the rows come as arrays with integers as `bigint`. */
export function* rowBatches(
  rows: Iterable<readonly SqliteValue[]>,
  types: readonly DataType[],
): Generator<ColumnBatch, void, undefined> {
  const columns = types.map((type) => ({
    builder: createVectorBuilder(type, ROWS_PER_BATCH),
    read: readerOf(type),
  }))
  let rowCount = 0
  for (const row of rows) {
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index] as (typeof columns)[number]
      const value = row[index] as SqliteValue
      column.builder.append(value === null ? null : column.read(value))
    }
    rowCount += 1
    if (rowCount < ROWS_PER_BATCH) continue
    yield { rowCount, columns: columns.map(({ builder }) => builder.finish()) }
    rowCount = 0
  }
  if (rowCount > 0) yield { rowCount, columns: columns.map(({ builder }) => builder.finish()) }
}

type Reader = (value: Exclude<SqliteValue, null>) => Value

function readerOf({ kind }: DataType): Reader {
  switch (kind) {
    case 'boolean':
      return (value) => value === 1n
    case 'date':
      return (value) => dateDays(value as string)
    case 'float':
      return Number
    default:
      return (value) => value
  }
}
