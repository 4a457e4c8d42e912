import { MAX_DATE, MIN_DATE, type FunctionName } from '@qarion/core'
import { sqlOf, type SqlFunction } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { fail } from './fail.ts'
import { storedType } from './stored-type.ts'

const MICROS_PER_DAY = 86_400_000_000n
const FIRST_MICROS = BigInt(MIN_DATE) * MICROS_PER_DAY
const LAST_MICROS = (BigInt(MAX_DATE) + 1n) * MICROS_PER_DAY - 1n
const EPOCH = "DATE '1970-01-01'"

const part =
  (name: string): SqlFunction =>
  ([x]) =>
    `CAST(${name}(${sqlOf(x)}) AS BIGINT)`

/** Days since 1970-01-01 of a date. */
export function daysOf(date: string): string {
  return `(${date} - ${EPOCH})`
}

export function dateOfDays(days: string): string {
  return `(${EPOCH} + CAST(${days} AS INTEGER))`
}

function within(sql: string, first: bigint, last: bigint, then: (n: string) => string): string {
  return bindOperands(
    [sql],
    'n',
    ([n = '']) =>
      `CASE WHEN ${n} BETWEEN ${first} AND ${last} THEN ${then(n)} WHEN ${n} IS NOT NULL THEN ${fail('QRN-EXEC-001')} END`,
  )
}

function timestampAt(micros: string): string {
  return within(micros, FIRST_MICROS, LAST_MICROS, (n) => `make_timestamp(${n})`)
}

const addDays: SqlFunction = ([x, days]) =>
  x?.type.kind === 'date'
    ? within(`(${daysOf(x.sql)} + ${sqlOf(days)})`, BigInt(MIN_DATE), BigInt(MAX_DATE), dateOfDays)
    : timestampAt(`(epoch_us(${sqlOf(x)}) + ${sqlOf(days)} * ${MICROS_PER_DAY}::BIGINT)`)

export const TIME_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  year: part('year'),
  month: part('month'),
  day: part('day'),
  hour: part('hour'),
  minute: part('minute'),
  second: part('second'),
  date_trunc: ([unit, x], result) =>
    `CAST(date_trunc(${sqlOf(unit)}, ${sqlOf(x)}) AS ${storedType(result)})`,
  add_days: addDays,
  days_between: ([start, end]) => `(${sqlOf(end)} - ${sqlOf(start)})`,
  add_microseconds: ([x, count]) => timestampAt(`(epoch_us(${sqlOf(x)}) + ${sqlOf(count)})`),
  microseconds_between: ([start, end]) => `(epoch_us(${sqlOf(end)}) - epoch_us(${sqlOf(start)}))`,
}
