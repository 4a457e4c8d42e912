import { optionalColumn, requiredColumn } from './column.ts'
import { DataTypes } from './data-type.ts'
import type { Dataset } from './dataset.ts'

const KEY = Object.freeze(['flow', 'batch', 'task'])

/** What came of the tasks of flows, batch by batch, as the engine records it beside the rows. */
export const TASK_RESULTS_DATASET: Dataset = Object.freeze({
  id: 'xt_task_results',
  table: 'xt_task_results',
  description: 'What came of the tasks of batches.',
  storage: { kind: 'table' as const },
  columns: [
    requiredColumn('flow', DataTypes.string),
    requiredColumn('batch', DataTypes.integer),
    requiredColumn('task', DataTypes.string),
    requiredColumn('status', DataTypes.string),
    optionalColumn('value', DataTypes.json),
    optionalColumn('branch', DataTypes.string),
    optionalColumn('error', DataTypes.json),
    // Columns of the dataset that it wrote: rows of other types are not put among them.
    optionalColumn('columns', DataTypes.json),
    requiredColumn('attempts', DataTypes.integer),
    // Of the task, the variables and what came of the tasks before it: a run that goes on must agree with it.
    requiredColumn('fingerprint', DataTypes.string),
    requiredColumn('run_id', DataTypes.string),
    requiredColumn('finished_at', DataTypes.timestamp),
  ],
  key: KEY,
  sortKey: KEY,
  isInternal: true,
})
