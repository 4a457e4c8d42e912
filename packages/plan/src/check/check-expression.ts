import { formatType, isSameType, isValueProblem, parseValue } from '@qarion/core'
import type { CallExpression, CaseExpression, DataType, Expression } from '@qarion/core'

import { requireCondition, requireType } from '../builders/expressions.ts'
import { canCast } from '../functions/casts.ts'
import { checkArguments, signatureOf } from '../functions/check-call.ts'
import { planError } from '../plan-errors.ts'
import { commonType, requireComparable } from '../types/common-type.ts'
import { requireColumn, type PlanColumn } from './plan-column.ts'

/** Deeper trees would overflow the stack of whoever walks them. */
export const MAX_EXPRESSION_DEPTH = 500

/** Checks a whole tree against the columns it sees and says whether its value may be NULL. */
export function checkExpression(expression: Expression, columns: readonly PlanColumn[]): boolean {
  return check(expression, columns, 0)
}

function check(expression: Expression, columns: readonly PlanColumn[], depth: number): boolean {
  if (depth > MAX_EXPRESSION_DEPTH) {
    throw planError(
      'QRN-PLAN-015',
      `An expression is nested deeper than ${MAX_EXPRESSION_DEPTH}.`,
      'Derive a part of it as a column first.',
    )
  }
  requireType(expression.type)
  switch (expression.kind) {
    case 'literal':
      if (
        expression.text !== null &&
        isValueProblem(parseValue(expression.type, expression.text))
      ) {
        throw planError(
          'QRN-PLAN-006',
          `'${expression.text}' is not a ${formatType(expression.type)}.`,
        )
      }
      return expression.text === null
    case 'column':
      return checkColumn(expression.name, expression.type, columns)
    case 'parameter':
      return true
    case 'call':
      return checkCall(expression, columns, depth)
    case 'case':
      return checkCase(expression, columns, depth)
    case 'cast': {
      const nullable = check(expression.operand, columns, depth + 1)
      if (!canCast(expression.operand.type, expression.type)) {
        throw planError(
          'QRN-PLAN-005',
          `${formatType(expression.operand.type)} cannot be cast to ${formatType(expression.type)}.`,
        )
      }
      return nullable
    }
    case 'in': {
      const nullable = check(expression.operand, columns, depth + 1)
      for (const item of expression.items) {
        check(item, columns, depth + 1)
        requireComparable([expression.operand, item], 'in')
      }
      requireStated(expression.type, { kind: 'boolean' }, 'in')
      return nullable
    }
  }
}

function checkColumn(name: string, type: DataType, columns: readonly PlanColumn[]): boolean {
  const column = requireColumn(columns, name)
  if (!isSameType(type, column.type)) {
    throw planError(
      'QRN-PLAN-002',
      `The column ${name} is ${formatType(column.type)}, not ${formatType(type)}.`,
    )
  }
  return column.nullable
}

function checkCall(
  expression: CallExpression,
  columns: readonly PlanColumn[],
  depth: number,
): boolean {
  const nullable = expression.arguments.map((argument) => check(argument, columns, depth + 1))
  const signature = signatureOf(expression.function)
  requireStated(
    expression.type,
    checkArguments(expression.function, signature, expression.arguments),
    expression.function,
  )
  switch (signature.nulls) {
    case 'never':
      return false
    case 'if_all':
      return nullable.every(Boolean)
    case 'if_any':
      return nullable.some(Boolean)
    case 'may_be':
      return expression.function === 'and' || expression.function === 'or'
        ? nullable.some(Boolean)
        : true
  }
}

function checkCase(
  expression: CaseExpression,
  columns: readonly PlanColumn[],
  depth: number,
): boolean {
  const results = expression.branches.map(({ then }) => then)
  if (expression.otherwise !== undefined) results.push(expression.otherwise)
  for (const { when } of expression.branches) {
    check(when, columns, depth + 1)
    requireCondition(when, 'case')
  }
  const nullable = results.map((result) => check(result, columns, depth + 1))
  requireStated(expression.type, commonType(results, 'case'), 'case')
  return expression.otherwise === undefined || nullable.some(Boolean)
}

function requireStated(stated: DataType, inferred: DataType, what: string): void {
  if (isSameType(stated, inferred)) return
  throw planError(
    'QRN-PLAN-002',
    `${what} is stated as ${formatType(stated)} but gives ${formatType(inferred)}.`,
  )
}
