import type { DataType } from '@qarion/core'

/** How a text is read as a type: the same texts as `parseValue` of core, no more and no fewer. */
export interface TextReading {
  /** The value, or NULL where the text is none. */
  readonly value: string
}

const DIGITS = '[0-9]'
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,6}0*)?)?'
const DAY = `${DIGITS}{4}-${DIGITS}{2}-${DIGITS}{2}`
const OFFSET = '[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?'
const FORMS = {
  integer: '[+-]?[0-9]+',
  float: '[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?',
  date: DAY,
  time: CLOCK,
  localTimestamp: `${DAY}[T ]${CLOCK}Z?`,
  offsetTimestamp: `${DAY}[T ]${CLOCK}${OFFSET}`,
} as const

const FIRST_INSTANT = "TIMESTAMP '0001-01-01 00:00:00'"
const LAST_INSTANT = "TIMESTAMP '9999-12-31 23:59:59.999999'"

function matches(text: string, form: string): string {
  return `regexp_full_match(${text}, '${form}')`
}

/**
 * SQL of the value that the text `text` (short SQL: it occurs several times) stands for, NULL where it stands for none.
 * `undefined` for types whose text DuckDB cannot check. DuckDB's own casts take blanks, exponents and fractions in
 * integers, cut and round fractions, drop offsets: the form is checked before.
 */
export function readText(text: string, type: DataType): string | undefined {
  switch (type.kind) {
    case 'string':
      return text
    case 'boolean':
      return `CASE WHEN lower(${text}) IN ('true', '1') THEN TRUE WHEN lower(${text}) IN ('false', '0') THEN FALSE END`
    case 'integer':
      return canonicalOr(text, 'BIGINT', FORMS.integer)
    case 'decimal': {
      const fraction = type.scale === 0 ? '(\\.0+)?' : `(\\.[0-9]{1,${type.scale}}0*)?`
      return canonicalOr(text, `DECIMAL(${type.precision},${type.scale})`, `[+-]?[0-9]+${fraction}`)
    }
    case 'float':
      return floatOf(text)
    case 'date':
      return `CASE WHEN ${text} >= '0001' AND (TRY_CAST(${text} AS DATE)::VARCHAR = ${text} AND strlen(${text}) = 10) THEN TRY_CAST(${text} AS DATE) END`
    case 'time':
      return `CASE WHEN ${matches(text, FORMS.time)} THEN TRY_CAST(${text} AS TIME) END`
    case 'timestamp':
      return timestampOf(text)
    case 'json':
    case 'binary':
      return undefined
  }
}

/** Adding 0 turns -0 into 0; beyond the range DuckDB reads infinity. */
function floatOf(text: string): string {
  const value = `TRY_CAST(${text} AS DOUBLE)`
  return `CASE WHEN ${matches(text, FORMS.float)} AND isfinite(${value}) THEN ${value} + 0e0 END`
}

/** Most numbers stand in their canonical form: printing the value again is cheaper than a regular expression. */
function canonicalOr(text: string, stored: string, form: string): string {
  const value = `TRY_CAST(${text} AS ${stored})`
  return `CASE WHEN ${value}::VARCHAR = ${text} OR ${matches(text, form)} THEN ${value} END`
}

function inRange(instant: string): string {
  return `CASE WHEN ${instant} BETWEEN ${FIRST_INSTANT} AND ${LAST_INSTANT} THEN ${instant} END`
}

function timestampOf(text: string): string {
  // DuckDB takes Z only after seconds.
  const local = `coalesce(TRY_CAST(${text} AS TIMESTAMP), TRY_CAST(replace(${text}, 'Z', '') AS TIMESTAMP))`
  const part = (group: number): string =>
    `CAST(coalesce(nullif(regexp_extract(${text}, '[+-]([0-9]{2}):?([0-9]{2})?$', ${group}), ''), '0') AS BIGINT)`
  const minutes = `(${part(1)} * 60 + ${part(2)})`
  const sign = `(CASE WHEN regexp_matches(${text}, '[+][0-9:]+$') THEN 1 ELSE -1 END)`
  const shifted =
    `TRY_CAST(regexp_replace(${text}, '[+-][0-9]{2}(:?[0-9]{2})?$', '') AS TIMESTAMP)` +
    ` - to_microseconds(60000000 * ${sign} * ${minutes})`
  return (
    `CASE WHEN ${matches(text, FORMS.localTimestamp)} THEN CASE WHEN ${text} >= '0001' THEN ${local} END` +
    ` WHEN ${matches(text, FORMS.offsetTimestamp)} AND ${text} >= '0001' THEN ${inRange(`(${shifted})`)} END`
  )
}
