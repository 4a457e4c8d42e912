import {
  DataTypes,
  decimalType,
  formatType,
  MAX_DECIMAL_PRECISION,
  MAX_INT64_DECIMAL_PRECISION,
} from '@qarion/core'
import type { DataType, DecimalType, Expression } from '@qarion/core'

import { planError } from '../plan-errors.ts'

/** Digits of the widest integer, -2^63. */
const INTEGER_DIGITS = 19

/** Fractional digits that a quotient or an average has at least. */
export const MIN_QUOTIENT_SCALE = 6

export function isExactNumber(type: DataType): boolean {
  return type.kind === 'integer' || type.kind === 'decimal'
}

/** An integer among decimals counts as decimal(19,0); an integer constant as decimal of its own digits. */
export function asDecimal(expression: Expression): DecimalType {
  const { type } = expression
  if (type.kind === 'decimal') return type
  if (expression.kind === 'literal' && expression.text !== null) {
    return decimalType(expression.text.replace('-', '').length, 0)
  }
  return decimalType(INTEGER_DIGITS, 0)
}

/** The narrowest decimal that holds all values of the given ones; `undefined` beyond 38 digits. */
export function unionOfDecimals(types: readonly DecimalType[]): DecimalType | undefined {
  const scale = Math.max(...types.map((type) => type.scale))
  const precision = Math.max(...types.map((type) => type.precision - type.scale)) + scale
  return precision > MAX_DECIMAL_PRECISION ? undefined : decimalType(precision, scale)
}

export function sumType(left: Expression, right: Expression): DataType {
  return exactOr(left, right, (a, b) => {
    const scale = Math.max(a.scale, b.scale)
    const whole = Math.max(a.precision - a.scale, b.precision - b.scale)
    return decimalType(Math.min(MAX_DECIMAL_PRECISION, whole + scale + 1), scale)
  })
}

export function productType(left: Expression, right: Expression): DataType {
  return exactOr(left, right, (a, b) => {
    const scale = a.scale + b.scale
    if (scale > MAX_DECIMAL_PRECISION) {
      throw planError(
        'QRN-PLAN-002',
        `The product of ${formatType(a)} and ${formatType(b)} would have ${scale} fractional digits; 38 is the most.`,
        'Cast one of the two to a decimal with fewer fractional digits.',
      )
    }
    return decimalType(Math.min(MAX_DECIMAL_PRECISION, a.precision + b.precision), scale)
  })
}

/** 18 digits where every operand has at most 18 (integers among them), else 38: so narrow data stays on narrow engines. */
export function quotientType(left: Expression, right: Expression): DataType {
  if (left.type.kind === 'float' && right.type.kind === 'float') return DataTypes.float
  requireExactPair(left, right)
  const scale = Math.max(MIN_QUOTIENT_SCALE, left.type.kind === 'decimal' ? left.type.scale : 0)
  return decimalType(Math.max(widthOf(left.type), widthOf(right.type)), scale)
}

/** Sums and averages of decimals: 18 digits as long as the input has no more, else 38. */
export function widthOf(type: DataType): number {
  return type.kind === 'decimal' && type.precision > MAX_INT64_DECIMAL_PRECISION
    ? MAX_DECIMAL_PRECISION
    : MAX_INT64_DECIMAL_PRECISION
}

function exactOr(
  left: Expression,
  right: Expression,
  decimals: (left: DecimalType, right: DecimalType) => DecimalType,
): DataType {
  if (left.type.kind === 'float' && right.type.kind === 'float') return DataTypes.float
  requireExactPair(left, right)
  if (left.type.kind === 'integer' && right.type.kind === 'integer') return DataTypes.integer
  return decimals(asDecimal(left), asDecimal(right))
}

function requireExactPair(left: Expression, right: Expression): void {
  if (isExactNumber(left.type) && isExactNumber(right.type)) return
  throw planError(
    'QRN-PLAN-002',
    `${formatType(left.type)} and ${formatType(right.type)} cannot be combined.`,
    'A float meets only floats: cast one of the two.',
  )
}
