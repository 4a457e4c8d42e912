import { MAX_DATE, MIN_DATE, type DataType } from '@qarion/core'

import { TIMESTAMP_DTYPE } from '../frame/dtypes.ts'
import { binary, call, cast, integerNode, textNode, type Node } from '../frame/node.ts'
import type { Compilation, Operand } from './compilation.ts'
import type { CompiledFunction } from './function-table.ts'
import { constantText } from './text.ts'

const MICROSECONDS = { minute: 60_000_000n, hour: 3_600_000_000n, day: 86_400_000_000n } as const
const MIN_INSTANT = BigInt(MIN_DATE) * MICROSECONDS.day
const MAX_INSTANT = BigInt(MAX_DATE + 1) * MICROSECONDS.day - 1n

/** Part of a date or of a timestamp's date. */
export function partOfDate(name: 'Year' | 'Month' | 'Day'): CompiledFunction {
  return ([x]) => cast(call({ TemporalExpr: name }, (x as Operand).node), 'Int64')
}

/** Part of a clock: units of so many microseconds, `count` of which make the next. */
export function partOfClock(unit: bigint, count: bigint): CompiledFunction {
  return ([x]) => {
    const units = floorDivide(micros((x as Operand).node), unit)
    // Modulus rounds down, so it is right before 1970 too.
    return binary('Modulus', units, integerNode(count))
  }
}

function micros(node: Node): Node {
  return cast(node, 'Int64')
}

/** Days since 1970 as an integer. */
export function daysOf(date: Node): Node {
  return cast(cast(date, 'Int32'), 'Int64')
}

function dateOf(days: Node): Node {
  return cast(cast(days, 'Int32', 'NonStrict'), 'Date')
}

function floorDivide(node: Node, unit: bigint): Node {
  return binary('FloorDivide', node, integerNode(unit))
}

export function dateOfTimestamp(node: Node): Node {
  return dateOf(floorDivide(micros(node), MICROSECONDS.day))
}

export function timestampOfDate(node: Node): Node {
  const instant = binary('Multiply', daysOf(node), integerNode(MICROSECONDS.day))
  return cast(instant, TIMESTAMP_DTYPE)
}

const CALENDAR_UNITS: Readonly<Record<string, string>> = { month: '1mo', year: '1y' }

export const dateTrunc: CompiledFunction = (operands, _type, compilation) => {
  const [unit, x] = operands as readonly [Operand, Operand]
  const name = constantText(unit.node) ?? 'day'
  if (x.type.kind === 'date') return truncateDate(name, x.node, compilation)
  const size = (MICROSECONDS as Readonly<Record<string, bigint>>)[name]
  if (size === undefined)
    return timestampOfDate(truncateDate(name, dateOfTimestamp(x.node), compilation))
  const cut = binary('Multiply', floorDivide(micros(x.node), size), integerNode(size))
  return cast(cut, TIMESTAMP_DTYPE)
}

function truncateDate(unit: string, date: Node, compilation: Compilation): Node {
  const calendarUnit = CALENDAR_UNITS[unit]
  if (calendarUnit !== undefined)
    return call({ TemporalExpr: 'Truncate' }, date, textNode(calendarUnit))
  if (unit !== 'week') return date
  // 1970-01-01 was a Thursday.
  const days = daysOf(date)
  const sinceMonday = binary('Modulus', binary('Plus', days, integerNode(3)), integerNode(7))
  return inCalendar(binary('Minus', days, sinceMonday), { kind: 'date' }, compilation)
}

/** The day or instant; fails outside of the years 1 to 9999. */
function inCalendar(node: Node, type: DataType, compilation: Compilation): Node {
  const kept = compilation.keep(cast(node, 'Int128'))
  const [least, greatest] = type.kind === 'date' ? [MIN_DATE, MAX_DATE] : [MIN_INSTANT, MAX_INSTANT]
  compilation.fail(
    'QRN-EXEC-001',
    binary(
      'Or',
      binary('Lt', kept, integerNode(least, 'Int128')),
      binary('Gt', kept, integerNode(greatest, 'Int128')),
    ),
  )
  return type.kind === 'date'
    ? dateOf(kept)
    : cast(cast(kept, 'Int64', 'NonStrict'), TIMESTAMP_DTYPE)
}

export const addDays: CompiledFunction = (operands, type, compilation) => {
  const [x, days] = operands as readonly [Operand, Operand]
  const count = cast(days.node, 'Int128')
  const sum =
    type.kind === 'date'
      ? binary('Plus', cast(daysOf(x.node), 'Int128'), count)
      : binary(
          'Plus',
          cast(micros(x.node), 'Int128'),
          binary('Multiply', count, integerNode(MICROSECONDS.day, 'Int128')),
        )
  return inCalendar(sum, type, compilation)
}

export const daysBetween: CompiledFunction = ([start, end]) =>
  binary('Minus', daysOf((end as Operand).node), daysOf((start as Operand).node))

export const addMicroseconds: CompiledFunction = (operands, type, compilation) => {
  const [x, count] = operands as readonly [Operand, Operand]
  const sum = binary('Plus', cast(micros(x.node), 'Int128'), cast(count.node, 'Int128'))
  return inCalendar(sum, type, compilation)
}

export const microsecondsBetween: CompiledFunction = ([start, end]) =>
  binary('Minus', micros((end as Operand).node), micros((start as Operand).node))
