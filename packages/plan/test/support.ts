import { DataTypes, decimalType, isQarionError, type QarionError } from '@qarion/core'
import type { Column, DataType, Dataset, DatasetStorage } from '@qarion/core'

/** What `run` throws; fails if it throws nothing or something else. */
export function thrownBy(run: () => unknown): QarionError {
  const problem = problemOf(run)
  if (problem === undefined) throw new Error('nothing was thrown')
  return problem
}

/** The error that `run` throws, if any; what is no QarionError is thrown on. */
export function problemOf(run: () => unknown): QarionError | undefined {
  try {
    run()
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown
    throw thrown
  }
  return undefined
}

export const AMOUNT: DataType = decimalType(12, 2)

export function makeColumn(name: string, type: DataType, required = false): Column {
  return { name, type, required }
}

export function makeDataset(
  id: string,
  columns: readonly Column[],
  storage: DatasetStorage = { kind: 'table' },
): Dataset {
  return {
    id,
    table: id.replace('.', '_'),
    storage,
    columns,
    key: [],
    sortKey: columns.slice(0, 1).map(({ name }) => name),
    isInternal: false,
  }
}

const ORDER_COLUMNS = [
  makeColumn('order_id', DataTypes.integer, true),
  makeColumn('amount', AMOUNT),
  makeColumn('status', DataTypes.string),
]

export const LANDING: Dataset = makeDataset(
  'orders.landing',
  [...ORDER_COLUMNS, makeColumn('tags', DataTypes.json)],
  { kind: 'batches' },
)

export const FEED: Dataset = makeDataset('orders.change_feed', [
  ...ORDER_COLUMNS,
  makeColumn('xt_batch_id', DataTypes.integer, true),
])

export const STATE: Dataset = makeDataset('orders.state', ORDER_COLUMNS)

export const REJECTS: Dataset = makeDataset('orders.rejects', [
  makeColumn('line', DataTypes.integer, true),
])

export const DATASETS: ReadonlyMap<string, Dataset> = new Map(
  [LANDING, FEED, STATE, REJECTS].map((dataset) => [dataset.id, dataset]),
)
