import {
  compareText,
  decimalType,
  dateFromDays,
  daysFromDate,
  formatValue,
  isValueProblem,
  MAX_DATE,
  MIN_DATE,
  parseValue,
  type DataType,
  type DataTypeKind,
} from '@qarion/core'
import { executionError, patternMatcher, sqlError, type ExecutionErrorCode } from '@qarion/kit-sql'
import type Database from 'better-sqlite3'

import { dateDays, dateText, toSqlite, type SqliteValue } from '../sqlite-types.ts'
import {
  decimalOfFloat,
  divideDecimals,
  divideDown,
  divideRounded,
  powerOfTen,
  requireDecimal,
  requireInteger,
  rescale,
} from './exact.ts'

const DAY = 86_400_000_000n
const MIN_INSTANT = BigInt(MIN_DATE) * DAY
const MAX_INSTANT = BigInt(MAX_DATE + 1) * DAY - 1n

type Implementation = (...args: never[]) => SqliteValue

/** Functions that are NULL if any argument is; integers and decimals (unscaled) arrive and leave as `bigint`. */
const FUNCTIONS: Readonly<Record<string, Implementation>> = {
  xt_integer: (value: bigint | number) => {
    if (typeof value === 'number') throw executionError('QRN-EXEC-001')
    return value
  },
  xt_float: requireFloat,
  xt_divide: (a: bigint, b: bigint, dividend: bigint, divisor: bigint, result: bigint) => {
    if (b === 0n) throw executionError('QRN-EXEC-002')
    return requireDecimal(divideDecimals(a, b, { dividend, divisor, result }))
  },
  xt_divide_float: (a: number, b: number) => {
    if (b === 0) throw executionError('QRN-EXEC-002')
    return requireFloat(a / b)
  },
  xt_div: (a: bigint, b: bigint) => {
    if (b === 0n) throw executionError('QRN-EXEC-002')
    return requireInteger(a / b)
  },
  xt_mod: (a: bigint, b: bigint) => {
    if (b === 0n) throw executionError('QRN-EXEC-002')
    return a % b
  },
  xt_ratio: (a: bigint, b: bigint, dividend: bigint, divisor: bigint) =>
    b === 0n ? null : requireDecimal(divideDecimals(a, b, { dividend, divisor, result: 6n })),
  xt_round: (value: bigint, dropped: bigint) => divideRounded(value, powerOfTen(dropped)),
  xt_floor: (value: bigint, scale: bigint) => divideDown(value, powerOfTen(scale)),
  xt_ceil: (value: bigint, scale: bigint) => -divideDown(-value, powerOfTen(scale)),
  xt_rescale: (value: bigint, from: bigint, precision: bigint, to: bigint) => {
    const scaled = rescale(value, from, to)
    if (scaled === undefined) throw executionError('QRN-EXEC-003')
    if (precision === 19n)
      return requireCast(scaled, scaled <= 2n ** 63n - 1n && scaled >= -(2n ** 63n))
    const limit = powerOfTen(precision)
    return requireCast(scaled, scaled < limit && scaled > -limit)
  },
  xt_decimal_of_float: (value: number, precision: bigint, scale: bigint) => {
    const unscaled = decimalOfFloat(value, scale)
    const limit = powerOfTen(precision)
    if (unscaled >= limit || unscaled <= -limit) throw executionError('QRN-EXEC-001')
    return unscaled
  },
  xt_float_of_decimal: (value: bigint, scale: bigint) =>
    Number(formatValue(decimalType(38, Number(scale)), value)) + 0,
  xt_text_of_decimal: (value: bigint, scale: bigint) =>
    formatValue(decimalType(38, Number(scale)), value),
  xt_text_of_time: (value: bigint) => formatValue({ kind: 'time' }, value),
  xt_text_of_timestamp: (value: bigint) => formatValue({ kind: 'timestamp' }, value),
  xt_text_of_float: (value: number) => formatValue({ kind: 'float' }, value),
  xt_text_of_binary: (value: Uint8Array) => formatValue({ kind: 'binary' }, value),
  xt_date_of: (instant: bigint) => dateText(Number(divideDown(instant, DAY))),
  xt_timestamp_of: (date: string) => BigInt(dateDays(date)) * DAY,
  xt_timestamp: requireInstant,
  xt_add_days_to_date: (date: string, days: bigint) => {
    const sum = BigInt(dateDays(date)) + days
    if (sum < BigInt(MIN_DATE) || sum > BigInt(MAX_DATE)) throw executionError('QRN-EXEC-001')
    return dateText(Number(sum))
  },
  xt_add_days_to_timestamp: (instant: bigint, days: bigint) => requireInstant(instant + days * DAY),
  xt_truncate_date: (unit: string, date: string) => dateText(truncateDays(unit, dateDays(date))),
  xt_truncate_timestamp: (unit: string, instant: bigint) => {
    if (unit === 'minute') return divideDown(instant, 60_000_000n) * 60_000_000n
    if (unit === 'hour') return divideDown(instant, 3_600_000_000n) * 3_600_000_000n
    return BigInt(truncateDays(unit, Number(divideDown(instant, DAY)))) * DAY
  },
  // A column holds values of any type, each with its own text.
  xt_foreign_text: (value: SqliteValue) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
    return Object.is(value, -0) ? '-0' : String(value)
  },
  xt_ends_with: (text: string, part: string) => (text.endsWith(part) ? 1n : 0n),
  xt_total: (upper: bigint, lower: bigint, digits: bigint) => {
    const total = (upper << 32n) + lower
    return digits === 0n ? requireInteger(total) : requireDecimal(total)
  },
  xt_average: (upper: bigint, lower: bigint, count: bigint, scale: bigint, result: bigint) =>
    requireDecimal(
      divideDecimals((upper << 32n) + lower, count, { dividend: scale, divisor: 0n, result }),
    ),
}

