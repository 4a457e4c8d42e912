import { DataTypes, decimalType, MAX_DECIMAL_PRECISION } from '@qarion/core'
import type { DataType, Expression } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { productType, quotientType, sumType } from '../types/numeric-types.ts'
import {
  always,
  argumentAt,
  EXACT_NUMBERS,
  INTEGER,
  NUMBERS,
  parameterOf,
  sameAs,
  type FunctionSignature,
  type SignatureTable,
} from './signature.ts'

const PAIR = [parameterOf('a', NUMBERS), parameterOf('b', NUMBERS)]
const INTEGER_PAIR = [parameterOf('a', INTEGER), parameterOf('b', INTEGER)]
const ONE = [parameterOf('x', NUMBERS)]
const OVERFLOW = 'on overflow'

function ofPair(
  rule: (left: Expression, right: Expression) => DataType,
): FunctionSignature['resultType'] {
  return (args) => rule(argumentAt(args, 0), argumentAt(args, 1))
}

/** decimal(p,s) rounded to `digits` places; one digit more before the point, since 9.9 rounds to 10. */
function roundedType(type: DataType, digits: number): DataType {
  if (type.kind !== 'decimal' || digits >= type.scale) return type
  return decimalType(
    Math.min(MAX_DECIMAL_PRECISION, type.precision - type.scale + 1 + digits),
    digits,
  )
}

function roundType(args: readonly Expression[]): DataType {
  const digits = args[1]
  const count = digits?.kind === 'literal' && digits.text !== null ? Number(digits.text) : 0
  if (count < 0 || count > MAX_DECIMAL_PRECISION) {
    throw planError('QRN-PLAN-003', `round was given ${count} digits; 0 to 38 are possible.`)
  }
  return roundedType(argumentAt(args, 0).type, count)
}

export const ARITHMETIC_FUNCTIONS: SignatureTable<
  | 'add'
  | 'subtract'
  | 'multiply'
  | 'divide'
  | 'div'
  | 'mod'
  | 'negate'
  | 'abs'
  | 'sign'
  | 'round'
  | 'floor'
  | 'ceil'
  | 'ratio'
> = {
  add: {
    parameters: PAIR,
    resultType: ofPair(sumType),
    resultText:
      'integer of integers; float of floats; else decimal(max(p1−s1, p2−s2) + max(s1, s2) + 1, max(s1, s2)), at most 38 digits',
    nulls: 'if_any',
    doc: 'The exact sum (`a + b`); of floats the nearest one.',
    fails: OVERFLOW,
    example: { text: '1.50 + 2', result: '3.50' },
  },
  subtract: {
    parameters: PAIR,
    resultType: ofPair(sumType),
    resultText: 'as `add`',
    nulls: 'if_any',
    doc: 'The exact difference (`a - b`); of floats the nearest one.',
    fails: OVERFLOW,
    example: { text: '1.5 - 2.25', result: '-0.75' },
  },
  multiply: {
    parameters: PAIR,
    resultType: ofPair(productType),
    resultText:
      'integer of integers; float of floats; else decimal(p1 + p2, s1 + s2), at most 38 digits; s1 + s2 over 38 is refused',
    nulls: 'if_any',
    doc: 'The exact product (`a * b`); of floats the nearest one.',
    fails: OVERFLOW,
    example: { text: '1.5 * 0.25', result: '0.375' },
  },
  divide: {
    parameters: PAIR,
    resultType: ofPair(quotientType),
    resultText:
      'float of floats; else decimal(d, max(6, s1)), where d is 38 if an operand has more than 18 digits as a decimal, else 18',
    nulls: 'if_any',
    doc: 'The quotient (`a / b`), rounded half away from zero.',
    fails: 'on overflow and division by zero',
    example: { text: '2 / 3', result: '0.666667' },
  },
  div: {
    parameters: INTEGER_PAIR,
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'if_any',
    doc: 'The quotient cut off towards zero.',
    fails: 'on division by zero, and for −2^63 by −1',
    example: { text: 'div(-7, 2)', result: '-3' },
  },
  mod: {
    parameters: INTEGER_PAIR,
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'if_any',
    doc: 'The remainder of `div`; it has the sign of `a`.',
    fails: 'on division by zero',
    example: { text: 'mod(-7, 2)', result: '-1' },
  },
  negate: {
    parameters: ONE,
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'if_any',
    doc: '`x` with the other sign (`-x`); of the float 0 it is 0.',
    fails: 'for the integer −2^63',
    example: { text: 'negate(1.50)', result: '-1.50' },
  },
  abs: {
    parameters: ONE,
    resultType: sameAs(0),
    resultText: 'type of `x`',
    nulls: 'if_any',
    doc: '`x` without its sign.',
    fails: 'for the integer −2^63',
    example: { text: 'abs(-3)', result: '3' },
  },
  sign: {
    parameters: ONE,
    resultType: always(DataTypes.integer),
    resultText: 'integer',
    nulls: 'if_any',
    doc: '−1, 0 or 1.',
    example: { text: 'sign(-0.01)', result: '-1' },
  },
  round: {
    parameters: [
      parameterOf('x', EXACT_NUMBERS),
      parameterOf('digits', INTEGER, { isLiteral: true, isOptional: true }),
    ],
    resultType: roundType,
    resultText: 'decimal(p − s + 1 + digits, digits) if digits < s; else type of `x`',
    nulls: 'if_any',
    doc: '`x` rounded half away from zero to so many places (default 0).',
    fails: OVERFLOW,
    example: { text: 'round(-2.345, 2)', result: '-2.35' },
  },
  floor: {
    parameters: ONE,
    resultType: (args) => roundedType(argumentAt(args, 0).type, 0),
    resultText: 'decimal(p − s + 1, 0) of a decimal with places; else type of `x`',
    nulls: 'if_any',
    doc: 'The greatest whole number that is not above `x`.',
    fails: OVERFLOW,
    example: { text: 'floor(-1.5)', result: '-2' },
  },
  ceil: {
    parameters: ONE,
    resultType: (args) => roundedType(argumentAt(args, 0).type, 0),
    resultText: 'as `floor`',
    nulls: 'if_any',
    doc: 'The least whole number that is not below `x`.',
    fails: OVERFLOW,
    example: { text: 'ceil(-1.5)', result: '-1' },
  },
  ratio: {
    parameters: [parameterOf('a', EXACT_NUMBERS), parameterOf('b', EXACT_NUMBERS)],
    resultType: always(decimalType(18, 6)),
    resultText: 'decimal(18,6)',
    nulls: 'may_be',
    doc: '`a / b` rounded half away from zero; NULL if `b` is 0 or an argument is NULL.',
    fails: OVERFLOW,
    example: { text: 'ratio(1, 0)', result: null },
  },
}
