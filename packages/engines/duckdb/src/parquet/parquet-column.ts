import { MAX_TIMESTAMP, MIN_TIMESTAMP, type DataType, type DataTypeKind } from '@qarion/core'
import type { StoredColumn } from '@qarion/kit-files'

import { storedType } from '../dialect/stored-type.ts'

/** A column of the table from one of the file. */
export interface ParquetColumn {
  readonly value: string
  /** True for a value that the loader might not take. */
  readonly isBad?: string
}

type Conversion = (
  column: string,
  stored: StoredColumn,
  type: DataType,
) => ParquetColumn | undefined

/** What each type of ours takes; what is not here goes through the loader. */
const CONVERSIONS: Readonly<Partial<Record<DataTypeKind, Conversion>>> = {
  boolean: (column, { kind }) => (kind === 'boolean' ? { value: column } : undefined),
  integer: toInteger,
  decimal: toDecimal,
  float: toFloat,
  string: toText,
  date: (column, { kind }) =>
    kind === 'date'
      ? { value: column, isBad: `${column} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'` }
      : undefined,
  time: toTime,
  timestamp: toTimestamp,
  binary: (column, { kind }) => (kind === 'binary' ? { value: column } : undefined),
}

/** How DuckDB gives what the loader gives; `undefined` where it does not. */
export function parquetColumn(
  column: string,
  stored: StoredColumn,
  type: DataType,
): ParquetColumn | undefined {
  return CONVERSIONS[type.kind]?.(column, stored, type)
}

function cast(column: string, type: DataType): string {
  return `CAST(${column} AS ${storedType(type)})`
}

function toInteger(
  column: string,
  stored: StoredColumn,
  type: DataType,
): ParquetColumn | undefined {
  const { kind, bits, isSigned, scale, precision = 0 } = stored
  const value = cast(column, type)
  if (kind === 'decimal' && scale === 0) return { value, isBad: isTooLong(column, precision, 0) }
  if (kind !== 'integer') return undefined
  if (isSigned === true || (bits ?? 64) < 64) return { value }
  return { value, isBad: `${column} > 9223372036854775807` }
}

function toDecimal(
  column: string,
  { kind, precision = 0, scale = 0 }: StoredColumn,
  type: DataType,
): ParquetColumn | undefined {
  const value = cast(column, type)
  if (kind === 'integer') return { value }
  return kind === 'decimal' ? { value, isBad: isTooLong(column, precision, scale) } : undefined
}

/** A file may hold more digits than it says. */
function isTooLong(column: string, precision: number, scale: number): string {
  const digits = '9'.repeat(precision).padStart(scale + 1, '0')
  const point = digits.length - scale
  const most = `CAST('${digits.slice(0, point)}.${digits.slice(point)}' AS DECIMAL(${precision},${scale}))`
  return `${column} NOT BETWEEN -${most} AND ${most}`
}

function toFloat(
  column: string,
  { kind }: StoredColumn,
  type: DataType,
): ParquetColumn | undefined {
  const value = cast(column, type)
  if (kind === 'integer') return { value }
  if (kind !== 'float') return undefined
  // The sign of zero is not kept.
  return {
    value: `CASE WHEN ${column} = 0 THEN 0.0 ELSE ${value} END`,
    isBad: `NOT isfinite(${column})`,
  }
}

/** DuckDB itself refuses what is not UTF-8. */
function toText(column: string, { kind }: StoredColumn): ParquetColumn | undefined {
  if (kind === 'uuid') return { value: `CAST(${column} AS VARCHAR)` }
  return kind === 'string' ? { value: column, isBad: `contains(${column}, chr(0))` } : undefined
}

function toTime(column: string, { kind, unit }: StoredColumn): ParquetColumn | undefined {
  if (kind !== 'time' || unit === 'ns') return undefined
  const value = `CAST(${column} AS TIME)`
  return { value, isBad: `${value} >= TIME '24:00:00'` }
}

/** By way of microseconds: a cast from a timestamp with zone would ask the session for its zone. */
function toTimestamp(column: string, { kind, unit }: StoredColumn): ParquetColumn | undefined {
  if (kind !== 'timestamp' || unit === 'ns') return undefined
  const micros = `epoch_us(${column})`
  return {
    value: `make_timestamp(${micros})`,
    isBad: `${micros} NOT BETWEEN ${MIN_TIMESTAMP} AND ${MAX_TIMESTAMP}`,
  }
}
