import type { DecimalType } from '../data/data-type.ts'
import { formatType } from '../data/data-type.ts'
import { valueProblem, type ValueProblem } from './problem.ts'
import { badSeparator } from './value-errors.ts'

export interface NumberOptions {
  /** One character; `.` if absent. */
  readonly decimalSeparator?: string
  /** One character between groups of three digits before the decimal separator; none if absent. */
  readonly groupSeparator?: string
}

const NOT_INTEGER = valueProblem('not an integer')
const INTEGER_RANGE = valueProblem('outside the range of a 64-bit integer')
const NOT_DECIMAL = valueProblem('not a decimal number')
const NOT_FLOAT = valueProblem('not a number in decimal or exponent form')
const NOT_FINITE = valueProblem('beyond the range of a double')

const MIN_INTEGER = -(2n ** 63n)
const MAX_INTEGER = 2n ** 63n - 1n
/** Digits that a double holds exactly, whatever they are. */
const SAFE_DIGITS = 15
const INTEGER_FORM = /^[+-]?[0-9]+$/
const FLOAT_FORM = /^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/

export function createIntegerParser(
  options: NumberOptions,
): (text: string) => bigint | ValueProblem {
  const ungroup = createUngroup(options)
  return ungroup === undefined
    ? parseInteger
    : (text) => {
        const plain = ungroup(text)
        return plain === undefined ? NOT_INTEGER : parseInteger(plain)
      }
}

function parseInteger(text: string): bigint | ValueProblem {
  const { length } = text
  const first = text.charCodeAt(0)
  const start = first === 45 || first === 43 ? 1 : 0
  if (length - start > SAFE_DIGITS) return parseLongInteger(text)
  if (length === start) return NOT_INTEGER
  let value = 0
  for (let at = start; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return NOT_INTEGER
    value = value * 10 + digit
  }
  return BigInt(first === 45 ? -value : value)
}

function parseLongInteger(text: string): bigint | ValueProblem {
  if (!INTEGER_FORM.test(text)) return NOT_INTEGER
  // Leading zeros aside, twenty digits are out of range: no work on a field of megabytes.
  const digits = text.replace(/^[+-]?0*/, '')
  if (digits.length > 19) return INTEGER_RANGE
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits)
  return value < MIN_INTEGER || value > MAX_INTEGER ? INTEGER_RANGE : value
}

export function createDecimalParser(
  type: DecimalType,
  options: NumberOptions,
): (text: string) => bigint | ValueProblem {
  const { precision, scale } = type
  const separator = (options.decimalSeparator ?? '.').charCodeAt(0)
  const tooFine = valueProblem(
    scale === 0
      ? `a fraction in a column of ${formatType(type)}`
      : `more than ${scale} fractional digits in a column of ${formatType(type)}`,
  )
  const tooLong = valueProblem(
    `more than ${precision - scale} digits before the point in a column of ${formatType(type)}`,
  )
  const ungroup = createUngroup(options)

  const parse = (text: string): bigint | ValueProblem => {
    const { length } = text
    const first = text.charCodeAt(0)
    const start = first === 45 || first === 43 ? 1 : 0
    let value = 0
    let point = start
    for (; point < length; point += 1) {
      const digit = text.charCodeAt(point) - 48
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    if (point === start) return NOT_DECIMAL
    const kept = Math.min(length, point + 1 + scale)
    if (point < length) {
      if (text.charCodeAt(point) !== separator || point + 1 === length) return NOT_DECIMAL
      let isTooFine = false
      for (let at = point + 1; at < length; at += 1) {
        const digit = text.charCodeAt(at) - 48
        if (digit < 0 || digit > 9) return NOT_DECIMAL
        if (at < kept) value = value * 10 + digit
        else if (digit !== 0) isTooFine = true
      }
      if (isTooFine) return tooFine
    }
    const fractionDigits = Math.max(0, kept - point - 1)
    if (point - start + scale <= SAFE_DIGITS) {
      if (point - start > precision - scale && value >= 10 ** (precision - scale + fractionDigits))
        return tooLong
      const unscaled = value * 10 ** (scale - fractionDigits)
      return BigInt(first === 45 ? -unscaled : unscaled)
    }
    let from = start
    while (from < point - 1 && text.charCodeAt(from) === 48) from += 1
    const wholeDigits = text.charCodeAt(from) === 48 ? 0 : point - from
    if (wholeDigits > precision - scale) return tooLong
    const digits = text.slice(from, point) + text.slice(point + 1, kept)
    const unscaled = BigInt(digits.padEnd(digits.length + scale - fractionDigits, '0'))
    return first === 45 ? -unscaled : unscaled
  }
  return ungroup === undefined
    ? parse
    : (text) => {
        const plain = ungroup(text)
        return plain === undefined ? NOT_DECIMAL : parse(plain)
      }
}

export function createFloatParser(options: NumberOptions): (text: string) => number | ValueProblem {
  const separator = options.decimalSeparator ?? '.'
  const ungroup = createUngroup(options)
  if (separator === '.' && ungroup === undefined) return parseFloatText
  return (text) => {
    const plain = ungroup === undefined ? text : ungroup(text)
    if (plain === undefined || (separator !== '.' && plain.includes('.'))) return NOT_FLOAT
    return parseFloatText(separator === '.' ? plain : plain.replace(separator, '.'))
  }
}

function parseFloatText(text: string): number | ValueProblem {
  if (!FLOAT_FORM.test(text)) return NOT_FLOAT
  const value = Number(text)
  // Adding 0 turns -0 into 0.
  return Number.isFinite(value) ? value + 0 : NOT_FINITE
}

/** Takes group separators out; gives `undefined` where one stands in a wrong place. */
function createUngroup(options: NumberOptions): ((text: string) => string | undefined) | undefined {
  const { decimalSeparator = '.', groupSeparator } = options
  checkSeparator('decimal', decimalSeparator)
  if (groupSeparator === undefined || groupSeparator === '') return undefined
  checkSeparator('group', groupSeparator)
  if (groupSeparator === decimalSeparator)
    throw badSeparator(`The decimal and the group separator are both "${groupSeparator}".`)
  const group = `\\u${groupSeparator.charCodeAt(0).toString(16).padStart(4, '0')}`
  const grouped = new RegExp(`^[+-]?[0-9]{1,3}(?:${group}[0-9]{3})+(?![0-9${group}])`, 'u')
  return (text) => {
    if (!text.includes(groupSeparator)) return text
    const match = grouped.exec(text)
    if (match === null || text.includes(groupSeparator, match[0].length)) return undefined
    return match[0].replaceAll(groupSeparator, '') + text.slice(match[0].length)
  }
}

function checkSeparator(which: string, separator: string): void {
  if (separator.length !== 1 || /[0-9+\-eE]/.test(separator))
    throw badSeparator(`"${separator}" cannot be the ${which} separator.`)
}
