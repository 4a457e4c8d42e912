import type { Column, Dataset, DatasetId } from '@qarion/core'

import type { CompileContext } from '../compile/context.ts'
import { sqlError } from '../sql-errors.ts'

/** The table that a write goes to. */
export interface Target {
  readonly dataset: Dataset
  readonly table: string
  /** Columns that the table stores, in order. */
  readonly columns: readonly Column[]
}

/** The table that holds a dataset, or its current batch. Throws QRN-SQL-001 or QRN-SQL-005 where there is none. */
export function targetOf(id: DatasetId, { catalog }: CompileContext): Target {
  const dataset = catalog.datasets.get(id)
  if (dataset === undefined)
    throw sqlError(
      'QRN-SQL-001',
      `The plan writes to the dataset ${id}, which is not in the catalog.`,
    )
  switch (dataset.storage.kind) {
    case 'table':
      return { dataset, table: dataset.table, columns: dataset.columns }
    case 'batches': {
      const batch = catalog.batches.get(id)?.current
      if (batch === undefined)
        throw sqlError('QRN-SQL-005', `The current batch of ${id} has no table to write to.`)
      const columns = dataset.columns.filter(({ name }) => batch.columns.includes(name))
      return { dataset, table: batch.table, columns }
    }
    case 'view':
      throw sqlError('QRN-SQL-001', `The plan writes to ${id}, which is a view.`)
  }
}
