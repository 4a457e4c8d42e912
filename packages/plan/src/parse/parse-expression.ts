import { formatType, isSameType, isValueProblem, parseValue } from '@qarion/core'
import type { DataType, Expression, Place } from '@qarion/core'

import { castTo, literal } from '../builders/expressions.ts'
import { deepFreeze } from '../freeze.ts'
import { expressionError, type TextSource } from './expression-errors.ts'
import { parseSyntax } from './parse-syntax.ts'
import { typeSyntax } from './type-syntax.ts'

export interface ParseExpressionOptions {
  /** Columns that the text may name. */
  readonly columns: readonly { readonly name: string; readonly type: DataType }[]
  /** Parameters that it may name as `:name`, with their types. Default none. */
  readonly parameters?: ReadonlyMap<string, DataType>
  /** Where the text's first character stands; errors then carry a place. */
  readonly at?: Place
  /** Type that the whole must have; a number written as a constant is taken as one of that type. */
  readonly expected?: DataType
}

/**
 * The typed tree of an expression in the user's language. Every node carries its range in the text. Throws QarionError
 * QRN-EXPR-… with the place, and the nearest name where one is unknown.
 */
export function parseExpression(text: string, options: ParseExpressionOptions): Expression {
  const source: TextSource = { text, ...(options.at === undefined ? {} : { at: options.at }) }
  const context = {
    source,
    columns: new Map(options.columns.map(({ name, type }) => [name, type])),
    parameters: options.parameters ?? new Map<string, DataType>(),
  }
  const result = typeSyntax(parseSyntax(source), context, options.expected)
  return options.expected === undefined ? result : fit(result, options.expected, source)
}

function fit(expression: Expression, expected: DataType, source: TextSource): Expression {
  if (isSameType(expression.type, expected)) return expression
  if (isNumberFor(expression, expected)) {
    const fitted = literal(expected, expression.text)
    return deepFreeze({
      ...fitted,
      ...(expression.place === undefined ? {} : { place: expression.place }),
    })
  }
  throw expressionError(
    'QRN-EXPR-009',
    `The expression is ${formatType(expression.type)}; expected ${formatType(expected)}`,
    source,
    { start: 0, end: source.text.length },
    { hint: castHint(expression, expected) },
  )
}

function isNumberFor(
  expression: Expression,
  expected: DataType,
): expression is Expression & { readonly kind: 'literal'; readonly text: string } {
  return (
    expression.kind === 'literal' &&
    expression.text !== null &&
    (expression.type.kind === 'integer' || expression.type.kind === 'decimal') &&
    (expected.kind === 'decimal' || expected.kind === 'float') &&
    !isValueProblem(parseValue(expected, expression.text))
  )
}

function castHint(expression: Expression, expected: DataType): string {
  try {
    castTo(expression, expected)
    return `Write cast(… as ${formatType(expected)}).`
  } catch {
    return expected.kind === 'boolean'
      ? 'Write a condition, for instance a comparison.'
      : `Write a value of type ${formatType(expected)}.`
  }
}
