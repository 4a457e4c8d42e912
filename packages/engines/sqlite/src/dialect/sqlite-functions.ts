import type { DataType, FunctionName } from '@qarion/core'
import {
  createBaseFunctions,
  quoteText,
  sqlOf,
  type SqlFunction,
  type SqlOperand,
} from '@qarion/kit-sql'

import { castSqlite } from './sqlite-cast.ts'

const DAY = 86_400_000_000
const HOUR = 3_600_000_000
const MINUTE = 60_000_000
const SECOND = 1_000_000

/** Digits after the point of an exact number. */
export function scaleOf(type: DataType): number {
  return type.kind === 'decimal' ? type.scale : 0
}

const isFloat = (operand: SqlOperand | undefined): boolean => operand?.type.kind === 'float'

/**
 * Integer arithmetic that grows out of 64 bits becomes REAL in SQLite; `xt_integer` fails on REAL. Decimals cannot
 * grow out: their result types have room for every result, or are refused when compiling.
 */
const arithmetic =
  (operator: string): SqlFunction =>
  (args, result) => {
    const sql = `(${sqlOf(args[0])} ${operator} ${sqlOf(args[1])})`
    switch (result.kind) {
      case 'integer':
        return `xt_integer${sql}`
      case 'float':
        return `xt_float${sql}`
      default:
        return sql
    }
  }

const named =
  (name: string): SqlFunction =>
  (args) =>
    `${name}(${args.map(({ sql }) => sql).join(', ')})`

const cut =
  (name: 'floor' | 'ceil'): SqlFunction =>
  ([x], _result) => {
    if (isFloat(x)) return `xt_float(${name}(${sqlOf(x)}))`
    const scale = scaleOf((x as SqlOperand).type)
    return scale === 0 ? sqlOf(x) : `xt_${name}(${sqlOf(x)}, ${scale})`
  }

const ofDate =
  (from: number, length: number): SqlFunction =>
  ([x]) => {
    const date = x?.type.kind === 'timestamp' ? `xt_date_of(${x.sql})` : sqlOf(x)
    return `CAST(substr(${date}, ${from}, ${length}) AS INTEGER)`
  }

/** Part of a clock; a timestamp before 1970 is negative, so its day is taken off first. */
const ofClock =
  (unit: number, count: number): SqlFunction =>
  ([x]) => {
    const clock =
      x?.type.kind === 'timestamp' ? `((${x.sql} % ${DAY} + ${DAY}) % ${DAY})` : sqlOf(x)
    return `(${clock} / ${unit} % ${count})`
  }

