import type { Expression } from '../plan/expression.ts'
import type { Query } from '../plan/query.ts'
import type { DataType } from './data-type.ts'

/** `<flow>.<dataset>`, for instance `orders.change_feed`. */
export type DatasetId = string

/** One column of a dataset. */
export interface Column {
  readonly name: string
  readonly type: DataType
  /** True where the column never holds NULL. */
  readonly required: boolean
  /** What the column reads as in rows stored before it was declared; NULL if absent. */
  readonly default?: Expression
  readonly description?: string
}

/**
 * How a dataset is stored.
 * - `table`: one table that every batch writes to.
 * - `batches`: a table per batch, of which the newest few are kept (`landing`, state carried over). A query names
 *   the batch it reads: `current` or `predecessor`.
 * - `view`: a stored query; engines without views inline it.
 */
export type DatasetStorage =
  | { readonly kind: 'table' }
  | { readonly kind: 'batches' }
  | { readonly kind: 'view'; readonly queries: readonly Query[] }

/** The declared structure of data at one point of a flow. */
export interface Dataset {
  readonly id: DatasetId
  /** Physical table name: `<namespace>_<flow>_<dataset>`. At most 63 bytes with the suffix of a batch. */
  readonly table: string
  readonly storage: DatasetStorage
  readonly columns: readonly Column[]
  /** Columns that identify a row; empty where rows have no key. Engines store rows by it where that pays. */
  readonly key: readonly string[]
  /** The unique order in which `show` and exports give rows. */
  readonly sortKey: readonly string[]
  /** Part of the flow's machinery, not of what users read. */
  readonly isInternal: boolean
  readonly description?: string
}

/** Which stored batch of a dataset with storage `batches` a query reads. */
export type BatchVersion = 'current' | 'predecessor'

/** Every system column starts with this; user columns may not. */
export const SYSTEM_COLUMN_PREFIX = 'xt_'

/** Longest table or column name, in bytes of UTF-8: the limit of the strictest engine (Postgres). */
export const MAX_IDENTIFIER_BYTES = 63
