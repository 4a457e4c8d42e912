import { dateFromDays, SECONDS_PER_DAY, type DataType } from '@qarion/core'

import { FIELD_END } from './row-text.ts'

/** Where fields are taken from and where their CSV goes; printers move both on. */
export interface Place {
  input: Uint8Array
  at: number
  output: Uint8Array
  to: number
}

/** Prints the field that starts at the place, which is not NULL, up to its end. */
export type PrintField = (place: Place) => void

/** The most bytes that a number, a date or a time takes. */
export const LONGEST_PLAIN_BYTES = 32

const ZERO = 48
const [MINUS, POINT, COLON, LETTER_T, LETTER_Z] = [45, 46, 58, 84, 90]
const MICROS_DIGITS = 6

/** The printer of a type that holds no text; the bytes are those of `formatValue`. */
export function plainPrinter(type: DataType): PrintField {
  switch (type.kind) {
    case 'boolean':
      return printBoolean
    case 'decimal':
      return type.scale === 0 ? copyField : decimalPrinter(type.scale)
    case 'time':
      return printTime
    case 'timestamp':
      return createTimestampPrinter()
    default:
      return copyField
  }
}

function copyField(place: Place): void {
  const { input, output } = place
  let { at, to } = place
  for (let byte = input[at] as number; byte !== FIELD_END; byte = input[at] as number) {
    output[to] = byte
    to += 1
    at += 1
  }
  place.at = at
  place.to = to
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

function printBoolean(place: Place): void {
  const text = place.input[place.at] === ZERO + 1 ? TRUE : FALSE
  place.output.set(text, place.to)
  place.to += text.length
  place.at += 1
}

/** Puts the point into the digits of an unscaled number. */
function decimalPrinter(scale: number): PrintField {
  return (place) => {
    const { input, output } = place
    let { to } = place
    const start = skipMinus(place)
    if (start > place.at) {
      output[to] = MINUS
      to += 1
    }
    const end = endOf(input, start)
    const point = end - scale
    // Digits before the number's own are zeros.
    for (let at = Math.min(start, point - 1); at < end; at += 1) {
      if (at === point) {
        output[to] = POINT
        to += 1
      }
      output[to] = at < start ? ZERO : (input[at] as number)
      to += 1
    }
    place.at = end
    place.to = to
  }
}

function printTime(place: Place): void {
  const { seconds, micros } = readMicros(place)
  printClock(place, seconds, micros)
}

function createTimestampPrinter(): PrintField {
  let lastDays = Number.NaN
  const lastText = new Uint8Array(10)
  return (place) => {
    const { seconds, micros } = readMicros(place)
    const days = Math.floor(seconds / SECONDS_PER_DAY)
    if (days !== lastDays) {
      lastDays = days
      printDay(lastText, days)
    }
    const { output } = place
    output.set(lastText, place.to)
    output[place.to + lastText.length] = LETTER_T
    place.to += lastText.length + 1
    printClock(place, seconds - days * SECONDS_PER_DAY, micros)
    output[place.to] = LETTER_Z
    place.to += 1
  }
}

/** Microseconds as whole seconds, rounded down, and the rest: together they may be beyond 2^53. */
function readMicros(place: Place): { readonly seconds: number; readonly micros: number } {
  const { input } = place
  const start = skipMinus(place)
  const isNegative = start > place.at
  const end = endOf(input, start)
  const point = Math.max(start, end - MICROS_DIGITS)
  const whole = readDigits(input, start, point)
  const rest = readDigits(input, point, end)
  place.at = end
  if (!isNegative) return { seconds: whole, micros: rest }
  return rest === 0 ? { seconds: -whole, micros: 0 } : { seconds: -whole - 1, micros: 1e6 - rest }
}

/** For the few digits of a number, a loop is faster than a call of `indexOf`. */
function endOf(input: Uint8Array, start: number): number {
  let at = start
  while (input[at] !== FIELD_END) at += 1
  return at
}

function skipMinus({ input, at }: Place): number {
  return input[at] === MINUS ? at + 1 : at
}

function readDigits(input: Uint8Array, start: number, end: number): number {
  let number = 0
  for (let at = start; at < end; at += 1) number = number * 10 + (input[at] as number) - ZERO
  return number
}

function printDay(output: Uint8Array, days: number): void {
  const { year, month, day } = dateFromDays(days)
  putDigits(output, 0, year, 4)
  output[4] = MINUS
  putDigits(output, 5, month, 2)
  output[7] = MINUS
  putDigits(output, 8, day, 2)
}

function printClock(place: Place, seconds: number, micros: number): void {
  const { output, to } = place
  const minutes = Math.trunc(seconds / 60)
  const hours = Math.trunc(minutes / 60)
  putDigits(output, to, hours, 2)
  output[to + 2] = COLON
  putDigits(output, to + 3, minutes - hours * 60, 2)
  output[to + 5] = COLON
  putDigits(output, to + 6, seconds - minutes * 60, 2)
  place.to = to + 8
  if (micros === 0) return
  output[to + 8] = POINT
  putDigits(output, to + 9, micros, MICROS_DIGITS)
  place.to = to + 9 + MICROS_DIGITS
}

function putDigits(output: Uint8Array, at: number, number: number, width: number): void {
  let rest = number
  for (let digit = at + width - 1; digit >= at; digit -= 1) {
    const next = Math.trunc(rest / 10)
    output[digit] = ZERO + rest - next * 10
    rest = next
  }
}
