import type { ColumnVector } from '@qarion/core'

const LOW_HALF = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1

/** A column of 64-bit integers as it is filled; what is not set is 0. */
export interface Int64Column {
  readonly values: BigInt64Array
  /** The same memory in halves: making a bigint per value would cost more than reading it. */
  readonly halves: Int32Array
  /** Made with the first NULL. */
  isNull: Uint8Array | undefined
}

export function createInt64Column(count: number): Int64Column {
  const values = new BigInt64Array(count)
  return { values, halves: new Int32Array(values.buffer), isNull: undefined }
}

/** Sets a value that is a safe integer. */
export function setSafeInteger({ halves }: Int64Column, row: number, value: number): void {
  halves[row * 2 + LOW_HALF] = value | 0
  halves[row * 2 + 1 - LOW_HALF] = Math.floor(value / 4_294_967_296)
}

/** Marks a row as NULL. */
export function setNull(
  column: { readonly values: ArrayLike<unknown>; isNull: Uint8Array | undefined },
  row: number,
): void {
  ;(column.isNull ??= new Uint8Array(column.values.length))[row] = 1
}

export function int64Vector({ values, isNull }: Int64Column): ColumnVector {
  return isNull === undefined ? { layout: 'int64', values } : { layout: 'int64', values, isNull }
}
