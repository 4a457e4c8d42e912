import {
  compareValues,
  createParser,
  DataTypes,
  formatType,
  formatValue,
  isValueProblem,
  type DataType,
  type ForeignReadRequest,
  type InputColumn,
  type Value,
} from '@qarion/core'
import { parseOptionsOf, type LoaderOptions } from '@qarion/kit-files'

import { databaseError } from './database-errors.ts'
import type { DatabaseSettings } from './database-options.ts'

/** How a column that grows is read and compared. */
export interface Watermark {
  /** Place of the column among those that are read. */
  readonly index: number
  /** The value of a text; `undefined` where it is none. */
  parse(text: string | null | undefined): Value | undefined
  format(value: Value): string
  isLess(left: Value, right: Value): boolean
  /** From where on the next read goes, when `greatest` was seen. */
  lowerBound(greatest: Value): Value
  /** What the database is asked for: all rows from `bound` on, and maybe some before. */
  conditionFrom(bound: Value): NonNullable<ForeignReadRequest['from']>
}

const MICROSECONDS_PER_DAY = 86_400_000_000n
const MILLISECONDS_PER_DAY = 86_400_000

/** The watermark of a flow. Throws QRN-DATABASE-006 for a column that has no order both sides share. */
export function createWatermark(
  { column: name, overlapMs, overlapUnits }: NonNullable<DatabaseSettings['watermark']>,
  columns: readonly InputColumn[],
  load: Pick<LoaderOptions, 'timezone' | 'ambiguousTime'>,
): Watermark {
  const index = columns.findIndex((column) => column.name === name)
  const column = columns[index]
  if (column === undefined) fail(`watermark_column is "${name}", which [input] does not declare.`)
  const { type } = column
  if ((column.format ?? column.decimalSeparator ?? column.groupSeparator) !== undefined)
    fail(`watermark_column is "${name}", which has a format of its own.`)
  const step = stepOf(type, overlapMs, overlapUnits)
  if (step === undefined)
    fail(`watermark_column is "${name}", which is of type ${formatType(type)}.`)
  const parse = createParser(type, parseOptionsOf(column, load))
  return {
    index,
    parse: (text) => {
      if (text === null || text === undefined) return undefined
      const value = parse(text)
      return isValueProblem(value) ? undefined : value
    },
    format: (value) => formatValue(type, value),
    isLess: (left, right) => compareValues(type, left, right) < 0,
    lowerBound: step,
    conditionFrom: (bound) => ({ column: column.sourceName ?? name, ...conditionOf(type, bound) }),
  }
}

/** What lies an overlap before a value; `undefined` for types without an order that both sides share. */
function stepOf(
  type: DataType,
  overlapMs: number,
  overlapUnits: number,
): ((greatest: Value) => Value) | undefined {
  switch (type.kind) {
    case 'integer':
      return (value) => (value as bigint) - BigInt(overlapUnits)
    case 'decimal':
      return (value) => (value as bigint) - BigInt(overlapUnits) * 10n ** BigInt(type.scale)
    case 'date':
      return (value) => (value as number) - Math.ceil(overlapMs / MILLISECONDS_PER_DAY)
    case 'timestamp':
      return (value) => (value as bigint) - BigInt(overlapMs) * 1000n
    case 'string':
      return (value) => value
    default:
      return undefined
  }
}

function conditionOf(
  type: DataType,
  bound: Value,
): { readonly text: string; readonly isNumber: boolean } {
  const isNumber = type.kind === 'integer' || type.kind === 'decimal'
  if (type.kind !== 'timestamp') return { text: formatValue(type, bound), isNumber }
  // A day before, and the date alone: whatever zone and form the timestamps there have, none is left out.
  const day = ((bound as bigint) - MICROSECONDS_PER_DAY) / MICROSECONDS_PER_DAY
  return { text: formatValue(DataTypes.date, Number(day) - 1), isNumber }
}

function fail(message: string): never {
  throw databaseError('QRN-DATABASE-006', 'configuration', message)
}
