import type { FunctionName } from '@qarion/core'

import { isNotNull, isNull, not } from '../frame/node.ts'
import {
  abs,
  cutOff,
  div,
  divide,
  mod,
  multiply,
  negate,
  ratio,
  round,
  sign,
  sumOf,
} from './arithmetic.ts'
import { textOf } from './cast.ts'
import { comparison, extreme, nullIf } from './comparison.ts'
import type { Operand } from './compilation.ts'
import type { CompiledFunction } from './function-table.ts'
import {
  concat,
  folded,
  keyText,
  length,
  like,
  matches,
  position,
  replace,
  substring,
  textFunction,
  trimmed,
} from './text.ts'
import {
  addDays,
  addMicroseconds,
  dateTrunc,
  daysBetween,
  microsecondsBetween,
  partOfClock,
  partOfDate,
} from './time.ts'

/** Functions that look at their arguments before these are compiled: see `compile-expression.ts`. */
export type LazyFunctionName = 'and' | 'or' | 'coalesce' | 'json_array'

/** Every other function of the closed table. */
export const FUNCTIONS: Readonly<
  Record<Exclude<FunctionName, LazyFunctionName>, CompiledFunction>
> = Object.freeze({
  equal: comparison('Eq'),
  not_equal: comparison('NotEq'),
  less: comparison('Lt'),
  less_or_equal: comparison('LtEq'),
  greater: comparison('Gt'),
  greater_or_equal: comparison('GtEq'),
  is_distinct: comparison('NotEqValidity'),
  is_not_distinct: comparison('EqValidity'),
  is_null: ([x]) => isNull((x as Operand).node),
  is_not_null: ([x]) => isNotNull((x as Operand).node),

  not: ([x]) => not((x as Operand).node),

  add: sumOf('Plus'),
  subtract: sumOf('Minus'),
  multiply,
  divide,
  div,
  mod,
  negate,
  abs,
  sign,
  round,
  floor: cutOff('Floor'),
  ceil: cutOff('Ceil'),
  ratio,

  null_if: nullIf,
  least: extreme('Lt'),
  greatest: extreme('Gt'),

  concat,
  length,
  lower: folded(/[A-Z]+/g, 'toLowerCase'),
  upper: folded(/[a-z]+/g, 'toUpperCase'),
  trim: trimmed('StripChars'),
  trim_start: trimmed('StripCharsStart'),
  trim_end: trimmed('StripCharsEnd'),
  substring,
  replace,
  position,
  starts_with: textFunction('StartsWith'),
  ends_with: textFunction('EndsWith'),
  contains: textFunction({ Contains: { literal: true, strict: false } }),
  like,
  matches,

  year: partOfDate('Year'),
  month: partOfDate('Month'),
  day: partOfDate('Day'),
  hour: partOfClock(3_600_000_000n, 24n),
  minute: partOfClock(60_000_000n, 60n),
  second: partOfClock(1_000_000n, 60n),
  date_trunc: dateTrunc,
  add_days: addDays,
  days_between: daysBetween,
  add_microseconds: addMicroseconds,
  microseconds_between: microsecondsBetween,

  key_text: (operands, _type, compilation) =>
    keyText(operands, (operand) => textOf(operand, compilation)),
})
