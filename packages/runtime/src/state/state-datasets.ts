import {
  DataTypes,
  EXPORTS_DATASET,
  optionalColumn,
  requiredColumn,
  TASK_RESULTS_DATASET,
  type Column,
  type Dataset,
  type TableDefinition,
} from '@qarion/core'

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
      requiredColumn('flow', string),
      requiredColumn('batch', integer),
      requiredColumn('revision', integer),
      requiredColumn('batch_time', timestamp),
      requiredColumn('definition', json),
      requiredColumn('input_fingerprint', string),
      requiredColumn('tables', json),
      requiredColumn('run_id', string),
      requiredColumn('committed_at', timestamp),
    ],
  ),
  inputs: stateDataset(
    'xt_inputs',
    'Files of each batch.',
    ['flow', 'batch', 'ordinal'],
    [
      requiredColumn('flow', string),
      requiredColumn('batch', integer),
      requiredColumn('ordinal', integer),
      requiredColumn('name', string),
      requiredColumn('size_bytes', integer),
      requiredColumn('modified_at', timestamp),
      requiredColumn('content_hash', string),
      optionalColumn('row_count', integer),
      optionalColumn('bookmark', string),
    ],
  ),
  steps: stateDataset(
    'xt_steps',
    'Steps that are done.',
    ['flow', 'batch', 'step'],
    [
      requiredColumn('flow', string),
      requiredColumn('batch', integer),
      requiredColumn('step', string),
      requiredColumn('revision', integer),
      requiredColumn('batch_time', timestamp),
      requiredColumn('input_fingerprint', string),
      requiredColumn('tables', json),
      requiredColumn('row_counts', json),
      requiredColumn('run_id', string),
      requiredColumn('finished_at', timestamp),
    ],
  ),
  exports: EXPORTS_DATASET,
  taskResults: TASK_RESULTS_DATASET,
})

/** The table of a dataset that is stored as one. */
export function tableOf(dataset: Dataset): TableDefinition {
  return { name: dataset.table, columns: dataset.columns, key: dataset.key, isUnique: true }
}
