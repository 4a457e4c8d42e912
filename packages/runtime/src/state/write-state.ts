import {
  vectorFromValues,
  type Catalog,
  type ColumnBatch,
  type Dataset,
  type LoadSource,
  type Operation,
  type Row,
  type TableDefinition,
  type Value,
} from '@qarion/core'
import { defineInstruction, defineQuery, parameter, remove, values } from '@qarion/plan'

import { STATE_DATASETS, tableOf } from './state-datasets.ts'

const STATE_CATALOG: Catalog = Object.freeze({
  datasets: new Map(Object.values(STATE_DATASETS).map((dataset) => [dataset.id, dataset])),
  batches: new Map(),
})

/** Creates the tables of the state where they are missing. */
export function createStateTables(): Operation[] {
  return Object.values(STATE_DATASETS).map((dataset) => ({
    kind: 'create_table',
    table: tableOf(dataset),
  }))
}

/** Adds rows that are known only once the operations before have run: `rows` is called then. */
export function loadRows(
  table: TableDefinition,
  rows: () => readonly Row[],
  count: string,
): Operation {
  const source: LoadSource = {
    async *batches(): AsyncIterable<ColumnBatch> {
      const all = rows()
      if (all.length > 0) yield batchOfRows(table, all)
    },
  }
  return { kind: 'load', table, source, count }
}

function batchOfRows(table: TableDefinition, rows: readonly Row[]): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: table.columns.map((column, index) =>
      vectorFromValues(
        column.type,
        rows.map((row) => row[index] ?? null),
      ),
    ),
  }
}

/** Adds rows to a state dataset. */
export function addState(dataset: Dataset, rows: () => readonly Row[]): Operation {
  return loadRows(tableOf(dataset), rows, `state.${dataset.id}`)
}

/** Forgets what a state dataset holds of a batch of a flow. */
export function forgetBatch(dataset: Dataset, flow: string, batch: number): Operation {
  return forgetRows(`forget_${dataset.id}`, dataset, STATE_CATALOG, { flow, batch: BigInt(batch) })
}

/** Forgets the recorded files of a target: of one batch, or of all. */
export function forgetExports(flow: string, target: string, batch?: number): Operation {
  const ofBatch = batch === undefined ? {} : { batch: BigInt(batch) }
  const key = { flow, target, ...ofBatch }
  return forgetRows('forget_exports', STATE_DATASETS.exports, STATE_CATALOG, key)
}

/** Forgets one step of a batch. */
export function forgetStep(flow: string, batch: number, step: string): Operation {
  const key = { flow, batch: BigInt(batch), step }
  return forgetRows('forget_step', STATE_DATASETS.steps, STATE_CATALOG, key)
}

/** Forgets what came of one task of a batch. */
export function forgetTask(flow: string, batch: number, task: string): Operation {
  const key = { flow, batch: BigInt(batch), task }
  return forgetRows('forget_task', STATE_DATASETS.taskResults, STATE_CATALOG, key)
}

/** Deletes the rows of a dataset that have these values; `id` is the instruction's. */
export function forgetRows(
  id: string,
  dataset: Dataset,
  catalog: Catalog,
  key: Readonly<Record<string, Value>>,
): Operation {
  const columns = dataset.columns.filter(({ name }) => Object.hasOwn(key, name))
  const query = defineQuery('rows', [
    values(columns, [columns.map(({ name, type }) => parameter(name, type))]),
  ])
  const names = columns.map(({ name }) => name)
  return {
    kind: 'instruction',
    instruction: defineInstruction(id, [query], [remove('rows', dataset.id, names)]),
    catalog,
    parameters: key,
  }
}
