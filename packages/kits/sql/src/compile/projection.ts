import type { Expression, NamedExpression } from '@qarion/core'

import type { Block, BlockColumn } from './block.ts'
import { columnOf, compileOver, wrap, type Compiler } from './compiler.ts'

/** Exactly these columns. */
export function select(
  block: Block,
  columns: readonly NamedExpression[],
  compiler: Compiler,
): Block {
  const source = withCheapColumns(block, columns, compiler)
  return { ...source, columns: columns.map((column) => project(source, column, compiler)) }
}

/** All columns and these, in the place of those with their names. */
export function derive(
  block: Block,
  columns: readonly NamedExpression[],
  compiler: Compiler,
): Block {
  const source = withCheapColumns(block, columns, compiler)
  const made = new Map(columns.map((column) => [column.name, project(source, column, compiler)]))
  const kept = source.columns.map((column) => {
    const other = made.get(column.name)
    made.delete(column.name)
    return other ?? column
  })
  return { ...source, columns: [...kept, ...made.values()] }
}

export function rename(
  block: Block,
  columns: readonly { readonly from: string; readonly to: string }[],
  compiler: Compiler,
): Block {
  const source = block.isDistinct ? wrap(block, compiler) : block
  for (const { from } of columns) columnOf(source, from)
  const names = new Map(columns.map(({ from, to }) => [from, to]))
  return {
    ...source,
    columns: source.columns.map((column) => ({
      ...column,
      name: names.get(column.name) ?? column.name,
    })),
  }
}

export function drop(block: Block, columns: readonly string[], compiler: Compiler): Block {
  const source = block.isDistinct ? wrap(block, compiler) : block
  for (const name of columns) columnOf(source, name)
  return { ...source, columns: source.columns.filter(({ name }) => !columns.includes(name)) }
}

function project(
  block: Block,
  { name, expression }: NamedExpression,
  compiler: Compiler,
): BlockColumn {
  if (expression.kind === 'column') return { ...columnOf(block, expression.name), name }
  return {
    name,
    operand: compileOver(block, expression, compiler),
    form:
      expression.kind === 'literal' || expression.kind === 'parameter' ? 'constant' : 'expression',
    isRequired: expression.kind === 'literal' && expression.text !== null,
  }
}

/**
 * The block, or the block as a source where folding would change it: calculated columns used more than once would be
 * calculated more than once, and DISTINCT counts the columns that are there.
 */
function withCheapColumns(
  block: Block,
  columns: readonly NamedExpression[],
  compiler: Compiler,
): Block {
  if (block.isDistinct) return wrap(block, compiler)
  const uses = new Map<string, number>()
  for (const { expression } of columns) countColumns(expression, uses)
  const isRepeated = block.columns.some(
    ({ name, form }) => form === 'expression' && (uses.get(name) ?? 0) > 1,
  )
  return isRepeated ? wrap(block, compiler) : block
}

function countColumns(expression: Expression, uses: Map<string, number>): void {
  if (expression.kind === 'column') {
    uses.set(expression.name, (uses.get(expression.name) ?? 0) + 1)
  }
  for (const inner of operandsOf(expression)) countColumns(inner, uses)
}

function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'column':
    case 'parameter':
      return []
    case 'call':
      return expression.arguments
    case 'cast':
      return [expression.operand]
    case 'in':
      return [expression.operand, ...expression.items]
    case 'case':
      return [
        ...expression.branches.flatMap(({ when, then }) => [when, then]),
        ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
      ]
  }
}
