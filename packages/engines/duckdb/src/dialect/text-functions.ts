import type { FunctionName } from '@qarion/core'
import { patternText, sqlOf, type SqlFunction } from '@qarion/kit-sql'

import { bindOperands, lambdaName } from './bind.ts'
import { textOf } from './casts.ts'
import { quoteJson } from './json-text.ts'

const LOWER = 'abcdefghijklmnopqrstuvwxyz'
const UPPER = LOWER.toUpperCase()
/** Beyond it DuckDB's substring refuses. */
const MAX_PLACE = 2_147_483_647

const named =
  (name: string): SqlFunction =>
  (args) =>
    `${name}(${args.map(({ sql }) => sql).join(', ')})`

const ofText =
  (name: string, more = ''): SqlFunction =>
  ([x]) =>
    `${name}(${sqlOf(x)}${more})`

/** ASCII letters only: DuckDB's own word folds every script. Text without others takes the fast way. */
const inCase =
  (name: 'lower' | 'upper', from: string, to: string): SqlFunction =>
  ([x]) =>
    bindOperands(
      [sqlOf(x)],
      't',
      ([text = '']) =>
        `CASE WHEN strlen(${text}) = length(${text}) THEN ${name}(${text}) ELSE translate(${text}, '${from}', '${to}') END`,
    )

const substring: SqlFunction = ([text, start, length]) => {
  const operands = [text, start, ...(length === undefined ? [] : [length])].map(sqlOf)
  return bindOperands(operands, 's', ([t = '', from = '', count]) => {
    const first = `CASE WHEN ${from} < 1 THEN 1 ELSE least(${from}, ${MAX_PLACE}) END`
    if (count === undefined)
      return `CASE WHEN ${from} IS NOT NULL THEN substring(${t}, ${first}) END`
    const room = `CAST(${from} AS HUGEINT) + ${count} - (${first})`
    return (
      `CASE WHEN ${from} IS NULL OR ${count} IS NULL THEN NULL` +
      ` ELSE substring(${t}, ${first}, CAST(greatest(0, least(${room}, ${MAX_PLACE})) AS BIGINT)) END`
    )
  })
}

const keyText: SqlFunction = (args) => {
  const parts = args.map((operand) => {
    const { sql, type } = operand
    if (type.kind === 'time' || type.kind === 'timestamp')
      return `CAST(epoch_us(${sql}) AS VARCHAR)`
    if (type.kind !== 'string' && type.kind !== 'json') return textOf(operand)
    return `replace(replace(${sql}, '\\', '\\\\'), '|', '\\|')`
  })
  return `(${parts.map((part) => `coalesce(${part}, '\\N')`).join(" || '|' || ")})`
}

const jsonArray: SqlFunction = (args) => {
  const items = args.map(({ sql }) => sql).join(', ')
  // NULL elements are left out by array_to_string, which gives NULL where nothing else is left.
  return `('[' || coalesce(array_to_string(list_transform([${items}], lambda ${lambdaName('j')}: ${quoteJson(lambdaName('j'))}), ','), '') || ']')`
}

/** DuckDB folds a text expression that is always NULL to an untyped one, which would come out as an integer. */
function asText(sql: string): string {
  return `CAST(${sql} AS VARCHAR)`
}

export const TEXT_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  length: ofText('length'),
  lower: inCase('lower', UPPER, LOWER),
  upper: inCase('upper', LOWER, UPPER),
  trim: ofText('trim', ", ' '"),
  trim_start: ofText('ltrim', ", ' '"),
  trim_end: ofText('rtrim', ", ' '"),
  substring,
  replace: named('replace'),
  position: named('strpos'),
  starts_with: named('starts_with'),
  ends_with: named('ends_with'),
  contains: named('contains'),
  matches: ([text, pattern]) =>
    `regexp_matches(${sqlOf(text)}, ${patternText(pattern, (codePoint) => `\\x{${codePoint.toString(16)}}`)})`,
  concat: (operands) => asText(operands.map(({ sql }) => sql).join(' || ')),
  key_text: keyText,
  json_array: (...call) => asText(jsonArray(...call)),
}
