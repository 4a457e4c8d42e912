import { DataTypes, type DataType } from './data-type.ts'
import type { Column, Dataset } from './dataset.ts'

const required = (name: string, type: DataType): Column => ({ name, type, required: true })
const optional = (name: string, type: DataType): Column => ({ name, type, required: false })

const KEY = Object.freeze(['flow', 'batch', 'task'])

/** What came of the tasks of flows, batch by batch, as the engine records it beside the rows. */
export const TASK_RESULTS_DATASET: Dataset = Object.freeze({
  id: 'xt_task_results',
  table: 'xt_task_results',
  description: 'What came of the tasks of batches.',
  storage: { kind: 'table' as const },
  columns: [
    required('flow', DataTypes.string),
    required('batch', DataTypes.integer),
    required('task', DataTypes.string),
    required('status', DataTypes.string),
    optional('value', DataTypes.json),
    optional('branch', DataTypes.string),
    optional('error', DataTypes.json),
    // Columns of the dataset that it wrote: rows of other types are not put among them.
    optional('columns', DataTypes.json),
    required('attempts', DataTypes.integer),
    // Of the task, the variables and what came of the tasks before it: a run that goes on must agree with it.
    required('fingerprint', DataTypes.string),
    required('run_id', DataTypes.string),
    required('finished_at', DataTypes.timestamp),
  ],
  key: KEY,
  sortKey: KEY,
  isInternal: true,
})
