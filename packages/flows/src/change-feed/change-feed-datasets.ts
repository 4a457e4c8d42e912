import { DataTypes, type Column, type Dataset, type FlowDefinition, type Query } from '@qarion/core'

import { tableName } from '../dataset-table.ts'
import type { ChangeFeedSettings } from './change-feed-settings.ts'

export interface ChangeFeedDatasets {
  readonly landing: Dataset
  readonly carried: Dataset
  readonly changeFeed: Dataset
  readonly deletedKeys: Dataset
  readonly rejects: Dataset
  /** Keys whose delivered rows were refused; only where the flow type refuses rows. */
  readonly refusedKeys?: Dataset
}

const BATCH_ID: Column = { name: 'xt_batch_id', type: DataTypes.integer, required: true }
const BATCH_TIME: Column = { name: 'xt_batch_time', type: DataTypes.timestamp, required: true }
const SOURCE_FILE: Column = { name: 'xt_source_file', type: DataTypes.string, required: true }
const SOURCE_LINE: Column = { name: 'xt_source_line', type: DataTypes.integer, required: true }

/** The stored datasets of a change feed. */
export function changeFeedDatasets(
  definition: FlowDefinition,
  settings: Pick<ChangeFeedSettings, 'key' | 'columns' | 'compared' | 'beforeImage'>,
): ChangeFeedDatasets {
  const keyNames = settings.key.map((column) => column.name)
  const input = settings.columns.map(toColumn)
  const optionalInput = input.map((column) =>
    keyNames.includes(column.name) ? { ...column, required: true } : { ...column, required: false },
  )
  const dataset = (
    name: string,
    rest: Omit<Dataset, 'id' | 'table' | 'isInternal'> & { isInternal?: boolean },
  ): Dataset => ({
    isInternal: false,
    ...rest,
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
  })
  return Object.freeze({
    landing: dataset('landing', {
      description: 'The rows of the newest deliveries as they were accepted.',
      storage: { kind: 'batches' },
      columns: [...input, BATCH_ID, BATCH_TIME, SOURCE_FILE, SOURCE_LINE],
      key: keyNames,
      sortKey: ['xt_batch_id', 'xt_source_file', 'xt_source_line'],
    }),
    carried: dataset('carried', {
      description: 'Rows of the predecessor that stay although the delivery does not hold them.',
      storage: { kind: 'batches' },
      columns: input,
      key: keyNames,
      sortKey: keyNames,
      isInternal: true,
    }),
    changeFeed: dataset('change_feed', {
      description: 'What each batch changed.',
      storage: { kind: 'table' },
      columns: [
        ...optionalInput,
        BATCH_ID,
        BATCH_TIME,
        { name: 'xt_record_type', type: DataTypes.string, required: true },
        { name: 'xt_changed_columns', type: DataTypes.json, required: false },
        ...(settings.beforeImage
          ? settings.compared.map(({ column }) => ({
              ...toColumn(column),
              name: beforeName(column.name),
              required: false,
            }))
          : []),
      ],
      // With the record type, rows of a type are counted and sampled from the key alone.
      key: ['xt_batch_id', 'xt_record_type', ...keyNames],
      sortKey: ['xt_batch_id', ...keyNames],
    }),
    deletedKeys: dataset('deleted_keys', {
      description:
        'Keys that were deleted, by the batch that deleted them: what comes back is reinserted.',
      storage: { kind: 'table' },
      columns: [...input.filter((column) => keyNames.includes(column.name)), BATCH_ID],
      key: [...keyNames, 'xt_batch_id'],
      sortKey: [...keyNames, 'xt_batch_id'],
      isInternal: true,
    }),
    rejects: dataset('rejects', {
      description: 'Rows that were not accepted, with the reason.',
      storage: { kind: 'table' },
      columns: [
        BATCH_ID,
        BATCH_TIME,
        SOURCE_FILE,
        SOURCE_LINE,
        { name: 'xt_column', type: DataTypes.string, required: false },
        { name: 'xt_value', type: DataTypes.string, required: false },
        { name: 'xt_reason', type: DataTypes.string, required: true },
        { name: 'xt_problems', type: DataTypes.json, required: true },
        { name: 'xt_raw', type: DataTypes.string, required: true },
        ...input
          .filter((column) => keyNames.includes(column.name))
          .map((column) => ({ ...column, required: false })),
      ],
      key: ['xt_batch_id', 'xt_source_file', 'xt_source_line'],
      sortKey: ['xt_batch_id', 'xt_source_file', 'xt_source_line'],
    }),
  })
}

/** Where a flow type that refuses rows keeps their keys. */
export function refusedKeysDataset(
  definition: FlowDefinition,
  { key }: Pick<ChangeFeedSettings, 'key'>,
): Dataset {
  const keyNames = key.map((column) => column.name)
  return {
    id: `${definition.id}.refused_keys`,
    table: tableName(definition, 'refused_keys'),
    description: 'Keys whose delivered rows were refused: they keep the rows of the predecessor.',
    storage: { kind: 'batches' },
    columns: key.map((column) => ({ ...toColumn(column), required: true })),
    key: keyNames,
    sortKey: keyNames,
    isInternal: true,
  }
}

/** The view `current`: the snapshot of the newest batch. */
export function currentDataset(
  definition: FlowDefinition,
  settings: ChangeFeedSettings,
  queries: readonly Query[],
): Dataset {
  const keyNames = settings.key.map((column) => column.name)
  return {
    id: `${definition.id}.current`,
    table: tableName(definition, 'current'),
    description: 'The rows as they are after the newest batch.',
    storage: { kind: 'view', queries },
    columns: settings.columns.map(toColumn),
    key: keyNames,
    sortKey: keyNames,
    isInternal: false,
  }
}

/** Name of the column that holds the value before. */
export function beforeName(column: string): string {
  return `xt_before_${column}`
}

/** The column as a dataset has it, without what is about files. */
export function toColumn(column: ChangeFeedSettings['columns'][number]): Column {
  return {
    name: column.name,
    type: column.type,
    required: column.required,
    ...(column.default === undefined ? {} : { default: column.default }),
    ...(column.description === undefined ? {} : { description: column.description }),
  }
}
