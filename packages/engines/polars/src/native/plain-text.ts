import type { DataType } from '@qarion/core'

import { dtypeOf, TIMESTAMP_DTYPE } from '../frame/dtypes.ts'
import {
  binary,
  booleanNode,
  call,
  cast,
  integerNode,
  nullNode,
  ternary,
  textNode,
  withoutNegativeZero,
  type Dtype,
  type Node,
} from '../frame/node.ts'

const DAY = '[0-9]{4}-[0-9]{2}-[0-9]{2}'
const CLOCK = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?'
const MICROSECONDS_PER_DAY = 86_400_000_000n

/**
 * The value of a text in the form that nearly all files have; NULL for any other, though the loader may take it. What is
 * not NULL is what `parseValue` of core gives: Polars' own conversions take and round more. `undefined` for types that
 * are not read here.
 */
export function plainValue(text: Node, type: DataType): Node | undefined {
  switch (type.kind) {
    case 'string':
      return text
    case 'boolean':
      return booleanOf(text)
    case 'integer':
      return where(matches(text, '[+-]?[0-9]{1,19}'), cast(text, 'Int64', 'NonStrict'), 'Int64')
    case 'decimal': {
      const { precision, scale } = type
      if (precision === scale) return undefined
      const fraction = scale === 0 ? '' : `(\\.[0-9]{1,${scale}})?`
      const decimal = cast(text, { Decimal: [precision, scale] }, 'NonStrict')
      const unscaled = cast(call('ToPhysical', decimal), dtypeOf(type), 'NonStrict')
      return where(
        matches(text, `[+-]?[0-9]{1,${precision - scale}}${fraction}`),
        unscaled,
        dtypeOf(type),
      )
    }
    case 'float':
      return floatOf(text)
    case 'date':
      return where(
        binary('And', matches(text, DAY), binary('GtEq', text, textNode('0001'))),
        dateOf(text),
        'Date',
      )
    case 'time':
      return where(matches(text, CLOCK), microsecondsAt(text, 0), 'Int64')
    case 'timestamp':
      return timestampOf(text)
    case 'json':
    case 'binary':
      return undefined
  }
}

/** Rust's `$` is the end of the text, newlines or not. */
function matches(text: Node, form: string): Node {
  const name = { StringExpr: { Contains: { literal: false, strict: true } } }
  return call(name, text, textNode(`^(?:${form})$`))
}

function where(condition: Node, value: Node, dtype: Dtype): Node {
  return ternary(condition, value, nullNode(dtype))
}

function booleanOf(text: Node): Node {
  const isFalse = matches(text, '0|[Ff][Aa][Ll][Ss][Ee]')
  return ternary(
    matches(text, '1|[Tt][Rr][Uu][Ee]'),
    booleanNode(true),
    where(isFalse, booleanNode(false), 'Boolean'),
  )
}

function floatOf(text: Node): Node {
  const value = cast(text, 'Float64', 'NonStrict')
  const isNumber = binary(
    'And',
    matches(text, '[+-]?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?'),
    call({ Boolean: 'IsFinite' }, value),
  )
  return where(isNumber, withoutNegativeZero(value), 'Float64')
}

function dateOf(text: Node): Node {
  const options = { format: '%Y-%m-%d', strict: false, exact: true, cache: true }
  const name = { StringExpr: { Strptime: [{ Literal: 'Date' }, options] } }
  return call(name, text, textNode('raise'))
}

function piece(text: Node, start: number, length: number): Node {
  return call({ StringExpr: 'Slice' }, text, integerNode(start), integerNode(length, 'UInt64'))
}

function number(digits: Node): Node {
  return cast(digits, 'Int64', 'NonStrict')
}

/** Microseconds since midnight of the clock that starts at a place and ends the text. */
function microsecondsAt(text: Node, start: number): Node {
  const units = [
    [0, 3_600_000_000n],
    [3, 60_000_000n],
    [6, 1_000_000n],
  ] as const
  const fraction = call(
    { StringExpr: { PadEnd: { fill_char: '0' } } },
    piece(text, start + 9, 6),
    integerNode(6, 'UInt64'),
  )
  return units
    .map(([offset, size]) =>
      binary('Multiply', number(piece(text, start + offset, 2)), integerNode(size)),
    )
    .reduce((sum, part) => binary('Plus', sum, part), number(fraction))
}

function timestampOf(text: Node): Node {
  const local = call({ StringExpr: 'StripCharsEnd' }, text, textNode('Z'))
  const days = cast(cast(dateOf(piece(text, 0, 10)), 'Int32'), 'Int64')
  const midnight = binary('Multiply', days, integerNode(MICROSECONDS_PER_DAY))
  const instant = binary('Plus', midnight, microsecondsAt(local, 11))
  const isPlain = binary(
    'And',
    matches(text, `${DAY}[T ]${CLOCK}Z?`),
    binary('GtEq', text, textNode('0001')),
  )
  return where(isPlain, cast(instant, TIMESTAMP_DTYPE), TIMESTAMP_DTYPE)
}
