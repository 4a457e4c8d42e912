import type { FunctionName } from '@qarion/core'
import { patternText, sqlOf, type SqlFunction } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { textOf } from './casts.ts'
import { quoteJson } from './json-text.ts'
import { asText } from './stored-type.ts'
import { microsOfClock, microsOfTimestamp } from './time-functions.ts'

/** Places in a text are 32-bit numbers to the server; no text is that long. */
const MAX_PLACE = 2_147_483_647

const named =
  (name: string): SqlFunction =>
  (args) =>
    `${name}(${args.map(({ sql }) => sql).join(', ')})`

/** ASCII letters only, since the collation "C" has no others. */
const inCase =
  (name: 'lower' | 'upper'): SqlFunction =>
  ([x]) =>
    `${name}(${sqlOf(x)} COLLATE "C")`

const trimmed =
  (name: 'btrim' | 'ltrim' | 'rtrim'): SqlFunction =>
  ([x]) =>
    `${name}(${sqlOf(x)}, ' ')`

const substring: SqlFunction = ([text, start, length]) => {
  const operands = [text, start, ...(length === undefined ? [] : [length])].map(sqlOf)
  return bindOperands(operands, 's', ([t = '', from = '', count]) => {
    const first = `CAST(CASE WHEN ${from} < 1 THEN 1 ELSE least(${from}, ${MAX_PLACE}) END AS INTEGER)`
    if (count === undefined) return `CASE WHEN ${from} IS NOT NULL THEN substr(${t}, ${first}) END`
    const room = `CAST(${from} AS NUMERIC) + ${count} - ${first}`
    return (
      `CASE WHEN ${from} IS NOT NULL AND ${count} IS NOT NULL` +
      ` THEN left(substr(${t}, ${first}), CAST(greatest(0, least(${room}, ${MAX_PLACE})) AS INTEGER)) END`
    )
  })
}

/** A character in a pattern, by its number. */
const numbered = (codePoint: number): string =>
  codePoint > 0xff_ff
    ? `\\U${codePoint.toString(16).padStart(8, '0')}`
    : `\\u${codePoint.toString(16).padStart(4, '0')}`

const endsWith: SqlFunction = ([text, part]) =>
  bindOperands(
    [sqlOf(text), sqlOf(part)],
    'e',
    // The last 0 characters are none, but a negative number would mean something else.
    ([t = '', p = '']) => `(right(${t}, char_length(${p})) = ${p})`,
  )

const keyText: SqlFunction = (args) => {
  const parts = args.map((operand) => {
    const { sql, type } = operand
    if (type.kind === 'time') return asText(microsOfClock(sql))
    if (type.kind === 'timestamp') return asText(microsOfTimestamp(sql))
    if (type.kind !== 'string' && type.kind !== 'json') return textOf(operand)
    return `replace(replace(${sql}, '\\', '\\\\'), '|', '\\|')`
  })
  return `(${parts.map((part) => `coalesce(${part}, '\\N')`).join(" || '|' || ")})`
}

const jsonArray: SqlFunction = (args) => {
  // NULL is left out by concat_ws, which is '' where nothing is left.
  const items = args.map(({ sql }) => quoteJson(sql)).join(', ')
  return `('[' || concat_ws(',', ${items}) || ']')`
}

export const TEXT_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  length: ([x]) => `CAST(char_length(${sqlOf(x)}) AS BIGINT)`,
  lower: inCase('lower'),
  upper: inCase('upper'),
  trim: trimmed('btrim'),
  trim_start: trimmed('ltrim'),
  trim_end: trimmed('rtrim'),
  substring,
  replace: named('replace'),
  position: ([text, part]) => `CAST(strpos(${sqlOf(text)}, ${sqlOf(part)}) AS BIGINT)`,
  starts_with: named('starts_with'),
  ends_with: endsWith,
  contains: ([text, part]) => `(strpos(${sqlOf(text)}, ${sqlOf(part)}) > 0)`,
  matches: ([text, pattern]) => `(${sqlOf(text)} ~ ${patternText(pattern, numbered)})`,
  key_text: (...call) => `(${keyText(...call)} COLLATE "C")`,
  json_array: (...call) => `(${jsonArray(...call)} COLLATE "C")`,
}
