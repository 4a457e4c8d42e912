import {
  DataTypes,
  type DataType,
  isSameType,
  type Expression,
  type NamedExpression,
  type Query,
  type Value,
  type Write,
} from '@qarion/core'

import { compileQuery } from '../compile/compile-query.ts'
import type { CompiledQuery } from '../compile/context.ts'
import { mergeSteps } from './merge-steps.ts'
import { tablesRead, tableWritten } from './reads.ts'
import type { Stage } from './stage.ts'
import { execute, type Step, type WriteSteps } from './steps.ts'
import { targetOf, type Target } from './target.ts'

/** Name of the query that gives a write's rows in the columns of its table; no query of a plan has a blank in it. */
const ROWS = 'rows to write'

/** Whether several writes go to one table: then all of them delete before any of them inserts. */
export function shareTables(writes: readonly Write[]): boolean {
  return new Set(writes.map(({ dataset }) => dataset)).size < writes.length
}

/** Steps that keep what writes read before another write, or their own deletion, changes it. */
export function stageWrites(
  queries: readonly Query[],
  writes: readonly Write[],
  stage: Stage,
): readonly Step[] {
  const isShared = shareTables(writes)
  const changed = new Set<string>()
  const steps: Step[] = []
  for (const write of writes) {
    const table = tableWritten(write.dataset, stage.context)
    const reads = tablesRead(queries, write.query, stage.context)
    const isChangedBefore = [...reads].some((read) => changed.has(read))
    // An append too: it would pass over the rows that it has added already, for each that it adds.
    const isChangedByItself = write.kind !== 'delete' && reads.has(table)
    // These two read their rows more than once.
    const isReadTwice = write.kind === 'replace_keys' || write.kind === 'merge'
    if (isShared || isChangedBefore || isChangedByItself || isReadTwice) {
      steps.push(...stage.keepQuery(queries, write.query))
    }
    changed.add(table)
  }
  return steps
}

/** Steps of one write; `counts` names its number of rows. */
export function writeSteps(
  queries: readonly Query[],
  write: Write,
  stage: Stage,
  counts: string,
): WriteSteps {
  const { context } = stage
  const target = targetOf(write.dataset, context)
  const table = context.dialect.quoteIdentifier(target.table)
  switch (write.kind) {
    case 'append':
      return { prepare: [], change: [], insert: [insert(queries, write, target, stage, counts)] }
    case 'overwrite':
      return {
        prepare: [],
        change: [execute(`DELETE FROM ${table}`)],
        insert: [insert(queries, write, target, stage, counts)],
      }
    case 'replace':
      return {
        prepare: [],
        change: [deleteBatch(target, stage)],
        insert: [insert(queries, write, target, stage, counts)],
      }
    case 'replace_keys':
      return {
        prepare: [],
        change: [deleteKeys(queries, write.query, write.scope, target, stage)],
        insert: [insert(queries, write, target, stage, counts)],
      }
    case 'delete':
      return {
        prepare: [],
        change: [deleteKeys(queries, write.query, write.on, target, stage, counts)],
        insert: [],
      }
    case 'merge':
      return mergeSteps(queries, write, target, stage, counts)
  }
}

function insert(
  queries: readonly Query[],
  write: Write,
  target: Target,
  stage: Stage,
  counts: string,
): Step {
  const { dialect } = stage.context
  const source = compileQuery(queries, write.query, stage.context)
  const rows: Query = {
    name: ROWS,
    rules: [
      { operation: 'from', source: { kind: 'query', query: write.query } },
      { operation: 'select', columns: target.columns.map((column) => columnFor(column, source)) },
    ],
  }
  const { sql, parameters } = compileQuery([...queries, rows], ROWS, stage.context)
  const names = target.columns.map(({ name }) => dialect.quoteIdentifier(name)).join(', ')
  return execute(
    `INSERT INTO ${dialect.quoteIdentifier(target.table)} (${names}) ${sql}`,
    parameters,
    counts,
  )
}

/** The query's column in the type of the table's; NULL where the query lacks it. */
function columnFor(
  { name, type }: Target['columns'][number],
  source: CompiledQuery,
): NamedExpression {
  const given = source.columns.find((column) => column.name === name)
  if (given === undefined) return { name, expression: { kind: 'literal', type, text: null } }
  const column: Expression = { kind: 'column', type: given.type, name }
  return {
    name,
    expression: isSameType(given.type, type) ? column : { kind: 'cast', type, operand: column },
  }
}

function deleteBatch(target: Target, { context }: Stage): Step {
  const { dialect, parameters } = context
  const table = dialect.quoteIdentifier(target.table)
  if (target.dataset.storage.kind === 'batches') return execute(`DELETE FROM ${table}`)
  const value: Value | null = parameters['batch_id'] ?? null
  const type = DataTypes.integer
  const isPrinted = context.values === 'print'
  const batch = isPrinted ? dialect.literal(value, type) : dialect.placeholder(1, type)
  return execute(
    `DELETE FROM ${table} WHERE ${dialect.quoteIdentifier('xt_batch_id')} = ${batch}`,
    isPrinted ? [] : [{ value, type }],
  )
}

function deleteKeys(
  queries: readonly Query[],
  query: string,
  on: readonly string[],
  target: Target,
  stage: Stage,
  counts?: string,
): Step {
  const { dialect } = stage.context
  const { sql, parameters, columns } = compileQuery(queries, query, stage.context)
  const table = dialect.quoteIdentifier(target.table)
  const matches = on.map((name) =>
    dialect.functions.is_not_distinct(
      [
        { sql: `target.${dialect.quoteIdentifier(name)}`, type: typeOf(name, target.columns) },
        { sql: `source.${dialect.quoteIdentifier(name)}`, type: typeOf(name, columns) },
      ],
      DataTypes.boolean,
    ),
  )
  return execute(
    `DELETE FROM ${table} WHERE ${dialect.rowId} IN (SELECT target.${dialect.rowId}` +
      ` FROM (${sql}) AS source JOIN ${table} AS target ON ${matches.join(' AND ')})`,
    parameters,
    counts,
  )
}

function typeOf(name: string, known: CompiledQuery['columns']): DataType {
  return known.find((column) => column.name === name)?.type ?? DataTypes.string
}