/** Functions that take any number of arguments, or see NULL. */
const VARIADIC: Readonly<Record<string, (...args: SqliteValue[]) => SqliteValue>> = {
  xt_fail: (code) => {
    throw executionError(code as ExecutionErrorCode)
  },
  xt_parse: (kind, text, precision, scale) => {
    if (text === null || text === undefined) return null
    const type: DataType =
      kind === 'decimal'
        ? decimalType(Number(precision), Number(scale))
        : { kind: kind as Exclude<DataTypeKind, 'decimal'> }
    const value = parseValue(type, text as string)
    if (isValueProblem(value)) {
      throw executionError(
        'QRN-EXEC-003',
        undefined,
        `'${String(text).slice(0, 100)}': ${value.reason}.`,
      )
    }
    return toSqlite(value, type)
  },
  xt_substring: (text, start, length) =>
    text === null || start === null || length === null
      ? null
      : substring(text as string, Number(start), length === undefined ? Infinity : Number(length)),
}

/** Registers what SQLite lacks. The names start with `xt_`, as no function of a user's may. */
export function registerFunctions(database: Database.Database, isCancelled: () => boolean): void {
  const options = { deterministic: true, safeIntegers: true }
  for (const [name, implementation] of Object.entries(FUNCTIONS)) {
    const call = implementation as (...args: SqliteValue[]) => SqliteValue
    const guarded = (...args: SqliteValue[]): SqliteValue => {
      // SQLite as it is built here cannot be interrupted from outside; where it calls us it can be from inside.
      if (isCancelled()) throw sqlError('QRN-SQL-007', 'The run was cancelled.')
      return args.includes(null) ? null : call(...args)
    }
    Object.defineProperty(guarded, 'length', { value: implementation.length })
    database.function(name, options, guarded)
  }
  for (const [name, implementation] of Object.entries(VARIADIC)) {
    database.function(name, { ...options, varargs: true }, implementation)
  }
  registerMatches(database, isCancelled)
  registerArgument(database, 'xt_arg_min', -1)
  registerArgument(database, 'xt_arg_max', 1)
}

/** Most patterns that are kept ready; a statement has fewer. */
const MAX_MATCHERS = 200

function registerMatches(database: Database.Database, isCancelled: () => boolean): void {
  const matchers = new Map<string, (text: string) => boolean>()
  const matches = (text: string | null, pattern: string): bigint | null => {
    if (isCancelled()) throw sqlError('QRN-SQL-007', 'The run was cancelled.')
    if (text === null) return null
    let matcher = matchers.get(pattern)
    if (matcher === undefined) {
      matcher = patternMatcher(pattern)
      if (matchers.size >= MAX_MATCHERS) matchers.clear()
      matchers.set(pattern, matcher)
    }
    return matcher(text) ? 1n : 0n
  }
  database.function('xt_matches', { deterministic: true, safeIntegers: true }, matches)
}

interface Best {
  readonly value: SqliteValue
  readonly by: SqliteValue
}

/** The value at the least or greatest `by`; of several the least value, NULL before all. */
function registerArgument(database: Database.Database, name: string, sign: 1 | -1): void {
  const aggregate: AggregateOptions = {
    deterministic: true,
    safeIntegers: true,
    start: null,
    step: (best, value, by) => {
      if (by === null) return best
      if (best === null) return { value, by }
      const order = compare(by, best.by) * sign
      return order > 0 || (order === 0 && compare(value, best.value) < 0) ? { value, by } : best
    },
    result: (best) => best?.value ?? null,
  }
  // The types of better-sqlite3 know steps with one argument only.
  database.aggregate(name, aggregate as unknown as Parameters<Database.Database['aggregate']>[1])
}

interface AggregateOptions {
  readonly deterministic: true
  readonly safeIntegers: true
  readonly start: null
  step(best: Best | null, value: SqliteValue, by: SqliteValue): Best | null
  result(best: Best | null): SqliteValue
}

function compare(left: SqliteValue, right: SqliteValue): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? -1 : 1
  if (typeof left === 'string') return compareText(left, right as string)
  if (left instanceof Uint8Array) return Buffer.compare(left, right as Uint8Array)
  const [a, b] = [left, right as bigint]
  return a < b ? -1 : a > b ? 1 : 0
}

function requireFloat(value: number | bigint): number {
  const float = Number(value)
  if (!Number.isFinite(float)) throw executionError('QRN-EXEC-001')
  return float + 0
}

function requireCast(value: bigint, isInRange: boolean): bigint {
  if (!isInRange) throw executionError('QRN-EXEC-003')
  return value
}

function requireInstant(instant: bigint | number): bigint {
  if (typeof instant === 'number' || instant < MIN_INSTANT || instant > MAX_INSTANT) {
    throw executionError('QRN-EXEC-001')
  }
  return instant
}

function truncateDays(unit: string, days: number): number {
  const { year, month } = dateFromDays(days)
  switch (unit) {
    case 'year':
      return daysFromDate(year, 1, 1) as number
    case 'month':
      return daysFromDate(year, month, 1) as number
    case 'week': {
      // 1970-01-01 was a Thursday.
      const monday = days - ((((days + 3) % 7) + 7) % 7)
      if (monday < MIN_DATE) throw executionError('QRN-EXEC-001')
      return monday
    }
    default:
      return days
  }
}

function substring(text: string, start: number, length: number): string {
  const points = Array.from(text)
  const end = Math.min(points.length, start + length - 1)
  return points.slice(Math.max(0, start - 1), Math.max(0, end)).join('')
}
