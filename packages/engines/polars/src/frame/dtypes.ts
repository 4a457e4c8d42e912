import {
  isValueProblem,
  MAX_INT64_DECIMAL_PRECISION,
  parseValue,
  formatType,
  type DataType,
  type DataTypeKind,
  type LiteralExpression,
  type Value,
} from '@qarion/core'

import { polarsError } from '../polars-errors.ts'
import {
  booleanNode,
  cast,
  integerNode,
  nullNode,
  scalarNode,
  textNode,
  type Dtype,
  type Node,
} from './node.ts'

export const TIMESTAMP_DTYPE: Dtype = Object.freeze({ Datetime: ['Microseconds', null] as const })

const DTYPES: Readonly<Record<DataTypeKind, Dtype>> = Object.freeze({
  boolean: 'Boolean',
  integer: 'Int64',
  decimal: 'Int64',
  float: 'Float64',
  string: 'String',
  date: 'Date',
  time: 'Int64',
  timestamp: TIMESTAMP_DTYPE,
  json: 'String',
  binary: 'Binary',
})

/** Physical type of each type, for people. */
export const STORED_TYPES: Readonly<Record<DataTypeKind, string>> = Object.freeze({
  boolean: 'Boolean',
  integer: 'Int64',
  decimal: 'Int64 up to 18 digits, Int128 beyond',
  float: 'Float64',
  string: 'String',
  date: 'Date',
  time: 'Int64',
  timestamp: 'Datetime(μs)',
  json: 'String',
  binary: 'Binary',
})

/** Whether values of the type take 128 bits. */
export function isWide(type: DataType): boolean {
  return type.kind === 'decimal' && type.precision > MAX_INT64_DECIMAL_PRECISION
}

/** The type that a column has in frames. */
export function dtypeOf(type: DataType): Dtype {
  return isWide(type) ? 'Int128' : DTYPES[type.kind]
}

/** The constant of a value; NULL is `null`. */
export function valueNode(type: DataType, value: Value | null): Node {
  if (value === null) return nullNode(dtypeOf(type))
  switch (type.kind) {
    case 'boolean':
      return booleanNode(value as boolean)
    case 'integer':
    case 'decimal':
    case 'time':
    case 'timestamp':
      return integerNode(value as bigint, dtypeOf(type))
    case 'float':
      // As text: the driver's JSON numbers may be off by a bit.
      return cast(textNode(String((value as number) + 0)), 'Float64')
    case 'string':
    case 'json':
      return textNode(value as string)
    case 'date':
      return scalarNode({ Date: value })
    case 'binary':
      return scalarNode({ Binary: Array.from(value as Uint8Array) })
  }
}

/** The value of a literal; NULL is `null`. */
export function literalValue({ text, type }: LiteralExpression): Value | null {
  if (text === null) return null
  const value = parseValue(type, text)
  if (!isValueProblem(value)) return value
  throw polarsError(
    'QRN-POLARS-001',
    `The plan holds '${text}' as ${formatType(type)}: ${value.reason}.`,
  )
}
