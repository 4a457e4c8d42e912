import type { Expression } from '@qarion/core'

import { deepFreeze } from '../freeze.ts'

/** The direct parts of an expression, in order. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'column':
    case 'parameter':
      return []
    case 'call':
      return expression.arguments
    case 'case': {
      const branches = expression.branches.flatMap(({ when, then }) => [when, then])
      return expression.otherwise === undefined ? branches : [...branches, expression.otherwise]
    }
    case 'cast':
      return [expression.operand]
    case 'in':
      return [expression.operand, ...expression.items]
  }
}

/** The expression with its direct parts replaced; the same object where nothing changed. */
export function mapChildren(
  expression: Expression,
  map: (child: Expression) => Expression,
): Expression {
  const children = childrenOf(expression)
  const mapped = children.map(map)
  if (mapped.every((child, index) => child === children[index])) return expression
  return deepFreeze(withChildren(expression, mapped))
}

/** The expression rebuilt from its leaves up: `map` sees each node after its parts were mapped. Types are not checked anew. */
export function transformExpression(
  expression: Expression,
  map: (node: Expression) => Expression,
): Expression {
  return map(mapChildren(expression, (child) => transformExpression(child, map)))
}

/** Calls `visit` for the expression and everything in it, from the outside in. */
export function visitExpression(expression: Expression, visit: (node: Expression) => void): void {
  visit(expression)
  for (const child of childrenOf(expression)) visitExpression(child, visit)
}

/** The same expression without places: what it means, for comparison. */
export function withoutPlaces(expression: Expression): Expression {
  return transformExpression(expression, (node) => {
    if (node.place === undefined) return node
    const { place: _, ...rest } = node
    return deepFreeze(rest)
  })
}

function withChildren(expression: Expression, children: readonly Expression[]): Expression {
  switch (expression.kind) {
    case 'literal':
    case 'column':
    case 'parameter':
      return expression
    case 'call':
      return { ...expression, arguments: children }
    case 'case': {
      const branches = expression.branches.map((_, index) => ({
        when: children[2 * index] as Expression,
        then: children[2 * index + 1] as Expression,
      }))
      const otherwise = children[2 * branches.length]
      return { ...expression, branches, ...(otherwise === undefined ? {} : { otherwise }) }
    }
    case 'cast':
      return { ...expression, operand: children[0] as Expression }
    case 'in':
      return { ...expression, operand: children[0] as Expression, items: children.slice(1) }
  }
}
