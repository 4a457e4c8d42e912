import { MAX_DATE, MIN_DATE } from '@qarion/core'

import { daysOf, MICROS_PER_DAY, timestampOfMicros } from './time-functions.ts'

const DAY = '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6}0*)?)?'
const OFFSET = '[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?'
const FIRST_MICROS = BigInt(MIN_DATE) * MICROS_PER_DAY
const LAST_MICROS = (BigInt(MAX_DATE) + 1n) * MICROS_PER_DAY - 1n

function isForm(text: string, form: string): string {
  return `${text} ~ '^${form}$'`
}

/** The characters `from` to `from + length - 1` of a text as a number. */
function numberAt(text: string, from: number, length: number): string {
  return `CAST(substr(${text}, ${from}, ${length}) AS INTEGER)`
}

/** A date, NULL where the text is none. A day that its month lacks leads into the next one, which shows. */
export function readDay(text: string): string {
  return `CASE WHEN ${isForm(text, DAY)} AND ${text} >= '0001' THEN ${dayAtStart(text)} END`
}

function dayAtStart(text: string): string {
  const day = `(make_date(${numberAt(text, 1, 4)}, ${numberAt(text, 6, 2)}, 1) + ${numberAt(text, 9, 2)} - 1)`
  return `CASE WHEN extract(month FROM ${day}) = ${numberAt(text, 6, 2)} THEN ${day} END`
}

/** A time of day, NULL where the text is none. Zeros beyond six digits say nothing, and the server reads few. */
export function readClock(text: string): string {
  return `CASE WHEN ${isForm(text, CLOCK)} THEN CAST(left(${text}, 15) AS TIME) END`
}

/** An instant, NULL where the text is none or it lies outside of the years 1 to 9999. */
export function readInstant(text: string): string {
  const local = `${DAY}[T ]${CLOCK}`
  const read = (offsetMinutes: string): string => {
    const clock = `CAST(left(substring(${text} FROM '[T ]([0-9:.]+)'), 15) AS TIME)`
    const micros =
      `${daysOf(dayAtStart(text))} * ${MICROS_PER_DAY} + CAST(extract(epoch FROM ${clock}) * 1000000 AS BIGINT)` +
      ` - ${offsetMinutes} * 60000000`
    return (
      `(SELECT CASE WHEN xt_read.n BETWEEN ${FIRST_MICROS} AND ${LAST_MICROS} THEN ${timestampOfMicros('xt_read.n')} END` +
      ` FROM (SELECT ${micros} AS n OFFSET 0) AS xt_read)`
    )
  }
  return (
    `CASE WHEN ${text} < '0001' THEN NULL WHEN ${isForm(text, `${local}Z?`)} THEN ${read('0')}` +
    ` WHEN ${isForm(text, `${local}${OFFSET}`)} THEN ${read(offsetOf(text))} END`
  )
}

function offsetOf(text: string): string {
  const part = (group: string): string =>
    `CAST(coalesce(nullif(substring(${text} FROM '${group}'), ''), '0') AS BIGINT)`
  const hours = part('[+-]([0-9]{2})(?::?[0-9]{2})?$')
  const minutes = part('[:0-9][+-][0-9]{2}:?([0-9]{2})$')
  const sign = `CASE WHEN ${text} ~ '[+][0-9:]+$' THEN 1 ELSE -1 END`
  return `(${sign} * (${hours} * 60 + ${minutes}))`
}
