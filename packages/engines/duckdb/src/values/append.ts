import type { DuckDBAppender, DuckDBType } from '@duckdb/node-api'
import type { Column, ColumnBatch, ColumnVector, DataType } from '@qarion/core'

import type { DuckdbApi, DuckdbDriver } from '../duckdb-driver.ts'
import { encodeVector } from './encode.ts'

/** Appends the rows of a batch as whole chunks. */
export function appendBatch(
  { api, bindings }: DuckdbDriver,
  appender: DuckDBAppender,
  columns: readonly Column[],
  batch: ColumnBatch,
): void {
  const types = columns.map(({ type }) => columnType(api, type))
  const chunkRows = bindings.vector_size()
  for (let from = 0; from < batch.rowCount; from += chunkRows) {
    const count = Math.min(chunkRows, batch.rowCount - from)
    const chunk = api.DuckDBDataChunk.create(types, count)
    columns.forEach(({ type }, index) => {
      const target = bindings.data_chunk_get_vector(chunk.chunk, index)
      encodeVector(bindings, target, type, batch.columns[index] as ColumnVector, from, count)
    })
    appender.appendDataChunk(chunk)
  }
}

/** The driver's name for a type's column type. */
function columnType(api: DuckdbApi, type: DataType): DuckDBType {
  switch (type.kind) {
    case 'boolean':
      return api.BOOLEAN
    case 'integer':
      return api.BIGINT
    case 'decimal':
      return api.DECIMAL(type.precision, type.scale)
    case 'float':
      return api.DOUBLE
    case 'string':
    case 'json':
      return api.VARCHAR
    case 'date':
      return api.DATE
    case 'time':
      return api.TIME
    case 'timestamp':
      return api.TIMESTAMP
    case 'binary':
      return api.BLOB
  }
}
