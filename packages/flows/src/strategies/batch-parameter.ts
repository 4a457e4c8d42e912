import { DataTypes, type Column, type Expression, type Rule } from '@qarion/core'
import { column, equal, filter, parameter } from '@qarion/plan'

/** The column that says to which batch a row belongs. */
export const BATCH_ID: Pick<Column, 'name' | 'type'> = Object.freeze({
  name: 'xt_batch_id',
  type: DataTypes.integer,
})

/** Number and time of the batch that a step works on: docs/architecture.md, "Parameters". */
export const batchId: Expression = parameter('batch_id', DataTypes.integer)
export const batchTime: Expression = parameter('batch_time', DataTypes.timestamp)

/** Whether a row belongs to the batch. */
export const isOfBatch: Expression = equal(column(BATCH_ID.name, BATCH_ID.type), batchId)

/** The rows of the batch. */
export const ofBatch: Rule = filter(isOfBatch)
