import { DataTypes, type Column, type Dataset } from '@qarion/core'

export interface GrowthDatasets {
  /** Events by member, period and batch; a batch that takes events away counts below zero. */
  readonly activityCounts: Dataset
  /** Member and period by key of an event, as each batch told it; `undefined` where events have no key. */
  readonly eventPeriods: Dataset | undefined
  /** The class of each member by period, and `churned` in the period after. */
  readonly memberPeriods: Dataset
  /** Members by segment, period and class. */
  readonly periodCounts: Dataset
  readonly batchTotals: Dataset
}

/** A column that the flow type adds. */
export type NewColumn = Pick<Column, 'name' | 'type'>

export const PERIOD: NewColumn = Object.freeze({ name: 'xt_period', type: DataTypes.date })
export const EVENTS: NewColumn = Object.freeze({ name: 'xt_events', type: DataTypes.integer })
export const CLASS: NewColumn = Object.freeze({ name: 'xt_class', type: DataTypes.string })
export const IS_DELETED: NewColumn = Object.freeze({
  name: 'xt_is_deleted',
  type: DataTypes.boolean,
})

export const CLASSES: readonly string[] = ['new', 'retained', 'resurrected', 'churned']

/** What is counted of a batch, by column of `batch_totals`. */
export const COUNTS: readonly string[] = ['added_events', 'removed_events', 'entities']
