import type { DuckDBResult, DuckDBTypeId } from '@duckdb/node-api'
import type { DataType } from '@qarion/core'
import type { SqlColumn } from '@qarion/kit-sql'

import type { DuckdbApi } from '../duckdb-driver.ts'
import { duckdbError } from '../duckdb-errors.ts'
import type { ResultColumn } from './decode.ts'

/** How the columns of a result lie in memory. Throws QRN-DUCKDB-007 where one has not the type that the plan says. */
export function resultColumns(
  api: DuckdbApi,
  result: DuckDBResult,
  columns: readonly SqlColumn[],
): readonly ResultColumn[] {
  return columns.map(({ name, type }, index) => {
    const widthBytes = widthOf(api, result, index, type)
    if (widthBytes !== undefined) return { type, widthBytes }
    throw duckdbError(
      'QRN-DUCKDB-007',
      `The column ${name} of a result is ${String(result.columnType(index))}, not of type ${type.kind}.`,
    )
  })
}

function widthOf(
  api: DuckdbApi,
  result: DuckDBResult,
  index: number,
  type: DataType,
): number | undefined {
  const { DuckDBTypeId } = api
  const id = result.columnTypeId(index)
  const only = (expected: DuckDBTypeId, widthBytes: number): number | undefined =>
    id === expected ? widthBytes : undefined
  switch (type.kind) {
    case 'boolean':
      return only(DuckDBTypeId.BOOLEAN, 1)
    case 'integer':
      return (
        only(DuckDBTypeId.BIGINT, 8) ??
        only(DuckDBTypeId.INTEGER, 4) ??
        only(DuckDBTypeId.HUGEINT, 16)
      )
    case 'decimal': {
      const actual = result.columnType(index)
      if (actual.typeId !== DuckDBTypeId.DECIMAL) return undefined
      const { width, scale } = actual
      if (scale !== type.scale) return undefined
      return width <= 4 ? 2 : width <= 9 ? 4 : width <= 18 ? 8 : 16
    }
    case 'float':
      return only(DuckDBTypeId.DOUBLE, 8)
    case 'string':
    case 'json':
      return only(DuckDBTypeId.VARCHAR, 16)
    case 'date':
      return only(DuckDBTypeId.DATE, 4)
    case 'time':
      return only(DuckDBTypeId.TIME, 8)
    case 'timestamp':
      return only(DuckDBTypeId.TIMESTAMP, 8)
    case 'binary':
      return only(DuckDBTypeId.BLOB, 16)
  }
}
