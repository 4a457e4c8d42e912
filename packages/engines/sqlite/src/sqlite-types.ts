import {
  daysFromDate,
  formatValue,
  MAX_INT64_DECIMAL_PRECISION,
  type DataType,
  type DataTypeKind,
  type Value,
} from '@qarion/core'

/** Digits that a decimal may have: it is stored unscaled in 64 bits. */
export const MAX_PRECISION: number = MAX_INT64_DECIMAL_PRECISION

/** Physical type of each type. */
export const STORED_TYPES: Readonly<Record<DataTypeKind, string>> = Object.freeze({
  boolean: 'INTEGER',
  integer: 'INTEGER',
  decimal: 'INTEGER',
  float: 'REAL',
  string: 'TEXT',
  date: 'TEXT',
  time: 'INTEGER',
  timestamp: 'INTEGER',
  json: 'TEXT',
  binary: 'BLOB',
})

/** What better-sqlite3 binds and gives. */
export type SqliteValue = bigint | number | string | Uint8Array | null

const DATE = { kind: 'date' } as const

/** The stored form of a value: integers always as `bigint`, since numbers are bound as REAL. */
export function toSqlite(value: Value | null, type: DataType): SqliteValue {
  if (value === null) return null
  switch (type.kind) {
    case 'boolean':
      return value === true ? 1n : 0n
    case 'date':
      return dateText(value as number)
    default:
      return value as SqliteValue
  }
}

const MAX_KNOWN_DAYS = 50_000
const textOfDays = new Map<number, string>()

/** `YYYY-MM-DD` of days since 1970. A delivery has few different dates, so they are remembered. */
export function dateText(days: number): string {
  const known = textOfDays.get(days)
  if (known !== undefined) return known
  const text = formatValue(DATE, days)
  if (textOfDays.size >= MAX_KNOWN_DAYS) textOfDays.clear()
  textOfDays.set(days, text)
  return text
}

/** Days since 1970 of `YYYY-MM-DD`. To calculate them is cheaper than to look a fresh text up. */
export function dateDays(text: string): number {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  return daysFromDate(year, twoDigits(text, 5), twoDigits(text, 8)) as number
}

const ZERO = 48

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO
}
