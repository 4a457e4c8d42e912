import type { Dataset, Operation } from '@qarion/core'
import { defineQuery, from, limit } from '@qarion/plan'

import type { RunnableFlow } from '../runnable-flow.ts'
import { catalogOf, newestViews, viewOfRecord } from '../state/flow-catalog.ts'
import { readState } from '../state/read-state.ts'
import { STATE_DATASETS } from '../state/state-datasets.ts'
import {
  batchRecordToRow,
  stateOfFlow,
  type BatchRecord,
  type State,
} from '../state/state-records.ts'
import { addState, forgetBatch } from '../state/write-state.ts'
import { createViews, findIngest } from '../steps/batch-operations.ts'
import { commitUnit } from './commit.ts'
import type { RunContext } from './run-context.ts'

/**
 * Drops tables of batches that are no longer kept or were left by an interrupted run, and tables of the newest batch
 * that hold no rows, so that the next comparison need not look at them. Safe to repeat. Has the engine give the space of
 * dropped rows back; who ends a run does so too. Gives the state of all flows as it is then.
 */
export async function cleanUp(context: RunContext, flow: RunnableFlow): Promise<State> {
  const state = await readState(context.session)
  const all = stateOfFlow(state, flow.definition.id)
  const newest = all.batches.at(-1)
  const kept = all.batches.slice(-Math.max(1, flow.definition.load?.retention.landingBatches ?? 2))
  const pending = all.steps.filter(({ batch }) => batch > (newest?.batch ?? 0))
  const stored = (await context.session.listTables())
    .filter(({ kind }) => kind === 'table')
    .map(({ name }) => name)
  const empty =
    newest === undefined ? [] : await emptyTables(context, flow, newest, new Set(stored))
  const referenced = new Set(
    [...kept, ...pending].flatMap(({ tables }) => Object.values(tables).map(({ table }) => table)),
  )
  for (const { table } of empty) referenced.delete(table)
  const prefixes = flow.plan.datasets
    .filter(({ storage }) => storage.kind === 'batches')
    .map(({ table }) => `${table}__b`)
  const dropped = stored.filter(
    (name) => prefixes.some((prefix) => isBatchTable(name, prefix)) && !referenced.has(name),
  )
  if (dropped.length > 0) {
    await commitUnit(
      context,
      { flow: flow.definition.id, batch: newest?.batch ?? 0, step: 'clean_up' },
      () => [
        ...(newest === undefined || empty.length === 0 ? [] : forgetTables(flow, newest, empty)),
        ...views(flow, kept, empty, all),
        ...dropped.map((table): Operation => ({ kind: 'drop_table', table })),
      ],
    )
  }
  if (dropped.some((name) => !empty.some(({ table }) => table === name)))
    await context.session.checkpoint()
  if (newest === undefined || empty.length === 0 || dropped.length === 0) return state
  const tables = withoutTables(newest, empty)
  return {
    ...state,
    batches: state.batches.map((record) => (record === newest ? { ...record, tables } : record)),
  }
}

function isBatchTable(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && /^\d+(_\d+)?$/.test(name.slice(prefix.length))
}

/** Views name tables: they are made anew before a table that they name is dropped. */
function views(
  flow: RunnableFlow,
  kept: readonly BatchRecord[],
  empty: readonly Dataset[],
  state: Parameters<typeof viewOfRecord>[1],
): Operation[] {
  const current = kept.at(-1)
  if (current === undefined) return []
  const remaining = { ...current, tables: withoutTables(current, empty) }
  return createViews(flow, ...newestViews([...kept.slice(0, -1), remaining], state))
}

async function emptyTables(
  context: RunContext,
  flow: RunnableFlow,
  newest: BatchRecord,
  stored: ReadonlySet<string>,
): Promise<Dataset[]> {
  const landing = findIngest(flow.plan)?.dataset
  const empty: Dataset[] = []
  for (const dataset of flow.plan.datasets) {
    const table = newest.tables[dataset.id]
    if (table === undefined || dataset.id === landing || !stored.has(table.table)) continue
    const catalog = catalogOf(flow.plan.datasets, viewOfRecord(newest, { inputs: [] }), undefined)
    const query = defineQuery('rows', [from(dataset.id, 'current'), limit(1)])
    let rows = 0
    for await (const batch of context.session.read({ queries: [query], catalog, parameters: {} }))
      rows += batch.rowCount
    if (rows === 0) empty.push({ ...dataset, table: table.table })
  }
  return empty
}

function withoutTables(record: BatchRecord, empty: readonly Dataset[]): BatchRecord['tables'] {
  return Object.fromEntries(
    Object.entries(record.tables).filter(([id]) => !empty.some((dataset) => dataset.id === id)),
  )
}

function forgetTables(
  flow: RunnableFlow,
  newest: BatchRecord,
  empty: readonly Dataset[],
): Operation[] {
  return [
    forgetBatch(STATE_DATASETS.batches, flow.definition.id, newest.batch),
    addState(STATE_DATASETS.batches, () => [
      batchRecordToRow({ ...newest, tables: withoutTables(newest, empty) }),
    ]),
  ]
}
