import type { Expression, Query } from '@qarion/core'

import type { SqlOperand } from '../dialect/operand.ts'
import { sqlError } from '../sql-errors.ts'
import { openBlock, printBlock, type Block, type BlockColumn } from './block.ts'
import { createBoundValues, type BoundValues } from './bound-values.ts'
import type { CompileContext, QueriesByName } from './context.ts'
import { compileExpression } from './expression.ts'

/** The state of compiling one statement. */
export interface Compiler {
  readonly context: CompileContext
  readonly values: BoundValues
  /** Common table expressions so far, in an order in which each reads only earlier ones. */
  readonly commonTables: { readonly name: string; readonly sql: string }[]
  nextAlias(): string
}

/** The queries that names refer to at one place: those of an instruction, or of a view that is inlined. */
export interface QueryScope {
  /** Makes names of common table expressions unique across inlined views. */
  readonly prefix: string
  readonly queries: QueriesByName
  readonly counts: ReadonlyMap<string, number>
  /** Blocks of common table expressions that are there already. */
  readonly common: Map<string, readonly BlockColumn[]>
}

/** Starts the state of one statement. */
export function createCompiler(context: CompileContext): Compiler {
  let aliases = 0
  return {
    context,
    values: createBoundValues(context),
    commonTables: [],
    nextAlias: () => context.dialect.quoteIdentifier(`t${(aliases += 1)}`),
  }
}

/** Queries by name; throws QRN-SQL-001 where a name is not there. */
export function queryNamed(queries: QueriesByName, name: string): Query {
  const query = queries.get(name)
  if (query === undefined)
    throw sqlError('QRN-SQL-001', `The plan names the query ${name}, which is not in it.`)
  return query
}

/** SQL of an expression over the columns of a block. */
export function compileOver(block: Block, expression: Expression, compiler: Compiler): SqlOperand {
  return compileExpression(expression, {
    dialect: compiler.context.dialect,
    values: compiler.values,
    column: (name) => columnOf(block, name).operand,
  })
}

/** A column of a block; throws QRN-SQL-001 where there is none of the name. */
export function columnOf(block: Block, name: string): BlockColumn {
  const column = block.columns.find((known) => known.name === name)
  if (column === undefined)
    throw sqlError('QRN-SQL-001', `The plan names the column ${name}, which is not there.`)
  return column
}

/** The block as an item of FROM of a new block. */
export function wrap(block: Block, compiler: Compiler): Block {
  const { dialect } = compiler.context
  // An order is lost by being read from; only the one that a limit cut along has had its effect.
  const source = block.limit === undefined ? { ...block, orderBy: [] } : block
  const alias = compiler.nextAlias()
  return openBlock(
    `(${printBlock(source, dialect.quoteIdentifier)}) AS ${alias}`,
    columnsOfItem(alias, block.columns, compiler),
  )
}

/** The columns of an item of FROM, seen through its alias. */
export function columnsOfItem(
  alias: string,
  columns: readonly Pick<BlockColumn, 'name' | 'operand' | 'isRequired'>[],
  { context }: Compiler,
): readonly BlockColumn[] {
  return columns.map(({ name, operand, isRequired }) => ({
    name,
    operand: { sql: `${alias}.${context.dialect.quoteIdentifier(name)}`, type: operand.type },
    form: 'column',
    isRequired,
  }))
}
