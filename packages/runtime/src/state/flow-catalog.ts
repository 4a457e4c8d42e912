import type { BatchVersion, Catalog, Dataset, DatasetId, StoredBatch, Value } from '@qarion/core'

import type { RunnableFlow } from '../runnable-flow.ts'
import { STATE_DATASETS } from './state-datasets.ts'
import {
  stateOfFlow,
  type BatchRecord,
  type BatchTables,
  type InputRecord,
  type State,
} from './state-records.ts'

/** A batch as its tables are read. */
export interface BatchView {
  readonly batch: number
  /** Microseconds. */
  readonly batchTime: bigint
  readonly tables: BatchTables
  readonly files: readonly string[]
}

/** How the datasets of a flow (and the state) are stored for work on `current`, compared with `predecessor`. */
export function catalogOf(
  datasets: Iterable<Dataset>,
  current: BatchView | undefined,
  predecessor: BatchView | undefined,
): Catalog {
  const all = [...datasets, ...Object.values(STATE_DATASETS)]
  const batches = new Map<DatasetId, Partial<Record<BatchVersion, StoredBatch>>>()
  for (const dataset of all) {
    if (dataset.storage.kind !== 'batches') continue
    const currentTable = storedBatch(dataset, current)
    const predecessorTable = storedBatch(dataset, predecessor)
    batches.set(dataset.id, {
      ...(currentTable === undefined ? {} : { current: currentTable }),
      ...(predecessorTable === undefined ? {} : { predecessor: predecessorTable }),
    })
  }
  return { datasets: new Map(all.map((dataset) => [dataset.id, dataset])), batches }
}

/** The tables of datasets stored by batch that belong to flows which a flow reads, after the newest batch of each. */
export function sourceTables({ sources = [] }: RunnableFlow, all: State): Catalog['batches'] {
  return new Map(
    sources.flatMap(({ definition, plan }) => {
      const state = stateOfFlow(all, definition.id)
      return [...catalogOf(plan.datasets, ...newestViews(state.batches, state)).batches]
    }),
  )
}

function storedBatch(dataset: Dataset, view: BatchView | undefined): StoredBatch | undefined {
  const stored = view?.tables[dataset.id]
  if (view === undefined || stored === undefined) return undefined
  const known: Record<string, Value | null> = {
    xt_batch_id: BigInt(view.batch),
    xt_batch_time: view.batchTime,
    xt_source_file: view.files[0] ?? null,
  }
  const constants = Object.fromEntries(
    dataset.columns
      .filter(({ name }) => name in known && !stored.columns.includes(name))
      .map(({ name }) => [name, known[name] ?? null]),
  )
  return { table: stored.table, columns: stored.columns, constants }
}

/** The newest of committed batches and the one before it, as their tables are read. */
export function newestViews(
  batches: readonly BatchRecord[],
  state: Parameters<typeof viewOfRecord>[1],
): readonly [current: BatchView | undefined, predecessor: BatchView | undefined] {
  const view = (record: BatchRecord | undefined): BatchView | undefined =>
    record === undefined ? undefined : viewOfRecord(record, state)
  return [view(batches.at(-1)), view(batches.at(-2))]
}

/** A committed batch as its tables are read. */
export function viewOfRecord(
  record: BatchRecord,
  state: { readonly inputs: readonly InputRecord[] },
): BatchView {
  return {
    batch: record.batch,
    batchTime: record.batchTime,
    tables: record.tables,
    files: state.inputs.filter(({ batch }) => batch === record.batch).map(({ name }) => name),
  }
}
