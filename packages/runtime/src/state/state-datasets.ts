import {
  DataTypes,
  EXPORTS_DATASET,
  TASK_RESULTS_DATASET,
  type Column,
  type DataType,
  type Dataset,
  type TableDefinition,
} from '@qarion/core'

const required = (name: string, type: DataType): Column => ({ name, type, required: true })
const optional = (name: string, type: DataType): Column => ({ name, type, required: false })

function stateDataset(
  name: string,
  description: string,
  key: readonly string[],
  columns: readonly Column[],
): Dataset {
  return Object.freeze({
    id: name,
    table: name,
    description,
    storage: { kind: 'table' as const },
    columns,
    key,
    sortKey: key,
    isInternal: true,
  })
}

const { integer, string, timestamp, json } = DataTypes

/** What the engine itself remembers, in the database that holds the rows, so that both commit together. */
export const STATE_DATASETS: {
  readonly batches: Dataset
  readonly inputs: Dataset
  readonly steps: Dataset
  readonly exports: Dataset
  readonly taskResults: Dataset
} = Object.freeze({
  batches: stateDataset(
    'xt_batches',
    'Committed batches.',
    ['flow', 'batch'],
    [
      required('flow', string),
      required('batch', integer),
      required('revision', integer),
      required('batch_time', timestamp),
      required('definition', json),
      required('input_fingerprint', string),
      required('tables', json),
      required('run_id', string),
      required('committed_at', timestamp),
    ],
  ),
  inputs: stateDataset(
    'xt_inputs',
    'Files of each batch.',
    ['flow', 'batch', 'ordinal'],
    [
      required('flow', string),
      required('batch', integer),
      required('ordinal', integer),
      required('name', string),
      required('size_bytes', integer),
      required('modified_at', timestamp),
      required('content_hash', string),
      optional('row_count', integer),
      optional('bookmark', string),
    ],
  ),
  steps: stateDataset(
    'xt_steps',
    'Steps that are done.',
    ['flow', 'batch', 'step'],
    [
      required('flow', string),
      required('batch', integer),
      required('step', string),
      required('revision', integer),
      required('batch_time', timestamp),
      required('input_fingerprint', string),
      required('tables', json),
      required('row_counts', json),
      required('run_id', string),
      required('finished_at', timestamp),
    ],
  ),
  exports: EXPORTS_DATASET,
  taskResults: TASK_RESULTS_DATASET,
})

/** The table of a dataset that is stored as one. */
export function tableOf(dataset: Dataset): TableDefinition {
  return { name: dataset.table, columns: dataset.columns, key: dataset.key, isUnique: true }
}
