import { formatType, isSameType, isValueProblem, parseValue } from '@qarion/core'
import type { DataType, Expression } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { asDecimal, isExactNumber, unionOfDecimals } from './numeric-types.ts'

/** Whether two values may be compared: types of one kind, or an integer with a decimal. Nothing else is implicit. */
export function isComparable(left: DataType, right: DataType): boolean {
  return left.kind === right.kind || (isExactNumber(left) && isExactNumber(right))
}

/** The one type that all expressions fit without loss. Throws QRN-PLAN-002 where there is none. */
export function commonType(expressions: readonly Expression[], what: string): DataType {
  const [first, ...others] = expressions
  if (first === undefined) throw planError('QRN-PLAN-003', `${what} needs at least one value.`)
  if (others.every((other) => isSameType(other.type, first.type))) return first.type
  const stranger = others.find((other) => !isComparable(first.type, other.type))
  if (stranger !== undefined) {
    throw planError(
      'QRN-PLAN-002',
      `${what} has values of type ${formatType(first.type)} and ${formatType(stranger.type)}.`,
      'Cast one of them: types are not converted by themselves.',
    )
  }
  const union = unionOfDecimals(expressions.map(asDecimal))
  if (union === undefined) {
    throw planError('QRN-PLAN-002', `${what} has values that need more than 38 digits together.`)
  }
  return union
}

/** Throws QRN-PLAN-002 unless every pair of neighbours may be compared. */
export function requireComparable(expressions: readonly Expression[], what: string): void {
  const [first, ...others] = expressions
  for (const other of others) {
    if (first !== undefined && !isComparable(first.type, other.type)) {
      throw planError(
        'QRN-PLAN-002',
        `${what} compares ${formatType(first.type)} with ${formatType(other.type)}.`,
        mismatchHint(first, other),
      )
    }
  }
}

/** A text constant beside a date is most often a date without its word. */
function mismatchHint(left: Expression, right: Expression): string {
  const constant = [left, right].find((one) => one.kind === 'literal' && one.type.kind === 'string')
  const other = constant === left ? right : left
  if (constant?.kind === 'literal' && constant.text !== null && other.type.kind !== 'decimal') {
    if (!isValueProblem(parseValue(other.type, constant.text))) {
      return `Write ${other.type.kind} '${constant.text}'.`
    }
  }
  return 'Cast one of the two: types are not converted by themselves.'
}
