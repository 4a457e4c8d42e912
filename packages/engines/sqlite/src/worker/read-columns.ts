import { layoutOf, type ColumnLayout, type ColumnVector, type DataType } from '@qarion/core'

import { dateDays, type SqliteValue } from '../sqlite-types.ts'

/** Puts one column of rows into a vector. */
export interface ColumnReader {
  /** Takes the values at `column` of the rows in, from place `to` on. */
  read(rows: Rows, column: number, to: number): void
  /** The vector of the first `rowCount` values; the reader starts anew. */
  finish(rowCount: number): ColumnVector
}

type Rows = readonly (readonly SqliteValue[])[]

/** A reader of a type's stored form, for vectors of at most `capacity` values. */
export function createColumnReader(type: DataType, capacity: number): ColumnReader {
  return READERS[layoutOf(type)](capacity)
}

const READERS: Readonly<Record<ColumnLayout, (capacity: number) => ColumnReader>> = {
  text: () => createListReader('text'),
  bytes: () => createListReader('bytes'),
  bigint: () => createListReader('bigint'),
  // Each has a loop of its own, which the engine of JavaScript compiles for the one kind of value it sees.
  int64: (capacity) => {
    const start = (): BigInt64Array => new BigInt64Array(capacity)
    return createFlatReader('int64', capacity, start, (values, marks, rows, column, to) => {
      for (let row = 0; row < rows.length; row += 1) {
        const value = rows[row]?.[column] as bigint | null
        if (value === null) marks()[to + row] = 1
        else values[to + row] = value
      }
    })
  },
  int32: (capacity) => {
    const start = (): Int32Array => new Int32Array(capacity)
    return createFlatReader('int32', capacity, start, (values, marks, rows, column, to) => {
      for (let row = 0; row < rows.length; row += 1) {
        const value = rows[row]?.[column] as string | null
        if (value === null) marks()[to + row] = 1
        else values[to + row] = dateDays(value)
      }
    })
  },
  float64: (capacity) => {
    const start = (): Float64Array => new Float64Array(capacity)
    return createFlatReader('float64', capacity, start, (values, marks, rows, column, to) => {
      for (let row = 0; row < rows.length; row += 1) {
        const value = rows[row]?.[column] as number | bigint | null
        if (value === null) marks()[to + row] = 1
        else values[to + row] = Number(value)
      }
    })
  },
  boolean: (capacity) => {
    const start = (): Uint8Array => new Uint8Array(capacity)
    return createFlatReader('boolean', capacity, start, (values, marks, rows, column, to) => {
      for (let row = 0; row < rows.length; row += 1) {
        const value = rows[row]?.[column] as bigint | null
        if (value === null) marks()[to + row] = 1
        else values[to + row] = value === 1n ? 1 : 0
      }
    })
  },
}

function createListReader(layout: 'text' | 'bytes' | 'bigint'): ColumnReader {
  let values: SqliteValue[] = []
  return {
    read: (rows, column) => {
      for (const row of rows) values.push(row[column] as SqliteValue)
    },
    finish: () => {
      const vector = { layout, values } as ColumnVector
      values = []
      return vector
    },
  }
}

interface Flat<Values> {
  readonly subarray: (start: number, end: number) => Values
}

/** Copies values, and marks those that are NULL. */
type Copy<Values> = (
  values: Values,
  marks: () => Uint8Array,
  rows: Rows,
  column: number,
  to: number,
) => void

function createFlatReader<Values extends Flat<Values>>(
  layout: 'int64' | 'int32' | 'float64' | 'boolean',
  capacity: number,
  start: () => Values,
  copy: Copy<Values>,
): ColumnReader {
  let values = start()
  let isNull: Uint8Array | undefined
  const marks = (): Uint8Array => (isNull ??= new Uint8Array(capacity))
  return {
    read: (rows, column, to) => copy(values, marks, rows, column, to),
    finish: (rowCount) => {
      const vector = {
        layout,
        values: values.subarray(0, rowCount),
        ...(isNull === undefined ? {} : { isNull: isNull.subarray(0, rowCount) }),
      } as unknown as ColumnVector
      values = start()
      isNull = undefined
      return vector
    },
  }
}
