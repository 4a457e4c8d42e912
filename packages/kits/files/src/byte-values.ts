import { daysFromDate } from '@qarion/core'

/**
 * Values straight from ASCII bytes, for the forms that nearly all fields have. NaN means: not of that form, ask the
 * parser of core. Nothing is accepted here that it would not accept.
 */

/** Digits that a double holds exactly, whatever they are. */
const SAFE_DIGITS = 15

export function readIntegerBytes(bytes: Buffer, start: number, end: number): number {
  let at = start
  const sign = bytes[at]
  if (sign === 45) at += 1
  if (at === end || end - at > SAFE_DIGITS) return NaN
  let value = 0
  for (; at < end; at += 1) {
    const digit = (bytes[at] as number) - 48
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return sign === 45 ? 0 - value : value
}

const POWERS = Array.from({ length: SAFE_DIGITS + 1 }, (_, index) => 10 ** index)

/** The unscaled value of a decimal with all its digits among the first fifteen. */
export function readDecimalBytes(
  bytes: Buffer,
  start: number,
  end: number,
  precision: number,
  scale: number,
): number {
  let at = start
  const sign = bytes[at]
  if (sign === 45) at += 1
  const first = at
  let value = 0
  let point = end
  for (; at < end; at += 1) {
    const byte = bytes[at] as number
    const digit = byte - 48
    if (digit >= 0 && digit <= 9) value = value * 10 + digit
    else if (byte === 46 && point === end) point = at
    else return NaN
  }
  const wholeDigits = point - first
  const fractionDigits = point === end ? 0 : end - point - 1
  if (
    wholeDigits === 0 ||
    (point < end && fractionDigits === 0) ||
    fractionDigits > scale ||
    wholeDigits + scale > SAFE_DIGITS ||
    wholeDigits > precision - scale
  )
    return NaN
  const unscaled = value * (POWERS[scale - fractionDigits] as number)
  return sign === 45 ? 0 - unscaled : unscaled
}

/** Days since 1970-01-01 of `YYYY-MM-DD`. */
export function readDateBytes(bytes: Buffer, start: number, end: number): number {
  return end - start === 10 ? dateAt(bytes, start) : NaN
}

function dateAt(bytes: Buffer, at: number): number {
  const century = twoDigits(bytes, at)
  const year = twoDigits(bytes, at + 2)
  const month = twoDigits(bytes, at + 5)
  const day = twoDigits(bytes, at + 8)
  if ((century | year | month | day) < 0 || bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return NaN
  return daysFromDate(century * 100 + year, month, day) ?? NaN
}

function twoDigits(bytes: Buffer, at: number): number {
  const tens = (bytes[at] as number) - 48
  const ones = (bytes[at + 1] as number) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/**
 * Microseconds since 1970 of `YYYY-MM-DDTHH:MM:SS` with up to six digits of a fraction, in UTC with or without `Z`.
 * NaN beyond the years whose microseconds a double holds exactly (1684 to 2255).
 */
export function readTimestampBytes(bytes: Buffer, start: number, end: number): number {
  let last = end
  if (bytes[end - 1] === 90) last -= 1
  return readLocalBytes(bytes, start, last)
}

/** The same where `Z` is required, since what has no offset is local to some zone. */
export function readInstantBytes(bytes: Buffer, start: number, end: number): number {
  return bytes[end - 1] === 90 ? readLocalBytes(bytes, start, end - 1) : NaN
}

function readLocalBytes(bytes: Buffer, start: number, end: number): number {
  const length = end - start
  const separator = bytes[start + 10]
  if (length < 19 || length > 26 || length === 20 || (separator !== 84 && separator !== 32))
    return NaN
  const days = dateAt(bytes, start)
  const hour = twoDigits(bytes, start + 11)
  const minute = twoDigits(bytes, start + 14)
  const second = twoDigits(bytes, start + 17)
  if ((hour | minute | second) < 0 || hour > 23 || minute > 59 || second > 59) return NaN
  if (bytes[start + 13] !== 58 || bytes[start + 16] !== 58) return NaN
  let micros = 0
  if (length > 19) {
    if (bytes[start + 19] !== 46) return NaN
    for (let at = start + 20; at < end; at += 1) {
      const digit = (bytes[at] as number) - 48
      if (digit < 0 || digit > 9) return NaN
      micros = micros * 10 + digit
    }
    micros *= POWERS[6 - (length - 20)] as number
  }
  const value = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1e6 + micros
  return Number.isSafeInteger(value) ? value : NaN
}
