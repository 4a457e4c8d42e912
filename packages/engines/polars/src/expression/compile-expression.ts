import type {
  CallExpression,
  CaseExpression,
  DataType,
  Expression,
  InExpression,
} from '@qarion/core'

import { dtypeOf, literalValue, valueNode } from '../frame/dtypes.ts'
import {
  binary,
  booleanNode,
  coalesce,
  isNull,
  isTrue,
  not,
  nullNode,
  ternary,
  type Node,
} from '../frame/node.ts'
import { castOperand } from './cast.ts'
import { withinDepth, type Compilation, type Operand } from './compilation.ts'
import { FUNCTIONS, type LazyFunctionName } from './functions.ts'
import { widenAll } from './number.ts'
import { jsonArrayOf, jsonText } from './text.ts'

/** The expression as a node over the columns of the frame and of the layers that the compilation gathers. */
export function compileExpression(expression: Expression, compilation: Compilation): Operand {
  const { type } = expression
  switch (expression.kind) {
    case 'literal':
      return { node: valueNode(type, literalValue(expression)), type }
    case 'parameter':
      return { node: valueNode(type, compilation.parameter(expression.name)), type }
    case 'column':
      return compilation.column(expression.name)
    case 'call':
      return withinDepth({ node: compileCall(expression, compilation), type }, compilation)
    case 'cast': {
      const operand = compileExpression(expression.operand, compilation)
      return withinDepth({ node: castOperand(operand, type, compilation), type }, compilation)
    }
    case 'case':
      return withinDepth({ node: compileCase(expression, compilation), type }, compilation)
    case 'in':
      return withinDepth({ node: compileIn(expression, compilation), type }, compilation)
  }
}

/** The expression in a type: cast where its own is another. */
export function compileAs(expression: Expression, type: DataType, compilation: Compilation): Node {
  return castOperand(compileExpression(expression, compilation), type, compilation)
}

function compileCall(expression: CallExpression, compilation: Compilation): Node {
  const { function: name, arguments: args, type } = expression
  if (isLazy(name)) return LAZY[name](args, type, compilation)
  const operands = args.map((argument) => compileExpression(argument, compilation))
  return FUNCTIONS[name](operands, type, compilation)
}

type LazyFunction = (args: readonly Expression[], type: DataType, compilation: Compilation) => Node

/** A later argument of the first three counts, and may fail, only where the earlier ones leave the result open. */
const LAZY: Readonly<Record<LazyFunctionName, LazyFunction>> = {
  and: (args, type, compilation) =>
    inTurn(args, type, compilation, (left) => coalesce(left, booleanNode(true)), 'And'),
  or: (args, type, compilation) =>
    inTurn(args, type, compilation, (left) => not(isTrue(left)), 'Or'),
  coalesce: (args, type, compilation) => {
    const nodes: Node[] = []
    for (const argument of args) {
      const before = nodes.length === 0 ? undefined : isNull(coalesce(...nodes))
      const compile = (): Node => compileAs(argument, type, compilation)
      nodes.push(before === undefined ? compile() : compilation.within(before, compile))
    }
    return coalesce(...nodes)
  },
  json_array: (args, _type, compilation) =>
    jsonArrayOf(
      args.map((argument) => {
        const quoted = quotedConstants(argument)
        return quoted === undefined
          ? jsonText(compileExpression(argument, compilation), compilation)
          : compileExpression(quoted, compilation).node
      }),
    ),
}

/**
 * The expression with its constant texts as JSON, where it does nothing but choose among them: names of columns, as a
 * rule, which then need not be quoted row by row.
 */
function quotedConstants(expression: Expression): Expression | undefined {
  if (expression.kind === 'literal') {
    const { text } = expression
    return text === null ? expression : { ...expression, text: JSON.stringify(text) }
  }
  if (expression.kind !== 'case') return undefined
  const otherwise =
    expression.otherwise === undefined ? undefined : quotedConstants(expression.otherwise)
  if (expression.otherwise !== undefined && otherwise === undefined) return undefined
  const branches = expression.branches.map(({ when, then }) => ({
    when,
    then: quotedConstants(then),
  }))
  if (!branches.every(isQuoted)) return undefined
  return { ...expression, branches, ...(otherwise === undefined ? {} : { otherwise }) }
}

function isQuoted(branch: {
  readonly when: Expression
  readonly then: Expression | undefined
}): branch is CaseExpression['branches'][number] {
  return branch.then !== undefined
}

function isLazy(name: string): name is LazyFunctionName {
  return Object.hasOwn(LAZY, name)
}

function inTurn(
  args: readonly Expression[],
  type: DataType,
  compilation: Compilation,
  isOpen: (left: Node) => Node,
  operator: 'And' | 'Or',
): Node {
  const [first, ...rest] = args as readonly [Expression, ...Expression[]]
  return rest.reduce<Node>(
    (left, argument) => {
      const { node } = withinDepth({ node: left, type }, compilation)
      const right = compilation.within(isOpen(node), () => compileAs(argument, type, compilation))
      return binary(operator, node, right)
    },
    compileAs(first, type, compilation),
  )
}

function compileCase(
  { branches, otherwise, type }: CaseExpression,
  compilation: Compilation,
): Node {
  const compileFrom = (index: number): Node => {
    const branch = branches[index]
    if (branch === undefined) {
      return otherwise === undefined
        ? nullNode(dtypeOf(type))
        : compileAs(otherwise, type, compilation)
    }
    const condition = withinDepth(compileExpression(branch.when, compilation), compilation)
    const when = isTrue(condition.node)
    const then = compilation.within(when, () => compileAs(branch.then, type, compilation))
    const rest = compilation.within(not(when), () => compileFrom(index + 1))
    return withinDepth({ node: ternary(when, then, rest), type }, compilation).node
  }
  return compileFrom(0)
}

function compileIn({ operand, items, isNegated }: InExpression, compilation: Compilation): Node {
  const [value, ...others] = widenAll(
    [operand, ...items].map((inner) => compileExpression(inner, compilation)),
    compilation,
  ) as readonly [Operand, ...Operand[]]
  const found = anyOf(others.map(({ node }) => binary('Eq', value.node, node)))
  return isNegated ? not(found) : found
}

/** Whether one of the conditions is true, in a tree that does not grow deep. */
function anyOf(conditions: readonly Node[]): Node {
  if (conditions.length < 2) return conditions[0] ?? booleanNode(false)
  const middle = conditions.length >> 1
  return binary('Or', anyOf(conditions.slice(0, middle)), anyOf(conditions.slice(middle)))
}
