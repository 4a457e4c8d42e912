import type { DataType } from '../data/data-type.ts'
import type { Value } from '../data/value.ts'
import { encodeBase64 } from './base64.ts'
import { dateFromDays } from './calendar.ts'

const MICROS_PER_DAY = 86_400_000_000n

/**
 * The one text of a value, as CSV output holds it; `parseValue` reads it back. Times have their fraction, always six
 * digits, only where it is not zero; timestamps end in `Z`; decimals have all digits of their scale; floats are in
 * ECMAScript's shortest form.
 */
export function formatValue(type: DataType, value: Value): string {
  switch (type.kind) {
    case 'boolean':
    case 'integer':
    case 'float':
    case 'string':
    case 'json':
      return String(value)
    case 'decimal':
      return formatDecimal(value as bigint, type.scale)
    case 'date':
      return formatDate(value as number)
    case 'time':
      return formatClock(Number(value))
    case 'timestamp':
      return formatTimestamp(value as bigint)
    case 'binary':
      return encodeBase64(value as Uint8Array)
  }
}

function formatDecimal(unscaled: bigint, scale: number): string {
  if (scale === 0) return String(unscaled)
  const isNegative = unscaled < 0n
  const digits = String(isNegative ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${isNegative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}

function formatDate(days: number): string {
  const { year, month, day } = dateFromDays(days)
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`
}

function formatTimestamp(micros: bigint): string {
  let days = micros / MICROS_PER_DAY
  let rest = micros % MICROS_PER_DAY
  if (rest < 0n) {
    days -= 1n
    rest += MICROS_PER_DAY
  }
  return `${formatDate(Number(days))}T${formatClock(Number(rest))}Z`
}

function formatClock(micros: number): string {
  const fraction = micros % 1e6
  const seconds = (micros - fraction) / 1e6
  const clock = `${twoDigits(Math.trunc(seconds / 3600))}:${twoDigits(Math.trunc(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(6, '0')}`
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}
