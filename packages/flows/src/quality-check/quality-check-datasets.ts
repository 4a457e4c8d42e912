import {
  DataTypes,
  decimalType,
  type Column,
  type Dataset,
  type DataType,
  type FlowDefinition,
} from '@qarion/core'

import { tableName } from '../dataset-table.ts'

export interface QualityCheckDatasets {
  readonly results: Dataset
  readonly failures: Dataset
  /** The rows that each `row_count` has counted, for the batch after. */
  readonly rowCounts: Dataset
}

const { integer, string, json, timestamp } = DataTypes
export const FRACTION: DataType = decimalType(18, 6)

function column(
  name: string,
  type: DataType,
  description: string,
  required: boolean = true,
): Column {
  return { name, type, required, description }
}

/** The datasets of quality checks, without those that deliveries need. */
export function qualityCheckDatasets(definition: FlowDefinition): QualityCheckDatasets {
  const dataset = (name: string, rest: Omit<Dataset, 'id' | 'table'>): Dataset => ({
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
    ...rest,
  })
  const batch = [
    column('xt_batch_id', integer, 'The batch in which the check was made.'),
    column('xt_batch_time', timestamp, 'Time of the batch.'),
  ]
  const check = [
    column('suite_id', string, 'The suite that the check belongs to.'),
    column('check_id', string, 'The check.'),
  ]
  return Object.freeze({
    results: dataset('results', {
      description: 'What each check found, batch by batch.',
      storage: { kind: 'table' },
      isInternal: false,
      columns: [
        ...batch,
        ...check,
        column('check_number', integer, 'Place of the check in the file, from 1.'),
        column('check_name', string, 'Its name for people.'),
        column('check_type', string, 'What is checked.'),
        column('dataset_id', string, 'The dataset whose rows were checked.'),
        column('columns', json, 'The columns that it is about.'),
        column('severity', string, '`error` or `warning`.'),
        column('status', string, '`passed`, `failed`, or `skipped` after a failure.'),
        column('rows_checked', integer, 'The rows that were looked at.', false),
        column('rows_failed', integer, 'The rows that fail; NULL of checks of all rows.', false),
        column('passed_fraction', FRACTION, 'The part of the rows that pass.', false),
        column('threshold', FRACTION, 'The part of the rows that must pass.', false),
        column('expected', string, 'What a check of all rows asks for.', false),
        column('observed', string, 'What such a check found.', false),
      ],
      key: ['xt_batch_id', 'suite_id', 'check_id'],
      sortKey: ['xt_batch_id', 'check_number'],
    }),
    failures: dataset('failures', {
      description: 'The rows that fail, by their keys.',
      storage: { kind: 'table' },
      isInternal: false,
      columns: [
        ...batch,
        ...check,
        column('failure_number', integer, 'Place among the failing rows of the check, from 1.'),
        column('dataset_id', string, 'The dataset that holds the row.'),
        column('row_key', string, 'The key of the row as text (`key_text`).'),
        column('key_columns', json, 'The columns that make up the key.'),
        column('failed_values', string, 'What the columns of the check hold (`key_text`).', false),
      ],
      key: ['xt_batch_id', 'suite_id', 'check_id', 'failure_number'],
      sortKey: ['xt_batch_id', 'suite_id', 'check_id', 'failure_number'],
    }),
    rowCounts: dataset('row_counts', {
      description: 'The rows that each check of the number of rows has counted.',
      storage: { kind: 'batches' },
      isInternal: true,
      columns: [...check, column('rows', integer, 'The number of rows.')],
      key: ['suite_id', 'check_id'],
      sortKey: ['suite_id', 'check_id'],
    }),
  })
}
