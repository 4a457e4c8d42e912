import { DataTypes, isQarionError } from '@qarion/core'
import type { DataType, Expression } from '@qarion/core'

import {
  call,
  caseWhen,
  castTo,
  column,
  isIn,
  literal,
  nullOf,
  parameter,
} from '../builders/expressions.ts'
import { deepFreeze } from '../freeze.ts'
import { parameterAt } from '../functions/check-call.ts'
import { FUNCTION_SIGNATURES } from '../functions/signatures.ts'
import { suggestName } from '../suggest.ts'
import { commonType } from '../types/common-type.ts'
import { expressionError, type TextSource } from './expression-errors.ts'
import type { CallSyntax, CaseSyntax, Syntax } from './syntax.ts'

/** What names in a text may stand for. */
export interface TypeContext {
  readonly source: TextSource
  readonly columns: ReadonlyMap<string, DataType>
  readonly parameters: ReadonlyMap<string, DataType>
}

/** Finds columns and types. A bare NULL takes the type that its place asks for, else `expected`, else string. */
export function typeSyntax(node: Syntax, context: TypeContext, expected?: DataType): Expression {
  const built = place(node, context, () => build(node, context, expected))
  return deepFreeze({ ...built, place: { start: node.start, end: node.end } })
}

function build(node: Syntax, context: TypeContext, expected: DataType | undefined): Expression {
  switch (node.kind) {
    case 'constant':
      return literal(node.type, node.text)
    case 'null':
      return nullOf(expected ?? DataTypes.string)
    case 'name':
      return column(node.name, columnType(node.name, node.isQuoted, node, context))
    case 'parameter':
      return parameter(node.name, parameterType(node.name, node, context))
    case 'call':
      return buildCall(node, context, expected)
    case 'case':
      return buildCase(node, context, expected)
    case 'cast':
      return castTo(typeSyntax(node.operand, context, node.type), node.type)
    case 'in': {
      const items = node.items.map((item) => typeSyntax(item, context))
      return isIn(typeSyntax(node.operand, context, items[0]?.type), items, {
        isNegated: node.isNegated,
      })
    }
  }
}

function columnType(name: string, isQuoted: boolean, node: Syntax, context: TypeContext): DataType {
  const type = context.columns.get(name)
  if (type !== undefined) return type
  const names = [...context.columns.keys()]
  throw expressionError('QRN-EXPR-005', `There is no column ${name}`, context.source, node, {
    hint:
      suggestName(name, names, 'columns') +
      (isQuoted ? ` A text is written in single quotes: '${name}'.` : ''),
  })
}

function parameterType(name: string, node: Syntax, context: TypeContext): DataType {
  const type = context.parameters.get(name)
  if (type !== undefined) return type
  throw expressionError('QRN-EXPR-008', `There is no parameter ${name}`, context.source, node, {
    hint: suggestName(name, [...context.parameters.keys()], 'parameters'),
  })
}

function buildCall(
  node: CallSyntax,
  context: TypeContext,
  expected: DataType | undefined,
): Expression {
  const signature = FUNCTION_SIGNATURES[node.function]
  const typed = node.arguments.map((argument) =>
    argument.kind === 'null' ? undefined : typeSyntax(argument, context),
  )
  const sibling = typed.find((argument) => argument !== undefined)?.type ?? expected
  const args = typed.map((argument, index) => {
    if (argument !== undefined) return argument
    const accepts = parameterAt(signature, index)?.accepts ?? 'any'
    const fits = sibling !== undefined && (accepts === 'any' || accepts.includes(sibling.kind))
    return typeSyntax(node.arguments[index] as Syntax, context, fits ? sibling : firstType(accepts))
  })
  return call(node.function, ...args)
}

function buildCase(
  node: CaseSyntax,
  context: TypeContext,
  expected: DataType | undefined,
): Expression {
  const results = [
    ...node.branches.map(({ then }) => then),
    ...(node.otherwise === undefined ? [] : [node.otherwise]),
  ]
  const typed = results.map((result) =>
    result.kind === 'null' ? undefined : typeSyntax(result, context, expected),
  )
  const known = typed.filter((result) => result !== undefined)
  const type = known.length === 0 ? expected : commonType(known, 'case')
  const filled = typed.map(
    (result, index) => result ?? typeSyntax(results[index] as Syntax, context, type),
  )
  const branches = node.branches.map(({ when }, index) => ({
    when: typeSyntax(when, context, DataTypes.boolean),
    then: filled[index] as Expression,
  }))
  return caseWhen(branches, node.otherwise === undefined ? undefined : filled.at(-1))
}

/** Type of a bare NULL where the function takes only some kinds. */
function firstType(accepts: readonly DataType['kind'][] | 'any'): DataType {
  const kind =
    accepts === 'any' ? 'string' : (accepts.find((one) => one !== 'decimal') ?? 'integer')
  return DataTypes[kind]
}

/** Errors of the builders know no text; here they get the range of the node. */
function place<Result>(node: Syntax, context: TypeContext, make: () => Result): Result {
  try {
    return make()
  } catch (thrown) {
    if (!isQarionError(thrown) || thrown.code.startsWith('QRN-EXPR')) throw thrown
    throw expressionError('QRN-EXPR-007', thrown.message.replace(/\.$/, ''), context.source, node, {
      ...(thrown.hint === undefined ? {} : { hint: thrown.hint }),
      cause: thrown,
    })
  }
}
