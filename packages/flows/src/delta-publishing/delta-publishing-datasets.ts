import { DataTypes, type Column, type Dataset, type FlowDefinition } from '@qarion/core'
import { literal } from '@qarion/plan'

import { toColumn } from '../change-feed/change-feed-datasets.ts'
import { tableName } from '../dataset-table.ts'
import type { DeltaPublishingSettings } from './delta-publishing-settings.ts'

export interface DeltaPublishingDatasets {
  readonly deltaTransaction: Dataset
  readonly published: Dataset
}

const TRANSACTION_ID: Column = {
  name: 'xt_transaction_id',
  type: DataTypes.string,
  required: true,
  description: 'Key, batch, revision and type as canonical text.',
}
const POSTED_AT: Column = {
  name: 'xt_posted_at',
  type: DataTypes.timestamp,
  required: true,
  description: 'Time of the batch.',
}

/** The ledger and the state that it adds up to. */
export function deltaPublishingDatasets(
  definition: FlowDefinition,
  { key, dimensions, measures }: DeltaPublishingSettings,
): DeltaPublishingDatasets {
  const keyNames = key.map(({ name }) => name)
  const columns: readonly Column[] = [
    ...key.map((column) => ({ ...toColumn(column), required: true })),
    ...dimensions.map((column) => ({ ...toColumn(column), required: false })),
    // What was posted before a column became a measure holds nothing of it.
    ...measures.map((column) => ({
      ...toColumn(column),
      required: false,
      default: literal(column.type, '0'),
    })),
  ]
  const dataset = (
    name: string,
    rest: Pick<Dataset, 'description' | 'columns' | 'key' | 'sortKey'>,
  ): Dataset => ({
    ...rest,
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
    storage: { kind: 'table' },
    isInternal: false,
  })
  const ledgerKey = ['xt_batch_id', 'xt_revision']
  return Object.freeze({
    deltaTransaction: dataset('delta_transaction', {
      description: 'The ledger: signed amounts, never changed once they are posted.',
      columns: [
        TRANSACTION_ID,
        {
          name: 'xt_transaction_type',
          type: DataTypes.string,
          required: true,
          description: '`insert`, `reversal`, `restatement` or `deletion`.',
        },
        {
          name: 'xt_reverses_transaction_id',
          type: DataTypes.string,
          required: false,
          description: 'The transaction whose amounts this one takes back.',
        },
        ...columns,
        {
          name: 'xt_batch_id',
          type: DataTypes.integer,
          required: true,
          description: 'The batch that posted it.',
        },
        {
          name: 'xt_revision',
          type: DataTypes.integer,
          required: true,
          description: '1, and more for what was posted when the batch was applied anew.',
        },
        POSTED_AT,
      ],
      // Batch and revision first: what a batch posted is found without reading what others did.
      key: [...ledgerKey, 'xt_transaction_type', ...keyNames],
      sortKey: [...ledgerKey, ...keyNames, 'xt_transaction_type'],
    }),
    published: dataset('published', {
      description: 'The amounts that the ledger adds up to, one row per key.',
      columns: [
        ...columns,
        { ...TRANSACTION_ID, description: 'The transaction that posted the amounts.' },
        { ...POSTED_AT, description: 'Time of the batch that posted them.' },
      ],
      key: keyNames,
      sortKey: keyNames,
    }),
  })
}
