import type { DataType, DataTypeKind } from '@qarion/core'

/** Column types. TIMESTAMP without zone holds UTC, so that no session's zone can move an instant. */
export const STORED_TYPES: Readonly<Record<DataTypeKind, string>> = Object.freeze({
  boolean: 'BOOLEAN',
  integer: 'BIGINT',
  decimal: 'DECIMAL(p,s)',
  float: 'DOUBLE',
  string: 'VARCHAR',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  json: 'VARCHAR',
  binary: 'BLOB',
})

/** Column type of a type: `DECIMAL(12,2)`. */
export function storedType(type: DataType): string {
  return type.kind === 'decimal'
    ? `DECIMAL(${type.precision},${type.scale})`
    : STORED_TYPES[type.kind]
}
