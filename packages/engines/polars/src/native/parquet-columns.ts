import {
  MAX_DATE,
  MAX_TIMESTAMP,
  MIN_DATE,
  MIN_TIMESTAMP,
  type DataType,
  type DataTypeKind,
} from '@qarion/core'
import type { StoredColumn } from '@qarion/kit-files'

import { dtypeOf, isWide, TIMESTAMP_DTYPE } from '../frame/dtypes.ts'
import {
  binary,
  call,
  cast,
  integerNode,
  isNotNull,
  isNull,
  not,
  textNode,
  withoutNegativeZero,
  type Node,
} from '../frame/node.ts'
import { powerOfTen } from '../values/exact.ts'
import type { ReadColumn } from './native-file.ts'

type Conversion = (column: Node, stored: StoredColumn, type: DataType) => ReadColumn | undefined

/** What each type of ours takes; what is not here goes through the loader. Polars reads 24:00 as NULL, so times do. */
const CONVERSIONS: Readonly<Partial<Record<DataTypeKind, Conversion>>> = {
  boolean: (column, { kind }) => (kind === 'boolean' ? { value: column } : undefined),
  integer: toInteger,
  decimal: toDecimal,
  float: toFloat,
  string: toText,
  date: toDate,
  timestamp: toTimestamp,
  binary: (column, { kind }) => (kind === 'binary' ? { value: column } : undefined),
}

/** How Polars gives what the loader gives; `undefined` where it does not. */
export function parquetColumn(
  column: Node,
  stored: StoredColumn,
  type: DataType,
): ReadColumn | undefined {
  return CONVERSIONS[type.kind]?.(column, stored, type)
}

function physical(column: Node): Node {
  return call('ToPhysical', column)
}

function isOutside(value: Node, least: bigint, most: bigint): Node {
  return binary(
    'Or',
    binary('Lt', value, integerNode(least)),
    binary('Gt', value, integerNode(most)),
  )
}

function toInteger(column: Node, { kind, bits, isSigned }: StoredColumn): ReadColumn | undefined {
  if (kind !== 'integer') return undefined
  if (isSigned === true || (bits ?? 64) < 64) return { value: cast(column, 'Int64') }
  return {
    value: cast(column, 'Int64', 'NonStrict'),
    isBad: (kept) => binary('And', isNotNull(column), isNull(kept)),
  }
}

/** A file may hold more digits than it says. */
function toDecimal(
  column: Node,
  { kind, precision = 0, scale = 0 }: StoredColumn,
  type: DataType,
): ReadColumn | undefined {
  if (kind !== 'decimal' || type.kind !== 'decimal' || isWide(type)) return undefined
  if (scale > type.scale) return undefined
  const most = powerOfTen(precision) - 1n
  const unscaled = cast(physical(column), 'Int64', 'NonStrict')
  const value =
    scale === type.scale
      ? unscaled
      : binary('Multiply', unscaled, integerNode(powerOfTen(type.scale - scale)))
  return {
    value: cast(value, dtypeOf(type)),
    isBad: (kept) =>
      binary(
        'Or',
        isOutside(unscaled, -most, most),
        binary('And', isNotNull(column), isNull(kept)),
      ),
  }
}

function toFloat(column: Node, { kind }: StoredColumn): ReadColumn | undefined {
  if (kind !== 'float') return undefined
  return {
    value: withoutNegativeZero(cast(column, 'Float64')),
    isBad: (kept) => not(call({ Boolean: 'IsFinite' }, kept)),
  }
}

/** Polars itself refuses what is not UTF-8. */
function toText(column: Node, { kind }: StoredColumn): ReadColumn | undefined {
  if (kind !== 'string') return undefined
  const contains = { StringExpr: { Contains: { literal: true, strict: true } } }
  // The file may ask for categories.
  return { value: cast(column, 'String'), isBad: (kept) => call(contains, kept, textNode('\0')) }
}

function toDate(column: Node, { kind }: StoredColumn): ReadColumn | undefined {
  if (kind !== 'date') return undefined
  return {
    value: cast(column, 'Date'),
    isBad: (kept) => isOutside(cast(physical(kept), 'Int64'), BigInt(MIN_DATE), BigInt(MAX_DATE)),
  }
}

function toTimestamp(column: Node, { kind, unit }: StoredColumn): ReadColumn | undefined {
  if (kind !== 'timestamp' || (unit !== 'ms' && unit !== 'us')) return undefined
  const micros = unit === 'ms' ? 1000n : 1n
  const stored = cast(physical(column), 'Int64')
  return {
    value: cast(
      micros === 1n ? stored : binary('Multiply', stored, integerNode(micros)),
      TIMESTAMP_DTYPE,
    ),
    isBad: () => isOutside(stored, MIN_TIMESTAMP / micros, MAX_TIMESTAMP / micros),
  }
}
