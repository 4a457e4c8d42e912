import { DataTypes, type DataType } from './data-type.ts'
import type { Column, Dataset } from './dataset.ts'

const required = (name: string, type: DataType): Column => ({ name, type, required: true })

const KEY = Object.freeze(['flow', 'batch', 'ordinal'])

/**
 * The files that flows wrote, as the engine records them beside the rows. Flow types that export name it in views over
 * their own files.
 */
export const EXPORTS_DATASET: Dataset = Object.freeze({
  id: 'xt_exports',
  table: 'xt_exports',
  description: 'Files that batches were exported to.',
  storage: { kind: 'table' as const },
  columns: [
    required('flow', DataTypes.string),
    required('batch', DataTypes.integer),
    required('ordinal', DataTypes.integer),
    // What `file_path` came to for the batch; with partitions the files lie in folders beside it.
    required('target', DataTypes.string),
    required('path', DataTypes.string),
    required('state', DataTypes.string),
    required('row_count', DataTypes.integer),
    required('size_bytes', DataTypes.integer),
    required('content_hash', DataTypes.string),
    required('modified_at', DataTypes.timestamp),
    // Of the file that was there before, as far as it might be replaced.
    { name: 'replaced_hash', type: DataTypes.string, required: false },
    // Of what was exported and how: a run that goes on must agree with it.
    required('fingerprint', DataTypes.string),
    required('run_id', DataTypes.string),
    required('exported_at', DataTypes.timestamp),
  ],
  key: KEY,
  sortKey: KEY,
  isInternal: true,
})
