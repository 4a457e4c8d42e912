import type { DataType, DataTypeKind } from '@qarion/core'

/**
 * Column types. TIMESTAMP without zone holds UTC, so that no session's zone can move an instant; the collation "C"
 * orders texts by code point whatever the database's own is.
 */
export const STORED_TYPES: Readonly<Record<DataTypeKind, string>> = Object.freeze({
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  decimal: 'NUMERIC(p,s)',
  float: 'DOUBLE PRECISION',
  string: 'TEXT COLLATE "C"',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  json: 'TEXT COLLATE "C"',
  binary: 'BYTEA',
})

/** Column type of a type: `NUMERIC(12,2)`. */
export function storedType(type: DataType): string {
  return type.kind === 'decimal'
    ? `NUMERIC(${type.precision},${type.scale})`
    : STORED_TYPES[type.kind]
}

/** `CAST(sql AS type)`; a collation stands behind the cast, not in it. */
export function castAs(sql: string, type: DataType): string {
  return type.kind === 'string' || type.kind === 'json'
    ? asText(sql)
    : `CAST(${sql} AS ${storedType(type)})`
}

/** Any value as text that is ordered by code point. */
export function asText(sql: string): string {
  return `(CAST(${sql} AS TEXT) COLLATE "C")`
}
