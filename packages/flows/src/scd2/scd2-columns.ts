import { DataTypes, type Column, type Expression } from '@qarion/core'
import { column } from '@qarion/plan'

/** Name and type of a column that the flow type adds. */
export type SystemColumn = Pick<Column, 'name' | 'type'>

const systemColumn = (name: string, type: SystemColumn['type']): SystemColumn =>
  Object.freeze({ name, type })

export const VERSION: SystemColumn = systemColumn('xt_version', DataTypes.integer)
export const VERSION_ID: SystemColumn = systemColumn('xt_version_id', DataTypes.string)
export const VALID_FROM: SystemColumn = systemColumn('xt_valid_from', DataTypes.timestamp)
export const VALID_TO: SystemColumn = systemColumn('xt_valid_to', DataTypes.timestamp)
export const IS_CURRENT: SystemColumn = systemColumn('xt_is_current', DataTypes.boolean)
export const CLOSE_REASON: SystemColumn = systemColumn('xt_close_reason', DataTypes.string)
export const CLOSED_BATCH_ID: SystemColumn = systemColumn('xt_closed_batch_id', DataTypes.integer)
export const CHANGED_COLUMNS: SystemColumn = systemColumn('xt_changed_columns', DataTypes.json)

/** What is told of a batch: what became of keys in it. */
export const COUNTS = ['new', 'changed', 'deleted', 'reinserted'] as const

/** Before the names of the columns of a key's open version, in queries over changes. */
export const OPEN = 'xt_open_'
/** The same of the last version of a key that has no open one. */
export const ENDED = 'xt_ended_'

export function valueOf({ name, type }: SystemColumn, prefix = ''): Expression {
  return column(prefix + name, type)
}
