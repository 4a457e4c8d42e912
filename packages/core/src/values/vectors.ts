import {
  LAYOUT_OF_TYPE,
  type ColumnBatch,
  type ColumnLayout,
  type ColumnVector,
} from '../data/column-batch.ts'
import { MAX_INT64_DECIMAL_PRECISION, type DataType } from '../data/data-type.ts'
import type { Row, Value } from '../data/value.ts'

/** The layout of a type's vectors. */
export function layoutOf(type: DataType): ColumnLayout {
  return type.kind === 'decimal' && type.precision > MAX_INT64_DECIMAL_PRECISION
    ? 'bigint'
    : LAYOUT_OF_TYPE[type.kind]
}

/** Collects the values of a column one by one. */
export interface VectorBuilder {
  readonly length: number
  append(value: Value | null): void
  /** The vector of what was appended; the builder starts anew. */
  finish(): ColumnVector
}

/** A builder for a type; `capacity` values fit before it has to grow. */
export function createVectorBuilder(type: DataType, capacity: number): VectorBuilder {
  const layout = layoutOf(type)
  switch (layout) {
    case 'text':
    case 'bigint':
    case 'bytes':
      return createListBuilder(layout)
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'float64':
      return createFlatBuilder(layout, Math.max(1, capacity))
  }
}

function createListBuilder(layout: 'text' | 'bigint' | 'bytes'): VectorBuilder {
  let values: (Value | null)[] = []
  return {
    get length() {
      return values.length
    },
    append: (value) => {
      values.push(value)
    },
    finish: () => {
      const vector = { layout, values } as ColumnVector
      values = []
      return vector
    },
  }
}

function createFlatBuilder(layout: FlatLayout, capacity: number): VectorBuilder {
  let room = capacity
  let buffer = allocate(layout, room)
  let isNull: Uint8Array | undefined
  let length = 0
  const grow = (): void => {
    room *= 2
    const wider = allocate(layout, room)
    wider.set(buffer as never)
    buffer = wider
    if (isNull === undefined) return
    const marks = new Uint8Array(room)
    marks.set(isNull)
    isNull = marks
  }
  return {
    get length() {
      return length
    },
    append: (value) => {
      if (length === room) grow()
      if (value === null) (isNull ??= new Uint8Array(room))[length] = 1
      else buffer[length] = (layout === 'boolean' ? Number(value) : value) as never
      length += 1
    },
    finish: () => {
      const vector = {
        layout,
        values: buffer.subarray(0, length),
        ...(isNull === undefined ? {} : { isNull: isNull.subarray(0, length) }),
      } as ColumnVector
      buffer = allocate(layout, room)
      isNull = undefined
      length = 0
      return vector
    },
  }
}

type FlatLayout = 'boolean' | 'int32' | 'int64' | 'float64'

function allocate(
  layout: FlatLayout,
  room: number,
): Uint8Array | Int32Array | BigInt64Array | Float64Array {
  switch (layout) {
    case 'boolean':
      return new Uint8Array(room)
    case 'int32':
      return new Int32Array(room)
    case 'int64':
      return new BigInt64Array(room)
    case 'float64':
      return new Float64Array(room)
  }
}

/** The vector that holds `values` in order. */
export function vectorFromValues(type: DataType, values: readonly (Value | null)[]): ColumnVector {
  const builder = createVectorBuilder(type, values.length)
  for (const value of values) builder.append(value)
  return builder.finish()
}

/** The value of one row; `null` is NULL. */
export function valueAt(vector: ColumnVector, row: number): Value | null {
  switch (vector.layout) {
    case 'text':
    case 'bigint':
    case 'bytes':
      return vector.values[row] ?? null
    case 'boolean':
      return vector.isNull?.[row] === 1 ? null : vector.values[row] === 1
    case 'int32':
    case 'int64':
    case 'float64':
      return vector.isNull?.[row] === 1 ? null : (vector.values[row] as Value)
  }
}

/** The rows of a batch one by one. For the few rows people look at and for tests; rows in bulk stay in columns. */
export function* rowsOf(batch: ColumnBatch): Generator<Row> {
  for (let row = 0; row < batch.rowCount; row += 1)
    yield batch.columns.map((column) => valueAt(column, row))
}
