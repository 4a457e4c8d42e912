import type { DataTypeKind } from './data-type.ts'

/**
 * The values of one column of a batch. `isNull[i] === 1` marks row i as NULL, whatever `values[i]` holds;
 * without `isNull` no row is NULL. The forms are those of Arrow's buffers where JavaScript has one, so that
 * batches cross threads by transfer.
 */
export type ColumnVector =
  | { readonly layout: 'boolean'; readonly values: Uint8Array; readonly isNull?: Uint8Array }
  /** integer, time (µs), timestamp (µs), decimal up to 18 digits (unscaled) */
  | { readonly layout: 'int64'; readonly values: BigInt64Array; readonly isNull?: Uint8Array }
  /** date: days since 1970-01-01 */
  | { readonly layout: 'int32'; readonly values: Int32Array; readonly isNull?: Uint8Array }
  | { readonly layout: 'float64'; readonly values: Float64Array; readonly isNull?: Uint8Array }
  /** string, json; NULL is `null` in place */
  | { readonly layout: 'text'; readonly values: readonly (string | null)[] }
  /** decimal beyond 18 digits, unscaled; NULL is `null` in place */
  | { readonly layout: 'bigint'; readonly values: readonly (bigint | null)[] }
  /** binary; NULL is `null` in place */
  | { readonly layout: 'bytes'; readonly values: readonly (Uint8Array | null)[] }

export type ColumnLayout = ColumnVector['layout']

/** A run of rows, column by column, in the order of the columns it was asked for. A few thousand rows at most. */
export interface ColumnBatch {
  readonly rowCount: number
  readonly columns: readonly ColumnVector[]
}

/** The layout of each type's vectors; decimals beyond 18 digits are `bigint`. */
export const LAYOUT_OF_TYPE: Readonly<Record<DataTypeKind, ColumnLayout>> = Object.freeze({
  boolean: 'boolean',
  integer: 'int64',
  decimal: 'int64',
  float: 'float64',
  string: 'text',
  date: 'int32',
  time: 'int64',
  timestamp: 'int64',
  json: 'text',
  binary: 'bytes',
})

/** Rows in flight per batch that measured best: large enough to amortise a hand-over, small in memory. */
export const ROWS_PER_BATCH = 4096
