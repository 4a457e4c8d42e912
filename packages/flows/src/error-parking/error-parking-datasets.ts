import { DataTypes, type Column, type Dataset, type FlowDefinition } from '@qarion/core'

import { toColumn } from '../change-feed/change-feed-datasets.ts'
import { tableName } from '../dataset-table.ts'
import { BATCH_ID } from '../strategies/batch-parameter.ts'
import type { ErrorParkingSettings } from './error-parking-settings.ts'

export interface ErrorParkingDatasets {
  readonly target: Dataset
  readonly errorParking: Dataset
  /** Rows as they were before a batch moved, replaced or deleted them, so that it can be taken back. */
  readonly replacedRows: Dataset
  readonly batchTotals: Dataset
}

type SystemColumn = Pick<Column, 'name' | 'type'>

export const BATCH_TIME: SystemColumn = Object.freeze({
  name: 'xt_batch_time',
  type: DataTypes.timestamp,
})
export const FAILED_CHECKS: SystemColumn = Object.freeze({
  name: 'xt_failed_checks',
  type: DataTypes.json,
})
export const IS_PARKED: SystemColumn = Object.freeze({
  name: 'xt_is_parked',
  type: DataTypes.boolean,
})
export const REPLACED_BY: SystemColumn = Object.freeze({
  name: 'xt_replaced_batch_id',
  type: DataTypes.integer,
})

/** What is counted of a batch, by column of `batch_totals`. */
export const COUNTS = ['passed', 'parked', 'released', 'deleted'] as const

/** Whether rows that fail checks of severity `warning` stand in the target, with the names of these. */
export function warns({ checks }: Pick<ErrorParkingSettings, 'checks'>): boolean {
  return checks.some(({ severity }) => severity === 'warning')
}

/** The stored datasets of error parking, without those that deliveries need. */
export function errorParkingDatasets(
  definition: FlowDefinition,
  settings: ErrorParkingSettings,
): ErrorParkingDatasets {
  const key = settings.key.map(({ name }) => name)
  const columns = settings.columns
    .map(toColumn)
    .map((column) => ({ ...column, required: key.includes(column.name) }))
  const dataset = (
    name: string,
    rest: Pick<Dataset, 'columns' | 'key' | 'description'> & { isInternal?: boolean },
  ): Dataset => ({
    isInternal: false,
    ...rest,
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
    storage: { kind: 'table' },
    sortKey: rest.key,
  })
  const batch = [
    { ...BATCH_ID, required: true, description: 'The batch that put the row here as it is.' },
    { ...BATCH_TIME, required: true, description: 'Time of that batch.' },
  ]
  return Object.freeze({
    target: dataset('target', {
      description: 'The rows of the newest snapshot that pass.',
      columns: [
        ...columns,
        ...(warns(settings)
          ? [
              {
                ...FAILED_CHECKS,
                required: false,
                description: 'Ids of the checks of severity warning that the row fails; else NULL.',
              },
            ]
          : []),
        ...batch,
      ],
      key,
    }),
    errorParking: dataset('error_parking', {
      description: 'The rows of the newest snapshot that fail a check of severity error.',
      columns: [
        ...columns,
        {
          ...FAILED_CHECKS,
          required: true,
          description: 'Ids of all checks that the row fails.',
        },
        ...batch,
      ],
      key,
    }),
    replacedRows: dataset('replaced_rows', {
      description: 'Rows as they were before a batch changed them: so it is taken back.',
      columns: [
        ...columns,
        {
          ...FAILED_CHECKS,
          required: false,
          description: 'Ids of the checks that the row failed.',
        },
        ...batch,
        { ...IS_PARKED, required: true },
        { ...REPLACED_BY, required: true },
      ],
      key: [REPLACED_BY.name, ...key],
      isInternal: true,
    }),
    batchTotals: dataset('batch_totals', {
      description: 'What each batch did.',
      columns: [
        { ...BATCH_ID, required: true },
        ...COUNTS.map((name) => ({ name, type: DataTypes.integer, required: true })),
      ],
      key: [BATCH_ID.name],
      isInternal: true,
    }),
  })
}
