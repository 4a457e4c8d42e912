import type { DataType, Expression, Value } from '@qarion/core'

import { createCompilation, type Compilation, type Operand } from '../expression/compilation.ts'
import { compileExpression } from '../expression/compile-expression.ts'
import { runCompilation } from '../expression/run-compilation.ts'
import { selectColumns, columnNodes } from '../frame/frames.ts'
import { columnNode, type NamedNode } from '../frame/node.ts'
import { polarsError } from '../polars-errors.ts'
import type { LazyFrame, Polars } from '../polars.ts'
import type { TypedColumn } from '../values/encode.ts'

/** Rows in the making: a plan of Polars, and the columns that it has, in order. */
export interface Relation {
  readonly frame: LazyFrame
  readonly columns: readonly TypedColumn[]
  /** True where it is known to have no rows, so that others need not be compared with them. */
  readonly isEmpty?: boolean
}

/** What expressions mean besides columns. */
export interface ExpressionContext {
  readonly polars: Polars
  readonly parameters: Readonly<Record<string, Value | null>>
}

/** A column of the relation. Throws where there is none. */
export function columnOf({ columns }: Relation, name: string): TypedColumn {
  const found = columns.find((column) => column.name === name)
  if (found !== undefined) return found
  throw polarsError(
    'QRN-POLARS-001',
    `The plan names the column ${name}; there are ${columns.map((column) => column.name).join(', ')}.`,
  )
}

/** The column as an operand of expressions. */
export function operandOf(relation: Relation, name: string): Operand {
  return { node: columnNode(name), type: columnOf(relation, name).type }
}

/** A column of the result: an operand under a name. */
export interface NamedOperand {
  readonly name: string
  readonly operand: Operand
}

/**
 * Compiles over the relation and calculates what the result stands on: the frame has the columns of the relation and
 * others besides.
 */
export async function evaluate<Result>(
  relation: Relation,
  context: ExpressionContext,
  compile: (compilation: Compilation) => Result,
): Promise<{ readonly frame: LazyFrame; readonly result: Result }> {
  const compilation = createCompilation(
    (name) => operandOf(relation, name),
    (name) => {
      if (Object.hasOwn(context.parameters, name)) return context.parameters[name] ?? null
      throw polarsError(
        'QRN-POLARS-001',
        `The plan uses the parameter ${name}, which the run does not give.`,
      )
    },
  )
  const result = compile(compilation)
  return { frame: await runCompilation(context.polars, relation.frame, compilation), result }
}

/** The relation with exactly these columns, each calculated from those before. */
export async function project(
  relation: Relation,
  context: ExpressionContext,
  compile: (compilation: Compilation) => readonly NamedOperand[],
): Promise<Relation> {
  const { frame, result } = await evaluate(relation, context, compile)
  return {
    frame: selectColumns(
      context.polars,
      frame,
      result.map(({ name, operand: { node } }): NamedNode => ({ name, node })),
    ),
    columns: result.map(({ name, operand: { type } }) => ({ name, type })),
    ...emptyAs(relation),
  }
}

/** For a relation made of another: no rows where that has none. */
export function emptyAs({ isEmpty }: Relation): Pick<Relation, 'isEmpty'> {
  return isEmpty === true ? { isEmpty } : {}
}

/** Compiles an expression under a name. */
export function namedOperand(
  name: string,
  expression: Expression,
  compilation: Compilation,
): NamedOperand {
  return { name, operand: compileExpression(expression, compilation) }
}

/** The columns of the relation alone: what was calculated on the way is dropped. */
export function onlyColumns(
  frame: LazyFrame,
  columns: readonly TypedColumn[],
  polars: Polars,
): Relation {
  return {
    frame: selectColumns(polars, frame, columnNodes(columns.map(({ name }) => name))),
    columns,
  }
}

/** A column that another takes the place of, by name and type. */
export function columnsWith(
  columns: readonly TypedColumn[],
  name: string,
  type: DataType,
): readonly TypedColumn[] {
  return columns.some((column) => column.name === name)
    ? columns.map((column) => (column.name === name ? { name, type } : column))
    : [...columns, { name, type }]
}
