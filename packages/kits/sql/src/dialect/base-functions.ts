import type { DataType, FunctionName } from '@qarion/core'

import type { ExecutionErrorCode } from '../sql-errors.ts'
import { sqlOf, type SqlFunction, type SqlOperand } from './operand.ts'

/** What the standard functions need of their dialect. */
export interface FunctionParts {
  readonly cast: (operand: SqlOperand, to: DataType) => string
  /** An expression of any type that fails the statement with a message holding `code`. */
  readonly fail: (code: ExecutionErrorCode) => string
}

const infix =
  (operator: string): SqlFunction =>
  (args) =>
    `(${args.map(({ sql }) => sql).join(` ${operator} `)})`

const named =
  (name: string): SqlFunction =>
  (args) =>
    `${name}(${args.map(({ sql }) => sql).join(', ')})`

const field =
  (name: string): SqlFunction =>
  ([x]) =>
    `EXTRACT(${name} FROM ${sqlOf(x)})`

/** The closed table of functions in standard SQL. Dialects replace what their engine says or does differently. */
export function createBaseFunctions({
  cast,
  fail,
}: FunctionParts): Readonly<Record<FunctionName, SqlFunction>> {
  const overZero =
    (inner: SqlFunction): SqlFunction =>
    (args, result) =>
      `CASE WHEN ${sqlOf(args[1])} = 0 THEN ${fail('QRN-EXEC-002')} ELSE ${inner(args, result)} END`
  const typed =
    (inner: SqlFunction): SqlFunction =>
    (args, result) =>
      cast({ sql: inner(args, result), type: result }, result)
  return {
    equal: infix('='),
    not_equal: infix('<>'),
    less: infix('<'),
    less_or_equal: infix('<='),
    greater: infix('>'),
    greater_or_equal: infix('>='),
    is_distinct: infix('IS DISTINCT FROM'),
    is_not_distinct: infix('IS NOT DISTINCT FROM'),
    is_null: ([x]) => `(${sqlOf(x)} IS NULL)`,
    is_not_null: ([x]) => `(${sqlOf(x)} IS NOT NULL)`,

    and: infix('AND'),
    or: infix('OR'),
    not: ([x]) => `(NOT ${sqlOf(x)})`,

    add: infix('+'),
    subtract: infix('-'),
    multiply: infix('*'),
    divide: overZero(typed(infix('/'))),
    div: overZero(infix('/')),
    mod: overZero(infix('%')),
    negate: ([x]) => `(- ${sqlOf(x)})`,
    abs: named('ABS'),
    sign: named('SIGN'),
    round: typed(named('ROUND')),
    floor: typed(named('FLOOR')),
    ceil: typed(named('CEIL')),
    ratio: (args, result) =>
      `CASE WHEN ${sqlOf(args[1])} = 0 THEN NULL ELSE ${typed(infix('/'))(args, result)} END`,

    coalesce: named('COALESCE'),
    null_if: named('NULLIF'),
    least: named('LEAST'),
    greatest: named('GREATEST'),

    concat: infix('||'),
    length: named('CHAR_LENGTH'),
    lower: named('LOWER'),
    upper: named('UPPER'),
    trim: named('TRIM'),
    trim_start: named('LTRIM'),
    trim_end: named('RTRIM'),
    substring: named('SUBSTRING'),
    replace: named('REPLACE'),
    position: ([text, part]) => `POSITION(${sqlOf(part)} IN ${sqlOf(text)})`,
    starts_with: named('STARTS_WITH'),
    ends_with: named('ENDS_WITH'),
    contains: ([text, part]) => `(POSITION(${sqlOf(part)} IN ${sqlOf(text)}) > 0)`,
    like: ([text, pattern]) => `(${sqlOf(text)} LIKE ${sqlOf(pattern)} ESCAPE '\\')`,
    matches: named('REGEXP_LIKE'),

    year: field('year'),
    month: field('month'),
    day: field('day'),
    hour: field('hour'),
    minute: field('minute'),
    second: field('second'),
    date_trunc: named('DATE_TRUNC'),
    add_days: ([x, days]) => `(${sqlOf(x)} + ${sqlOf(days)} * INTERVAL '1' DAY)`,
    days_between: ([start, end]) => `(${sqlOf(end)} - ${sqlOf(start)})`,
    add_microseconds: ([x, count]) =>
      `(${sqlOf(x)} + ${sqlOf(count)} * INTERVAL '0.000001' SECOND)`,
    microseconds_between: ([start, end]) =>
      `CAST(EXTRACT(EPOCH FROM (${sqlOf(end)} - ${sqlOf(start)})) * 1000000 AS BIGINT)`,

    key_text: named('KEY_TEXT'),
    json_array: named('JSON_ARRAY'),
  }
}
