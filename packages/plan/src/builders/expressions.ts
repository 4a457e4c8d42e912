import { DataTypes, decimalType, formatType, MAX_DECIMAL_PRECISION } from '@qarion/core'
import type {
  CallExpression,
  CaseExpression,
  CastExpression,
  ColumnExpression,
  DataType,
  Expression,
  FunctionName,
  InExpression,
  LiteralExpression,
  ParameterExpression,
} from '@qarion/core'

import { canonicalText } from '../canonical-text.ts'
import { deepFreeze } from '../freeze.ts'
import { canCast } from '../functions/casts.ts'
import { checkArguments, signatureOf } from '../functions/check-call.ts'
import { planError } from '../plan-errors.ts'
import { commonType, requireComparable } from '../types/common-type.ts'

/** A column of the rows that the expression sees. */
export function column(name: string, type: DataType): ColumnExpression {
  return deepFreeze({ kind: 'column', name, type })
}

/** A constant by its text form (stored in canonical spelling); `null` is NULL. Throws QRN-PLAN-006. */
export function literal(type: DataType, textForm: string | null): LiteralExpression {
  requireType(type)
  return deepFreeze({
    kind: 'literal',
    type,
    text: textForm === null ? null : canonicalText(type, textForm),
  })
}

export function text(value: string): LiteralExpression {
  return literal(DataTypes.string, value)
}

/** A signed 64-bit integer. Throws QRN-PLAN-006 if it is none. */
export function integer(value: bigint | number): LiteralExpression {
  return literal(DataTypes.integer, String(value))
}

export function boolean(value: boolean): LiteralExpression {
  return literal(DataTypes.boolean, String(value))
}

/** `1.50` as decimal(3,2): as many digits as the text has. */
export function decimal(textForm: string): LiteralExpression {
  const [whole = '', fraction = ''] = textForm.replace(/^[+-]/, '').split('.')
  const precision = Math.max(1, whole.replace(/^0+/, '').length + fraction.length)
  if (precision > MAX_DECIMAL_PRECISION) {
    throw planError('QRN-PLAN-006', `'${textForm}' has more than ${MAX_DECIMAL_PRECISION} digits.`)
  }
  return literal(decimalType(precision, fraction.length), textForm)
}

/** NULL of a type. */
export function nullOf(type: DataType): LiteralExpression {
  return literal(type, null)
}

/** A value bound when the step runs. */
export function parameter(name: string, type: DataType): ParameterExpression {
  requireType(type)
  return deepFreeze({ kind: 'parameter', name, type })
}

/** A function call with the type that the closed table gives it. Throws QRN-PLAN-002, -003, -004. */
export function call(name: FunctionName, ...args: readonly Expression[]): CallExpression {
  const type = checkArguments(name, signatureOf(name), args)
  return deepFreeze({ kind: 'call', function: name, arguments: [...args], type })
}

/** All conditions; none is true, one is itself. */
export function and(...conditions: readonly Expression[]): Expression {
  return joined('and', conditions, true)
}

/** Any condition; none is false, one is itself. */
export function or(...conditions: readonly Expression[]): Expression {
  return joined('or', conditions, false)
}

export function not(condition: Expression): Expression {
  return call('not', condition)
}

export function equal(left: Expression, right: Expression): Expression {
  return call('equal', left, right)
}

/** Whether the two differ, where NULL equals NULL. */
export function isDistinct(left: Expression, right: Expression): Expression {
  return call('is_distinct', left, right)
}

export function isNull(operand: Expression): Expression {
  return call('is_null', operand)
}

export function isNotNull(operand: Expression): Expression {
  return call('is_not_null', operand)
}

/** The first that is not NULL; one is itself. */
export function coalesce(first: Expression, ...others: readonly Expression[]): Expression {
  return others.length === 0 ? first : call('coalesce', first, ...others)
}

/** The first branch whose condition is true, else `otherwise`, else NULL. Throws QRN-PLAN-002, -003. */
export function caseWhen(
  branches: readonly { readonly when: Expression; readonly then: Expression }[],
  otherwise?: Expression,
): CaseExpression {
  for (const { when } of branches) requireCondition(when, 'case')
  const results = branches.map(({ then }) => then)
  const type = commonType(otherwise === undefined ? results : [...results, otherwise], 'case')
  return deepFreeze({
    kind: 'case',
    branches: branches.map(({ when, then }) => ({ when, then })),
    ...(otherwise === undefined ? {} : { otherwise }),
    type,
  })
}

/** A conversion of the cast table; of NULL it is NULL of the type. Throws QRN-PLAN-005. */
export function castTo(operand: Expression, type: DataType): CastExpression | LiteralExpression {
  requireType(type)
  if (operand.kind === 'literal' && operand.text === null) return nullOf(type)
  if (!canCast(operand.type, type)) {
    throw planError(
      'QRN-PLAN-005',
      `${formatType(operand.type)} cannot be cast to ${formatType(type)}.`,
    )
  }
  return deepFreeze({ kind: 'cast', operand, type })
}

/** Whether `operand` equals one of `items`, which are constants or parameters and not NULL. Throws QRN-PLAN-002, -003. */
export function isIn(
  operand: Expression,
  items: readonly Expression[],
  options: { readonly isNegated?: boolean } = {},
): InExpression {
  if (items.length === 0) throw planError('QRN-PLAN-003', 'in was given an empty list.')
  for (const item of items) {
    if (
      (item.kind !== 'literal' && item.kind !== 'parameter') ||
      (item.kind === 'literal' && item.text === null)
    ) {
      throw planError(
        'QRN-PLAN-003',
        'The list of in holds something else than constants and parameters.',
      )
    }
    requireComparable([operand, item], 'in')
  }
  return deepFreeze({
    kind: 'in',
    operand,
    items: [...items],
    isNegated: options.isNegated ?? false,
    type: DataTypes.boolean,
  })
}

/** Throws QRN-PLAN-002 unless the expression is a boolean. */
export function requireCondition(expression: Expression, what: string): void {
  if (expression.type.kind === 'boolean') return
  throw planError(
    'QRN-PLAN-002',
    `The condition of ${what} is ${formatType(expression.type)}, not boolean.`,
  )
}

/** Throws QRN-PLAN-002 for a decimal out of range. */
export function requireType(type: DataType): void {
  if (type.kind !== 'decimal') return
  const { precision, scale } = type
  const isWhole = Number.isInteger(precision) && Number.isInteger(scale)
  if (
    isWhole &&
    precision >= 1 &&
    precision <= MAX_DECIMAL_PRECISION &&
    scale >= 0 &&
    scale <= precision
  )
    return
  throw planError(
    'QRN-PLAN-002',
    `${formatType(type)} is not a type: a decimal has 1 to ${MAX_DECIMAL_PRECISION} digits, and no more of them after the point.`,
  )
}

function joined(name: 'and' | 'or', conditions: readonly Expression[], empty: boolean): Expression {
  const [first, ...others] = conditions
  if (first === undefined) return boolean(empty)
  if (others.length === 0) {
    requireCondition(first, name)
    return first
  }
  return call(name, ...conditions)
}
