import type { SchemaElement, SchemaTree, TimeUnit } from 'hyparquet'

/** What a column of a file holds, as plain data that engines understand too. */
export type StoredType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer'; readonly bits: number; readonly isSigned: boolean }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'float'; readonly bits: number }
  /** Text that is marked as such, and bytes that old writers did not mark. */
  | { readonly kind: 'string' }
  | { readonly kind: 'json' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly unit: StoredUnit }
  /** `isUtc` false: local to some zone. */
  | { readonly kind: 'timestamp'; readonly unit: StoredUnit; readonly isUtc: boolean }
  /** The old timestamp of Impala and Spark: an instant in nanoseconds, in twelve bytes. */
  | { readonly kind: 'int96' }
  | { readonly kind: 'binary' }
  | { readonly kind: 'nested' }
  | { readonly kind: 'other'; readonly name: string }

export type StoredUnit = 'ms' | 'us' | 'ns'

const UNITS: Readonly<Record<TimeUnit, StoredUnit>> = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' }

const INTEGER_TYPES: Readonly<Record<string, StoredType>> = {
  INT_8: { kind: 'integer', bits: 8, isSigned: true },
  INT_16: { kind: 'integer', bits: 16, isSigned: true },
  INT_32: { kind: 'integer', bits: 32, isSigned: true },
  INT_64: { kind: 'integer', bits: 64, isSigned: true },
  UINT_8: { kind: 'integer', bits: 8, isSigned: false },
  UINT_16: { kind: 'integer', bits: 16, isSigned: false },
  UINT_32: { kind: 'integer', bits: 32, isSigned: false },
  UINT_64: { kind: 'integer', bits: 64, isSigned: false },
}

/** Types by the older of the two marks; files of all ages carry it. */
const CONVERTED_TYPES: Readonly<Record<string, StoredType>> = {
  ...INTEGER_TYPES,
  UTF8: { kind: 'string' },
  ENUM: { kind: 'string' },
  JSON: { kind: 'json' },
  DATE: { kind: 'date' },
  TIME_MILLIS: { kind: 'time', unit: 'ms' },
  TIME_MICROS: { kind: 'time', unit: 'us' },
  TIMESTAMP_MILLIS: { kind: 'timestamp', unit: 'ms', isUtc: true },
  TIMESTAMP_MICROS: { kind: 'timestamp', unit: 'us', isUtc: true },
  BSON: { kind: 'other', name: 'bson' },
  INTERVAL: { kind: 'other', name: 'interval' },
}

const PHYSICAL_TYPES: Readonly<Record<string, StoredType>> = {
  BOOLEAN: { kind: 'boolean' },
  INT32: { kind: 'integer', bits: 32, isSigned: true },
  INT64: { kind: 'integer', bits: 64, isSigned: true },
  INT96: { kind: 'int96' },
  FLOAT: { kind: 'float', bits: 32 },
  DOUBLE: { kind: 'float', bits: 64 },
  BYTE_ARRAY: { kind: 'binary' },
  FIXED_LEN_BYTE_ARRAY: { kind: 'binary' },
}

/** The type of a column, or of a part of a nested one. */
export function storedTypeOf({ element, children }: SchemaTree): StoredType {
  if (element.logical_type?.type === 'VARIANT') return { kind: 'other', name: 'variant' }
  if (children.length > 0 || element.repetition_type === 'REPEATED') return { kind: 'nested' }
  return leafType(element)
}

/** The type of a column that has no parts. */
export function leafType(element: SchemaElement): StoredType {
  const { type, converted_type: converted, logical_type: logical } = element
  const marked = logical === undefined ? undefined : logicalType(logical)
  if (marked !== undefined) return marked
  if (converted === 'DECIMAL')
    return { kind: 'decimal', precision: element.precision ?? 0, scale: element.scale ?? 0 }
  return (
    CONVERTED_TYPES[converted ?? ''] ??
    PHYSICAL_TYPES[type ?? ''] ?? { kind: 'other', name: 'unknown' }
  )
}

function logicalType(logical: NonNullable<SchemaElement['logical_type']>): StoredType | undefined {
  switch (logical.type) {
    case 'STRING':
    case 'ENUM':
      return { kind: 'string' }
    case 'JSON':
      return { kind: 'json' }
    case 'UUID':
      return { kind: 'uuid' }
    case 'DATE':
      return { kind: 'date' }
    case 'FLOAT16':
      return { kind: 'float', bits: 16 }
    case 'DECIMAL':
      return { kind: 'decimal', precision: logical.precision, scale: logical.scale }
    case 'TIME':
      return { kind: 'time', unit: UNITS[logical.unit] }
    case 'TIMESTAMP':
      return { kind: 'timestamp', unit: UNITS[logical.unit], isUtc: logical.isAdjustedToUTC }
    case 'INTEGER':
      return { kind: 'integer', bits: logical.bitWidth, isSigned: logical.isSigned }
    case 'BSON':
    case 'INTERVAL':
    case 'GEOMETRY':
    case 'GEOGRAPHY':
    case 'VARIANT':
      return { kind: 'other', name: logical.type.toLowerCase() }
    default:
      return undefined
  }
}

const UNIT_NAMES: Readonly<Record<StoredUnit, string>> = {
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
}

const DECLARED: Readonly<Record<Exclude<StoredType['kind'], 'decimal' | 'other'>, string>> = {
  boolean: 'schema_type = "boolean"',
  integer: 'schema_type = "integer"',
  float: 'schema_type = "float"',
  string: 'schema_type = "string"',
  json: 'schema_type = "json"',
  uuid: 'schema_type = "string"',
  date: 'schema_type = "date"',
  time: 'schema_type = "time"',
  timestamp: 'schema_type = "timestamp"',
  int96: 'schema_type = "timestamp"',
  binary: 'schema_type = "binary"',
  nested: 'schema_type = "json"',
}

/** What a column of the type is declared as; `undefined` where nothing takes it. */
export function declarationOf(stored: StoredType): string | undefined {
  if (stored.kind === 'other') return undefined
  return stored.kind === 'decimal'
    ? `schema_type = "decimal", precision = ${stored.precision}, scale = ${stored.scale}`
    : DECLARED[stored.kind]
}

/** The type as a message names it: `int64`, `timestamp in microseconds, UTC`. */
export function describeStored(stored: StoredType): string {
  switch (stored.kind) {
    case 'integer':
      return `${stored.isSigned ? '' : 'u'}int${stored.bits}`
    case 'float':
      return `float${stored.bits}`
    case 'decimal':
      return `decimal(${stored.precision},${stored.scale})`
    case 'time':
      return `time in ${UNIT_NAMES[stored.unit]}`
    case 'timestamp':
      return `timestamp in ${UNIT_NAMES[stored.unit]}, ${stored.isUtc ? 'UTC' : 'local'}`
    case 'int96':
      return 'timestamp of 96 bits'
    case 'nested':
      return 'list, map or struct'
    case 'other':
      return stored.name
    case 'boolean':
    case 'string':
    case 'json':
    case 'uuid':
    case 'date':
    case 'binary':
      return stored.kind
  }
}
