import type { ColumnVector } from '../data/column-batch.ts'
import type { DataType } from '../data/data-type.ts'
import { formatValue } from './format-value.ts'
import { exactNumberAt, wordsOf } from './int64.ts'
import { valueAt } from './vectors.ts'

/** The text of one row of a column; `null` is NULL. */
export type CellText = (row: number) => string | null

/** Looks at the vector of a batch once, then gives its rows as text. */
export type ColumnText = (vector: ColumnVector) => CellText

const MICROS_PER_DAY = 86_400_000_000
/** Days remembered as text: most columns hold few of them. */
const DAYS_REMEMBERED = 4096
/** Beyond, the power of ten of a scale is no exact double. */
const MAX_NUMBER_SCALE = 15
const TWO_DIGITS = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, '0'))

/**
 * The texts that `formatValue` gives, for columns in bulk: 64-bit values are printed without a bigint for each where a
 * double holds them exactly. Make it once per column, since it remembers what it printed.
 */
export function createColumnText(type: DataType): ColumnText {
  const formatNumber = createNumberFormat(type)
  return (vector) => {
    if (formatNumber !== undefined) {
      if (vector.layout === 'int64') return textOfInt64(type, vector, formatNumber)
      if (vector.layout === 'int32') {
        const { values, isNull } = vector
        return (row) => (isNull?.[row] === 1 ? null : formatNumber(values[row] as number))
      }
    }
    if (vector.layout === 'text') return (row) => vector.values[row] ?? null
    return (row) => {
      const value = valueAt(vector, row)
      return value === null ? null : formatValue(type, value)
    }
  }
}

function textOfInt64(
  type: DataType,
  vector: ColumnVector & { readonly layout: 'int64' },
  formatNumber: (value: number) => string,
): CellText {
  const { values, isNull } = vector
  const words = wordsOf(values)
  // Batch numbers and times are the same in row after row.
  let last: number | undefined
  let textOfLast = ''
  return (row) => {
    if (isNull?.[row] === 1) return null
    const number = exactNumberAt(words, row)
    if (number === undefined) return formatValue(type, values[row] as bigint)
    if (number === last) return textOfLast
    last = number
    textOfLast = formatNumber(number)
    return textOfLast
  }
}

function createNumberFormat(type: DataType): ((value: number) => string) | undefined {
  switch (type.kind) {
    case 'integer':
      return String
    case 'decimal':
      return type.scale > MAX_NUMBER_SCALE ? undefined : createDecimalFormat(type.scale)
    case 'date':
      return createDayFormat()
    case 'time':
      return formatClock
    case 'timestamp':
      return createTimestampFormat()
    default:
      return undefined
  }
}

function createDecimalFormat(scale: number): (unscaled: number) => string {
  if (scale === 0) return String
  const power = 10 ** scale
  return (unscaled) => {
    const size = Math.abs(unscaled)
    // Exact: of two whole numbers below 2^53 no quotient is rounded up to the next whole one.
    const whole = Math.floor(size / power)
    const rest = size - whole * power
    const digits = scale === 2 ? (TWO_DIGITS[rest] as string) : String(rest).padStart(scale, '0')
    return unscaled < 0 ? `-${whole}.${digits}` : `${whole}.${digits}`
  }
}

function createDayFormat(): (days: number) => string {
  const remembered = new Map<number, string>()
  return (days) => {
    const known = remembered.get(days)
    if (known !== undefined) return known
    if (remembered.size === DAYS_REMEMBERED) remembered.clear()
    const text = formatValue({ kind: 'date' }, days)
    remembered.set(days, text)
    return text
  }
}

function createTimestampFormat(): (micros: number) => string {
  const formatDay = createDayFormat()
  return (micros) => {
    const days = Math.floor(micros / MICROS_PER_DAY)
    return `${formatDay(days)}T${formatClock(micros - days * MICROS_PER_DAY)}Z`
  }
}

function formatClock(micros: number): string {
  const seconds = Math.floor(micros / 1e6)
  const fraction = micros - seconds * 1e6
  const minutes = Math.floor(seconds / 60)
  const hour = Math.floor(minutes / 60)
  const clock = `${TWO_DIGITS[hour]}:${TWO_DIGITS[minutes - hour * 60]}:${TWO_DIGITS[seconds - minutes * 60]}`
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0')}`
}
