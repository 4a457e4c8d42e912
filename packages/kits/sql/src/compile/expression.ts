import {
  comparisonType,
  formatType,
  isSameType,
  isValueProblem,
  parseValue,
  type DataType,
  type Expression,
  type FunctionName,
  type LiteralExpression,
  type Value,
} from '@qarion/core'

import type { Dialect } from '../dialect/dialect.ts'
import type { SqlOperand } from '../dialect/operand.ts'
import { sqlError } from '../sql-errors.ts'
import type { BoundValues } from './bound-values.ts'

/** What the names in an expression mean at one point of a query. */
export interface Scope {
  readonly dialect: Dialect
  readonly values: BoundValues
  column(name: string): SqlOperand
}

const COMPARED: ReadonlySet<FunctionName> = new Set<FunctionName>([
  'equal',
  'not_equal',
  'less',
  'less_or_equal',
  'greater',
  'greater_or_equal',
  'is_distinct',
  'is_not_distinct',
])
const IN_RESULT_TYPE: ReadonlySet<FunctionName> = new Set<FunctionName>([
  'add',
  'subtract',
  'coalesce',
  'least',
  'greatest',
])

/** SQL of an expression. */
export function compileExpression(expression: Expression, scope: Scope): SqlOperand {
  const { dialect } = scope
  const { type } = expression
  switch (expression.kind) {
    case 'literal':
      dialect.requireType(type)
      return {
        sql: dialect.literal(literalValue(expression), type),
        type,
        ...(expression.text === null ? {} : { constant: expression.text }),
      }
    case 'parameter':
      dialect.requireType(type)
      return { sql: scope.values.parameter(expression.name, type), type }
    case 'column':
      return scope.column(expression.name)
    case 'call':
      return { sql: compileCall(expression.function, expression.arguments, type, scope), type }
    case 'cast': {
      dialect.requireType(type)
      const operand = compileExpression(expression.operand, scope)
      return { sql: convert(operand, type, dialect), type }
    }
    case 'case': {
      const give = (inner: Expression): string =>
        convert(compileExpression(inner, scope), type, dialect)
      const branches = expression.branches.map(
        ({ when, then }) => ` WHEN ${compileExpression(when, scope).sql} THEN ${give(then)}`,
      )
      const otherwise =
        expression.otherwise === undefined ? '' : ` ELSE ${give(expression.otherwise)}`
      return { sql: `CASE${branches.join('')}${otherwise} END`, type }
    }
    case 'in': {
      const [operand, ...items] = widenAll(
        [expression.operand, ...expression.items].map((inner) => compileExpression(inner, scope)),
        dialect,
      )
      const list = items.map(({ sql }) => sql).join(', ')
      return { sql: `(${operand?.sql} ${expression.isNegated ? 'NOT IN' : 'IN'} (${list}))`, type }
    }
  }
}

/** The value of a literal; NULL is `null`. */
export function literalValue({ text, type }: LiteralExpression): Value | null {
  if (text === null) return null
  const value = parseValue(type, text)
  if (isValueProblem(value)) {
    throw sqlError(
      'QRN-SQL-001',
      `The plan holds '${text}' as ${formatType(type)}: ${value.reason}.`,
    )
  }
  return value
}

/** The operand in the type `to`: as it is where it has it, else cast. */
export function convert(operand: SqlOperand, to: DataType, dialect: Dialect): string {
  return isSameType(operand.type, to) ? operand.sql : dialect.cast(operand, to)
}

/** Operands of a comparison in one type. */
export function widenAll(operands: readonly SqlOperand[], dialect: Dialect): readonly SqlOperand[] {
  const type = comparisonType(operands.map((operand) => operand.type))
  return operands.map((operand) =>
    isSameType(operand.type, type) ? operand : { sql: dialect.widen(operand, type), type },
  )
}

function compileCall(
  name: FunctionName,
  args: readonly Expression[],
  type: DataType,
  scope: Scope,
): string {
  const { dialect } = scope
  const { functions } = dialect
  dialect.requireType(type)
  const operands = args.map((argument) => compileExpression(argument, scope))
  if (COMPARED.has(name)) return functions[name](widenAll(operands, dialect), type)
  if (IN_RESULT_TYPE.has(name)) {
    return functions[name](
      operands.map((operand) => ({ sql: convert(operand, type, dialect), type })),
      type,
    )
  }
  if (
    name === 'null_if' &&
    !isSameType((args[0] as Expression).type, (args[1] as Expression).type)
  ) {
    const isEqual = functions.equal(widenAll(operands, dialect), { kind: 'boolean' })
    return `CASE WHEN ${isEqual} THEN ${dialect.literal(null, type)} ELSE ${(operands[0] as SqlOperand).sql} END`
  }
  return functions[name](operands, type)
}
