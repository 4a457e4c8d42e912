import { requiredColumn } from './column.ts'
import { DataTypes } from './data-type.ts'
import type { Dataset } from './dataset.ts'

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
    requiredColumn('flow', DataTypes.string),
    requiredColumn('batch', DataTypes.integer),
    requiredColumn('ordinal', DataTypes.integer),
    // What `file_path` came to for the batch; with partitions the files lie in folders beside it.
    requiredColumn('target', DataTypes.string),
    requiredColumn('path', DataTypes.string),
    requiredColumn('state', DataTypes.string),
    requiredColumn('row_count', DataTypes.integer),
    requiredColumn('size_bytes', DataTypes.integer),
    requiredColumn('content_hash', DataTypes.string),
    requiredColumn('modified_at', DataTypes.timestamp),
    // Of the file that was there before, as far as it might be replaced.
    { name: 'replaced_hash', type: DataTypes.string, required: false },
    // Of what was exported and how: a run that goes on must agree with it.
    requiredColumn('fingerprint', DataTypes.string),
    requiredColumn('run_id', DataTypes.string),
    requiredColumn('exported_at', DataTypes.timestamp),
  ],
  key: KEY,
  sortKey: KEY,
  isInternal: true,
})
