import { DataTypes, MAX_DATE, MIN_DATE, type DataType, type FunctionName } from '@qarion/core'
import { sqlOf, type SqlFunction } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { fail } from './fail.ts'
import { castAs } from './stored-type.ts'

export const MICROS_PER_DAY = 86_400_000_000n
const FIRST_MICROS = BigInt(MIN_DATE) * MICROS_PER_DAY
const LAST_MICROS = (BigInt(MAX_DATE) + 1n) * MICROS_PER_DAY - 1n
const EPOCH = "DATE '1970-01-01'"

/** Days since 1970-01-01 of a date. */
export function daysOf(date: string): string {
  return `CAST(${date} - ${EPOCH} AS BIGINT)`
}

export function dateOfDays(days: string): string {
  return `(${EPOCH} + CAST(${days} AS INTEGER))`
}

/** Microseconds since 1970 of a timestamp. The epoch is a NUMERIC, so no digit is lost. */
export function microsOfTimestamp(timestamp: string): string {
  return `CAST(extract(epoch FROM ${timestamp}) * 1000000 AS BIGINT)`
}

/** Microseconds since midnight of a time. */
export function microsOfClock(time: string): string {
  return `CAST(extract(epoch FROM ${time}) * 1000000 AS BIGINT)`
}

/** The timestamp of microseconds since 1970. Days apart: an interval is multiplied by a double, exact up to 2^53. */
export function timestampOfMicros(micros: string): string {
  return bindOperands(
    [micros],
    'u',
    ([n = '']) =>
      `(CAST(${EPOCH} + CAST(${n} / ${MICROS_PER_DAY} AS INTEGER) AS TIMESTAMP)` +
      ` + (${n} % ${MICROS_PER_DAY}) * INTERVAL '1 microsecond')`,
  )
}

const part =
  (name: string): SqlFunction =>
  ([x]) =>
    `CAST(extract(${name} FROM ${sqlOf(x)}) AS BIGINT)`

interface Range {
  readonly first: bigint
  readonly last: bigint
  readonly type: DataType
  readonly valueOf: (n: string) => string
}

const DATES: Range = {
  first: BigInt(MIN_DATE),
  last: BigInt(MAX_DATE),
  type: DataTypes.date,
  valueOf: dateOfDays,
}
const INSTANTS: Range = {
  first: FIRST_MICROS,
  last: LAST_MICROS,
  type: DataTypes.timestamp,
  valueOf: (n) => timestampOfMicros(`CAST(${n} AS BIGINT)`),
}

/** The value of a NUMERIC, which no sum on the way overflows; fails outside of the years 1 to 9999. */
function within(sql: string, { first, last, type, valueOf }: Range): string {
  return bindOperands(
    [sql],
    'n',
    ([n = '']) =>
      `CASE WHEN ${n} BETWEEN ${first} AND ${last} THEN ${valueOf(n)} WHEN ${n} IS NOT NULL THEN ${fail('QRN-EXEC-001', type)} END`,
  )
}

const addDays: SqlFunction = ([x, days]) =>
  x?.type.kind === 'date'
    ? within(`(CAST(${daysOf(x.sql)} AS NUMERIC) + ${sqlOf(days)})`, DATES)
    : within(
        `(CAST(${microsOfTimestamp(sqlOf(x))} AS NUMERIC) + CAST(${sqlOf(days)} AS NUMERIC) * ${MICROS_PER_DAY})`,
        INSTANTS,
      )

export const TIME_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  year: part('year'),
  month: part('month'),
  day: part('day'),
  hour: part('hour'),
  minute: part('minute'),
  second: ([x]) => `CAST(floor(extract(second FROM ${sqlOf(x)})) AS BIGINT)`,
  date_trunc: ([unit, x], result) =>
    // Of a date the server would make an instant of the session's zone.
    castAs(`date_trunc(${sqlOf(unit)}, CAST(${sqlOf(x)} AS TIMESTAMP))`, result),
  add_days: addDays,
  days_between: ([start, end]) => `CAST(${sqlOf(end)} - ${sqlOf(start)} AS BIGINT)`,
  add_microseconds: ([x, count]) =>
    within(`(CAST(${microsOfTimestamp(sqlOf(x))} AS NUMERIC) + ${sqlOf(count)})`, INSTANTS),
  microseconds_between: ([start, end]) =>
    `(${microsOfTimestamp(sqlOf(end))} - ${microsOfTimestamp(sqlOf(start))})`,
}
