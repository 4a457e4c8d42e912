import type { DuckDBPreparedStatement } from '@duckdb/node-api'
import type { SqlParameter } from '@qarion/kit-sql'

import type { DuckdbApi } from '../duckdb-driver.ts'

/** Binds a value exactly, in the type's own form. */
export function bindParameter(
  api: DuckdbApi,
  statement: DuckDBPreparedStatement,
  position: number,
  { value, type }: SqlParameter,
): void {
  if (value === null) {
    statement.bindNull(position)
    return
  }
  switch (type.kind) {
    case 'boolean':
      statement.bindBoolean(position, value as boolean)
      break
    case 'integer':
      statement.bindBigInt(position, value as bigint)
      break
    case 'decimal':
      statement.bindDecimal(
        position,
        new api.DuckDBDecimalValue(value as bigint, type.precision, type.scale),
      )
      break
    case 'float':
      statement.bindDouble(position, value as number)
      break
    case 'string':
    case 'json':
      statement.bindVarchar(position, value as string)
      break
    case 'date':
      statement.bindDate(position, new api.DuckDBDateValue(value as number))
      break
    case 'time':
      statement.bindTime(position, new api.DuckDBTimeValue(value as bigint))
      break
    case 'timestamp':
      statement.bindTimestamp(position, new api.DuckDBTimestampValue(value as bigint))
      break
    case 'binary':
      statement.bindBlob(position, value as Uint8Array)
  }
}
