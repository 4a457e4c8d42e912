import { formatType } from '@qarion/core'
import type { CallExpression, CaseExpression, Expression, LiteralExpression } from '@qarion/core'

import { decimal } from '../builders/expressions.ts'
import { BARE_NAME } from './tokens.ts'
import { BINDING, CHAINED_FUNCTIONS, INFIX_SIGNS, RESERVED_WORDS } from './words.ts'

const SIGN_OF_FUNCTION: ReadonlyMap<string, { readonly sign: string; readonly binding: number }> =
  new Map(
    Object.entries(INFIX_SIGNS)
      .filter(([sign]) => sign !== '!=')
      .map(([sign, entry]) => [entry.function, { sign, binding: entry.binding }]),
  )

interface Printed {
  readonly text: string
  /** How tightly its outermost sign binds. */
  readonly binding: number
}

/** The expression as a user would write it; `parseExpression` with the same columns and parameters gives the same tree. */
export function printExpression(expression: Expression): string {
  return print(expression).text
}

function print(expression: Expression): Printed {
  switch (expression.kind) {
    case 'literal':
      return primary(printLiteral(expression))
    case 'column':
      return primary(printName(expression.name))
    case 'parameter':
      return primary(`:${isBare(expression.name) ? expression.name : quoteName(expression.name)}`)
    case 'call':
      return printCall(expression)
    case 'case':
      return primary(printCase(expression))
    case 'cast':
      return primary(
        `cast(${printExpression(expression.operand)} as ${formatType(expression.type)})`,
      )
    case 'in': {
      const items = expression.items.map(printExpression).join(', ')
      const word = expression.isNegated ? 'not in' : 'in'
      return {
        text: `${inside(expression.operand, BINDING.comparison + 1)} ${word} (${items})`,
        binding: BINDING.comparison,
      }
    }
  }
}

function printCall(expression: CallExpression): Printed {
  const [first, second] = expression.arguments
  if (first !== undefined && second === undefined) {
    const unary = printUnary(expression.function, first)
    if (unary !== undefined) return unary
  }
  if (first !== undefined && second !== undefined) {
    const infix = printInfix(expression, first, second)
    if (infix !== undefined) return infix
  }
  return primary(`${expression.function}(${expression.arguments.map(printExpression).join(', ')})`)
}

function printUnary(name: CallExpression['function'], operand: Expression): Printed | undefined {
  switch (name) {
    case 'not':
      return { text: `not ${inside(operand, BINDING.not)}`, binding: BINDING.not }
    case 'negate': {
      // A bare number after the sign would read as one constant.
      const text =
        operand.kind === 'literal' ? `(${printExpression(operand)})` : inside(operand, BINDING.sign)
      return { text: `-${text}`, binding: BINDING.sign }
    }
    case 'is_null':
      return { text: `${inside(operand, BINDING.is)} is null`, binding: BINDING.is }
    case 'is_not_null':
      return { text: `${inside(operand, BINDING.is)} is not null`, binding: BINDING.is }
    default:
      return undefined
  }
}

function printInfix(
  expression: CallExpression,
  first: Expression,
  second: Expression,
): Printed | undefined {
  const { function: name, arguments: args } = expression
  if (name === 'is_distinct' || name === 'is_not_distinct') {
    const word = name === 'is_distinct' ? 'is distinct from' : 'is not distinct from'
    return {
      text: `${inside(first, BINDING.is)} ${word} ${inside(second, BINDING.is + 1)}`,
      binding: BINDING.is,
    }
  }
  if (name === 'like') {
    const operands = [first, second].map((operand) => inside(operand, BINDING.comparison + 1))
    return { text: operands.join(' like '), binding: BINDING.comparison }
  }
  const infix = SIGN_OF_FUNCTION.get(name)
  if (infix === undefined) return undefined
  const { sign, binding } = infix
  const isLeftOpen = !CHAINED_FUNCTIONS.has(name) && binding !== BINDING.comparison
  const operands = args.map((operand, index) =>
    inside(operand, index === 0 && isLeftOpen ? binding : binding + 1),
  )
  return { text: operands.join(` ${sign} `), binding }
}

function printCase(expression: CaseExpression): string {
  const branches = expression.branches.map(
    ({ when, then }) => `when ${printExpression(when)} then ${printExpression(then)}`,
  )
  const otherwise =
    expression.otherwise === undefined ? [] : [`else ${printExpression(expression.otherwise)}`]
  return ['case', ...branches, ...otherwise, 'end'].join(' ')
}

function printLiteral({ type, text }: LiteralExpression): string {
  if (text === null) return `cast(null as ${formatType(type)})`
  switch (type.kind) {
    case 'boolean':
    case 'integer':
      return text
    case 'string':
      return quoteText(text)
    case 'decimal':
      return isPlainDecimal(text, formatType(type))
        ? text
        : `${formatType(type)} ${quoteText(text)}`
    case 'float':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'json':
    case 'binary':
      return `${type.kind} ${quoteText(text)}`
  }
}

/** Whether the bare number reads as that very type. */
function isPlainDecimal(text: string, type: string): boolean {
  return text.includes('.') && formatType(decimal(text).type) === type
}

function inside(operand: Expression, binding: number): string {
  const printed = print(operand)
  return printed.binding < binding ? `(${printed.text})` : printed.text
}

function printName(name: string): string {
  return isBare(name) && !RESERVED_WORDS.has(name.toLowerCase()) ? name : quoteName(name)
}

function isBare(name: string): boolean {
  BARE_NAME.lastIndex = 0
  return BARE_NAME.exec(name)?.[0] === name
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

function primary(text: string): Printed {
  return { text, binding: BINDING.primary }
}
