import type { DataType, DecimalType } from '@qarion/core'

import { power } from './exact-division.ts'
import { readClock, readDay, readInstant } from './strict-time.ts'

/** Digits behind which an exponent moves every number that fits a double to 0 or beyond the last one. */
const FAR_EXPONENT = '[eE]%0*[1-9][0-9]{3,}$'
/** Half of the least double: what is not above it is nearest to 0, and an error to the server. */
const UNDERFLOW = '2.4703282292062328e-324'

const MIN_INTEGER = '-9223372036854775808'
const MAX_INTEGER = '9223372036854775807'

/**
 * SQL of the value that the text `text` (short SQL: it occurs several times) stands for, NULL where it stands for none:
 * the same texts as `parseValue` of core, no more and no fewer. `undefined` for types whose text is not cast. The
 * server's own casts take blanks, `yes`, `infinity`, `today`, exponents and separators, so that the form is checked
 * before; each check stands in a CASE of its own, since AND does not keep the order.
 */
export function readText(text: string, type: DataType): string | undefined {
  switch (type.kind) {
    case 'string':
      return text
    case 'boolean':
      return `CASE WHEN lower(${text}) IN ('true', '1') THEN TRUE WHEN lower(${text}) IN ('false', '0') THEN FALSE END`
    case 'integer':
      return (
        `CASE WHEN ${text} ~ '^[+-]?0*[0-9]{1,19}$' THEN CASE WHEN CAST(${text} AS NUMERIC)` +
        ` BETWEEN ${MIN_INTEGER} AND ${MAX_INTEGER} THEN CAST(CAST(${text} AS NUMERIC) AS BIGINT) END END`
      )
    case 'decimal':
      return decimalOf(text, type)
    case 'float':
      return floatOf(text)
    case 'date':
      return readDay(text)
    case 'time':
      return readClock(text)
    case 'timestamp':
      return readInstant(text)
    case 'json':
    case 'binary':
      return undefined
  }
}

function decimalOf(text: string, { precision, scale }: DecimalType): string {
  const whole = precision - scale
  const fraction = scale === 0 ? '(\\.0+)?' : `(\\.[0-9]{1,${scale}}0*)?`
  const digits = whole === 0 ? '0+' : `0*[0-9]{1,${whole}}`
  const value = `CAST(${text} AS NUMERIC)`
  return (
    `CASE WHEN ${text} ~ '^[+-]?${digits}${fraction}$' THEN CASE WHEN abs(${value}) < ${power(whole)}` +
    ` THEN CAST(${value} AS NUMERIC(${precision},${scale})) END END`
  )
}

/** Adding 0 turns -0 into 0. */
function floatOf(text: string): string {
  const exact = `CAST(${text} AS NUMERIC)`
  const isZero = `${text} ~ '^[+-]?[0.]+([eE]|$)'`
  const isTiny = `${text} ~ '${FAR_EXPONENT.replace('%', '-')}'`
  const isHuge = `${text} ~ '${FAR_EXPONENT.replace('%', '[+]?')}'`
  const inRange =
    `CASE WHEN abs(${exact}) <= ${UNDERFLOW} THEN 0::float8` +
    ` WHEN abs(${exact}) < 1.797693134862315808e308 THEN CAST(${text} AS DOUBLE PRECISION) + 0::float8 END`
  return (
    `CASE WHEN ${text} ~ '^[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?$' THEN` +
    ` CASE WHEN ${isZero} OR ${isTiny} THEN 0::float8 WHEN ${isHuge} THEN NULL ELSE ${inRange} END END`
  )
}