export const SQLITE_FUNCTIONS: Readonly<Record<FunctionName, SqlFunction>> = Object.freeze({
  ...createBaseFunctions({ cast: castSqlite, fail: (code) => `xt_fail('${code}')` }),

  is_distinct: ([a, b]) => `(${sqlOf(a)} IS NOT ${sqlOf(b)})`,
  is_not_distinct: ([a, b]) => `(${sqlOf(a)} IS ${sqlOf(b)})`,

  add: arithmetic('+'),
  subtract: arithmetic('-'),
  multiply: arithmetic('*'),
  divide: ([a, b], result) =>
    result.kind === 'decimal'
      ? `xt_divide(${sqlOf(a)}, ${sqlOf(b)}, ${scalesOf(a, b)}, ${result.scale})`
      : `xt_divide_float(${sqlOf(a)}, ${sqlOf(b)})`,
  div: named('xt_div'),
  mod: named('xt_mod'),
  negate: (args, result) => arithmetic('-')([{ sql: '0', type: result }, ...args], result),
  // Of -2^63 it throws "integer overflow".
  abs: named('abs'),
  sign: named('sign'),
  round: ([x], result) => {
    const dropped = scaleOf((x as SqlOperand).type) - scaleOf(result)
    return dropped === 0 ? sqlOf(x) : `xt_round(${sqlOf(x)}, ${dropped})`
  },
  floor: cut('floor'),
  ceil: cut('ceil'),
  ratio: ([a, b]) => `xt_ratio(${sqlOf(a)}, ${sqlOf(b)}, ${scalesOf(a, b)})`,

  // With several arguments these two are not aggregates, and NULL if any argument is.
  least: named('min'),
  greatest: named('max'),

  length: named('length'),
  // ASCII only, as everywhere.
  lower: named('lower'),
  upper: named('upper'),
  substring: (args) =>
    args.slice(1).every(({ sql }, index) => /^\d+$/.test(sql) && (index > 0 || sql !== '0'))
      ? named('substr')(args, { kind: 'string' })
      : named('xt_substring')(args, { kind: 'string' }),
  position: named('instr'),
  starts_with: ([text, part]) => `(instr(${sqlOf(text)}, ${sqlOf(part)}) = 1)`,
  ends_with: named('xt_ends_with'),
  contains: ([text, part]) => `(instr(${sqlOf(text)}, ${sqlOf(part)}) > 0)`,
  // LIKE folds case; GLOB does not.
  like: ([text, pattern]) => `(${sqlOf(text)} GLOB ${globOf(sqlOf(pattern))})`,
  matches: named('xt_matches'),

  year: ofDate(1, 4),
  month: ofDate(6, 2),
  day: ofDate(9, 2),
  hour: ofClock(HOUR, 24),
  minute: ofClock(MINUTE, 60),
  second: ofClock(SECOND, 60),
  date_trunc: ([unit, x]) =>
    `xt_truncate_${x?.type.kind === 'date' ? 'date' : 'timestamp'}(${sqlOf(unit)}, ${sqlOf(x)})`,
  add_days: ([x, days]) =>
    `xt_add_days_to_${x?.type.kind === 'date' ? 'date' : 'timestamp'}(${sqlOf(x)}, ${sqlOf(days)})`,
  days_between: ([start, end]) =>
    `CAST(julianday(${sqlOf(end)}) - julianday(${sqlOf(start)}) AS INTEGER)`,
  add_microseconds: ([x, count]) => `xt_timestamp(${sqlOf(x)} + ${sqlOf(count)})`,
  microseconds_between: ([start, end]) => `(${sqlOf(end)} - ${sqlOf(start)})`,

  key_text: (args) => `(${args.map(keyPart).join(` || '|' || `)})`,
  json_array: (args) => {
    const parts = args.map(({ sql }) => `coalesce(',' || nullif(json_quote(${sql}), 'null'), '')`)
    return `('[' || substr(${parts.join(' || ')}, 2) || ']')`
  },
} satisfies Record<FunctionName, SqlFunction>)

function scalesOf(a: SqlOperand | undefined, b: SqlOperand | undefined): string {
  return `${scaleOf((a as SqlOperand).type)}, ${scaleOf((b as SqlOperand).type)}`
}

const TEXT: DataType = { kind: 'string' }

function keyPart(part: SqlOperand): string {
  switch (part.type.kind) {
    case 'string':
    case 'json':
      return String.raw`coalesce(replace(replace(${part.sql}, '\', '\\'), '|', '\|'), '\N')`
    case 'time':
    case 'timestamp':
      return String.raw`coalesce(CAST(${part.sql} AS TEXT), '\N')`
    default:
      return String.raw`coalesce(${castSqlite(part, TEXT)}, '\N')`
  }
}

/** The GLOB pattern of a LIKE pattern, both as quoted text: patterns are constants. */
function globOf(quoted: string): string {
  const pattern = quoted.slice(1, -1).replaceAll("''", "'")
  const glob = pattern.replaceAll(/\\([%_\\])|[%_*?[]/g, (found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped
    if (found === '%') return '*'
    return found === '_' ? '?' : `[${found}]`
  })
  return quoteText(glob)
}
