import {
  DataTypes,
  type Column,
  type Instruction,
  type Value,
  type Write,
  vectorFromValues,
} from '@qarion/core'

import { castOperand } from '../expression/cast.ts'
import { dtypeOf } from '../frame/dtypes.ts'
import { collect } from '../frame/frames.ts'
import { nullNode } from '../frame/node.ts'
import { polarsError, throwIfAborted } from '../polars-errors.ts'
import type { DataFrame } from '../polars.ts'
import {
  createScope,
  datasetOf,
  type QueryContext,
  type QueryScope,
} from '../query/query-context.ts'
import { onlyColumns, operandOf, project, type Relation } from '../query/relation.ts'
import { runQuery } from '../query/run-query.ts'
import { noRows } from '../query/source.ts'
import { encodeBatches } from '../values/encode.ts'
import { runAsserts } from './asserts.ts'
import { applyChanges, type TableChange } from './changes.ts'
import { tableIn, type Draft } from './draft.ts'
import { mergeChange } from './merge.ts'

/** The table that a write goes to, and the columns that it stores of the dataset. */
export interface Target {
  readonly table: string
  readonly columns: readonly Column[]
  readonly isBatch: boolean
}

/** What an instruction adds to the result of a commit. */
export interface Tally {
  readonly rowCounts: Record<string, number>
  readonly acceptedGuards: Set<string>
}

/** Checks the guards, calculates every write from the state before, then does them. */
export async function writeInstruction(
  { id, queries, writes }: Instruction,
  draft: Draft,
  context: QueryContext,
  accepted: readonly string[],
  tally: Tally,
): Promise<void> {
  const scope = createScope(
    queries,
    context,
    writes.map(({ query }) => query),
  )
  await runAsserts(queries, scope, accepted, tally.acceptedGuards)
  const changes: TableChange[] = []
  for (const [index, write] of writes.entries()) {
    throwIfAborted(context.signal)
    changes.push(await changeOf(write, `${id}.${index}`, draft, scope))
  }
  throwIfAborted(context.signal)
  Object.assign(tally.rowCounts, await applyChanges(changes, draft, context))
}

async function changeOf(
  write: Write,
  counts: string,
  draft: Draft,
  scope: QueryScope,
): Promise<TableChange> {
  const target = targetOf(write, scope.context)
  const { table } = target
  const source = await runQuery(write.query, scope)
  switch (write.kind) {
    case 'append':
      return { table, insert: await rowsFor(source, target, scope), counts, counted: 'inserted' }
    case 'overwrite':
      return {
        table,
        remove: 'all',
        insert: await rowsFor(source, target, scope),
        counts,
        counted: 'inserted',
      }
    case 'replace':
      return {
        table,
        remove: target.isBatch ? 'all' : ofCurrentBatch(scope.context),
        insert: await rowsFor(source, target, scope),
        counts,
        counted: 'inserted',
      }
    case 'replace_keys': {
      const rows = await collected(source)
      return {
        table,
        remove: keysOf(rows, write.scope, scope),
        insert: await rowsFor(rows, target, scope),
        counts,
        counted: 'inserted',
      }
    }
    case 'delete': {
      const rows = await collected(onlyKeys(source, write.on, scope))
      return { table, remove: { rows, on: write.on }, counts, counted: 'removed' }
    }
    case 'merge':
      return mergeChange(
        write,
        await collected(source),
        target,
        tableIn(draft, table),
        counts,
        scope,
      )
  }
}

function targetOf(write: Write, { catalog }: QueryContext): Target {
  const dataset = datasetOf(write.dataset, catalog)
  const { storage } = dataset
  if (storage.kind === 'view')
    throw polarsError('QRN-POLARS-001', `The plan writes to ${dataset.id}, which is a view.`)
  if (storage.kind === 'table')
    return { table: dataset.table, columns: dataset.columns, isBatch: false }
  const batch = catalog.batches.get(dataset.id)?.current
  if (batch === undefined) {
    throw polarsError(
      'QRN-POLARS-005',
      `The current batch of ${dataset.id} has no table to write to.`,
    )
  }
  const columns = dataset.columns.filter(({ name }) => batch.columns.includes(name))
  return { table: batch.table, columns, isBatch: true }
}

/** The rows in the columns of the table; NULL where the query lacks one. */
async function rowsFor(
  source: Relation,
  { columns }: Target,
  { context }: QueryScope,
): Promise<{ readonly rows: DataFrame; readonly columns: readonly Column[] }> {
  const fitted = await project(source, context, (compilation) =>
    columns.map(({ name, type }) => {
      const isGiven = source.columns.some((column) => column.name === name)
      const node = isGiven
        ? castOperand(operandOf(source, name), type, compilation)
        : nullNode(dtypeOf(type))
      return { name, operand: { node, type } }
    }),
  )
  return { rows: await collect(fitted.frame), columns }
}

async function collected(relation: Relation): Promise<Relation> {
  return { ...relation, frame: (await collect(relation.frame)).lazy() }
}

function onlyKeys(source: Relation, on: readonly string[], { context }: QueryScope): Relation {
  const columns = on.map((name) => ({ name, type: operandOf(source, name).type }))
  return onlyColumns(source.frame, columns, context.polars)
}

function keysOf(
  source: Relation,
  on: readonly string[],
  scope: QueryScope,
): { readonly rows: Relation; readonly on: readonly string[] } {
  return { rows: onlyKeys(source, on, scope), on }
}

/** Rows of the batch that is being written: none where the run has no number. */
function ofCurrentBatch({ polars, parameters }: QueryContext): {
  readonly rows: Relation
  readonly on: readonly string[]
} {
  const columns = [{ name: 'xt_batch_id', type: DataTypes.integer }]
  const batch: Value | null = parameters['batch_id'] ?? null
  const on = ['xt_batch_id']
  if (batch === null) return { rows: noRows(columns, { polars }), on }
  const vector = vectorFromValues(DataTypes.integer, [batch])
  const frame = encodeBatches(polars, columns, [{ rowCount: 1, columns: [vector] }])
  return { rows: { frame, columns }, on }
}
