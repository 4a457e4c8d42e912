import {
  DataTypes,
  type DataType,
  MERGE_SOURCE_PREFIX,
  type Expression,
  type MergeBranch,
  type MergeWrite,
  type NamedExpression,
  type Query,
} from '@qarion/core'

import { openBlock, printBlock, type Block, type BlockColumn } from '../compile/block.ts'
import {
  columnOf,
  columnsOfItem,
  compileOver,
  createCompiler,
  type Compiler,
} from '../compile/compiler.ts'
import type { CompiledQuery, StagedQuery } from '../compile/context.ts'
import { convert, widenAll } from '../compile/expression.ts'
import type { Stage } from './stage.ts'
import { execute, type Step, type WriteSteps } from './steps.ts'
import type { Target } from './target.ts'

const ROW = 'xt_row'

/**
 * Steps of a merge. Every branch first keeps the rows it will touch with their new values, so that all of them see the
 * state before the write; then deletions, updates and insertions follow.
 */
export function mergeSteps(
  queries: readonly Query[],
  write: MergeWrite,
  target: Target,
  stage: Stage,
  counts: string,
): WriteSteps {
  const { dialect } = stage.context
  const prepare: Step[] = [...stage.keepQuery(queries, write.query)]
  const source = stage.context.staged?.get(write.query) as StagedQuery
  prepare.push(requireUnique(write, source, stage))
  const table = dialect.quoteIdentifier(target.table)
  const deletes: Step[] = []
  const updates: Step[] = []
  const inserts: Step[] = []
  for (const [index, branch] of write.branches.entries()) {
    const { action } = branch
    if (action.kind === 'nothing') continue
    const rows = stage.keep(rowsOfBranch(write, index, target, source, stage))
    prepare.push(...rows.steps)
    const kept = dialect.temporaryName(rows.table)
    const names =
      action.kind === 'delete' ? [] : action.set.map(({ name }) => dialect.quoteIdentifier(name))
    switch (action.kind) {
      case 'delete':
        deletes.push(
          execute(
            `DELETE FROM ${table} WHERE ${dialect.rowId} IN (SELECT ${ROW} FROM ${kept})`,
            [],
            counts,
          ),
        )
        break
      case 'update':
        updates.push(
          execute(
            `UPDATE ${table} SET ${names.map((name) => `${name} = kept.${name}`).join(', ')}` +
              ` FROM ${kept} AS kept WHERE ${table}.${dialect.rowId} = kept.${ROW}`,
            [],
            counts,
          ),
        )
        break
      case 'insert':
        inserts.push(
          execute(
            `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.join(', ')} FROM ${kept}`,
            [],
            counts,
          ),
        )
    }
  }
  return { prepare, change: [...deletes, ...updates], insert: inserts }
}

function requireUnique(write: MergeWrite, source: StagedQuery, { context }: Stage): Step {
  const { dialect } = context
  const keys = write.on.map(dialect.quoteIdentifier).join(', ')
  const sql =
    `SELECT ${keys} FROM ${dialect.temporaryName(source.table)}` +
    ` GROUP BY ${keys} HAVING COUNT(*) > 1 ORDER BY ${keys} LIMIT 5`
  return {
    kind: 'require_unique',
    dataset: write.dataset,
    duplicates: { sql, parameters: [] },
    columns: write.on.map(
      (name) =>
        source.columns.find((column) => column.name === name) ?? { name, type: DataTypes.string },
    ),
  }
}

/** The pairs on which the branch acts: its own situation and condition, and of no earlier branch. */
function rowsOfBranch(
  { branches, on }: MergeWrite,
  index: number,
  target: Target,
  source: StagedQuery,
  { context }: Stage,
): CompiledQuery {
  const compiler = createCompiler(context)
  const branch = branches[index] as MergeBranch
  const pairs = pairsOf(branch.when, on, target, source, compiler)
  const rivals = branches
    .slice(0, index)
    .filter((other) => other.when === branch.when)
    .map(({ condition }) => `(${conditionOf(pairs, condition, compiler)}) IS NOT TRUE`)
  const conditions = [
    ...rivals,
    ...(branch.condition === undefined ? [] : [conditionOf(pairs, branch.condition, compiler)]),
  ]
  const set =
    branch.action.kind === 'update' || branch.action.kind === 'insert' ? branch.action.set : []
  const block: Block = {
    ...pairs,
    where: [...pairs.where, ...conditions],
    columns: [
      ...(branch.action.kind === 'insert' ? [] : [columnOf(pairs, ROW)]),
      ...set.map((assignment) => assigned(assignment, pairs, target, compiler)),
    ],
  }
  return {
    ...compiler.values.bind(printBlock(block, context.dialect.quoteIdentifier)),
    columns: block.columns.map(({ name, operand }) => ({
      name,
      type: operand.type,
      isRowId: name === ROW,
    })),
  }
}

function conditionOf(pairs: Block, condition: Expression | undefined, compiler: Compiler): string {
  return condition === undefined ? '1 = 1' : compileOver(pairs, condition, compiler).sql
}

function assigned(
  { name, expression }: NamedExpression,
  pairs: Block,
  target: Target,
  compiler: Compiler,
): BlockColumn {
  const operand = compileOver(pairs, expression, compiler)
  const type = target.columns.find((column) => column.name === name)?.type ?? operand.type
  const sql = convert(operand, type, compiler.context.dialect)
  return { name, operand: { sql, type }, form: 'expression', isRequired: false }
}

function pairsOf(
  when: MergeBranch['when'],
  on: readonly string[],
  target: Target,
  source: StagedQuery,
  compiler: Compiler,
): Block {
  const { dialect } = compiler.context
  const [left, right] = [compiler.nextAlias(), compiler.nextAlias()]
  const row: BlockColumn = {
    name: ROW,
    operand: { sql: `${left}.${dialect.rowId}`, type: DataTypes.integer },
    form: 'column',
    isRequired: true,
  }
  const ofTarget = columnsOfItem(
    left,
    target.columns.map(({ name, type }) => seen(name, type)),
    compiler,
  )
  const ofSource = columnsOfItem(
    right,
    source.columns.map(({ name, type }) => seen(name, type)),
    compiler,
  ).map((column) => ({ ...column, name: MERGE_SOURCE_PREFIX + column.name }))
  const columns = [row, ...ofTarget, ...ofSource]
  const matches = on.map((name) => {
    const sides = [
      columnOf(openBlock(undefined, ofTarget), name).operand,
      columnOf(openBlock(undefined, ofSource), MERGE_SOURCE_PREFIX + name).operand,
    ]
    return dialect.functions.is_not_distinct(widenAll(sides, dialect), DataTypes.boolean)
  })
  const targetItem = `${dialect.quoteIdentifier(target.table)} AS ${left}`
  const sourceItem = `${dialect.temporaryName(source.table)} AS ${right}`
  const condition = matches.join(' AND ')
  switch (when) {
    case 'matched':
      return openBlock(`${sourceItem} JOIN ${targetItem} ON ${condition}`, columns)
    case 'not_matched':
      return {
        ...openBlock(`${sourceItem} LEFT JOIN ${targetItem} ON ${condition}`, columns),
        where: [`${left}.${dialect.rowId} IS NULL`],
      }
    case 'not_matched_by_source':
      return {
        ...openBlock(`${targetItem} LEFT JOIN ${sourceItem} ON ${condition}`, columns),
        where: [`${right}.${dialect.rowId} IS NULL`],
      }
  }
}

function seen(name: string, type: DataType): BlockColumn {
  return { name, operand: { sql: '', type }, form: 'column', isRequired: false }
}
