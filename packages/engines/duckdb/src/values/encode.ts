import type { Vector } from '@duckdb/node-bindings'
import type { ColumnVector, DataType } from '@qarion/core'

import type { DuckdbBindings } from '../duckdb-driver.ts'

type Bindings = DuckdbBindings

/** Writes `count` values from `from` on into a vector of the type's column type, whole arrays at a time where it can. */
export function encodeVector(
  bindings: Bindings,
  target: Vector,
  type: DataType,
  source: ColumnVector,
  from: number,
  count: number,
): void {
  switch (source.layout) {
    case 'text':
      for (let row = 0; row < count; row += 1) {
        const text = source.values[from + row]
        if (text !== null && text !== undefined)
          bindings.vector_assign_string_element(target, row, text)
      }
      break
    case 'bytes':
      for (let row = 0; row < count; row += 1) {
        const bytes = source.values[from + row]
        if (bytes !== null && bytes !== undefined)
          bindings.vector_assign_string_element_len(target, row, bytes)
      }
      break
    case 'bigint':
      copy(bindings, target, wideValues(source.values, from, count))
      break
    case 'int64':
      copy(bindings, target, narrowed(source.values.subarray(from, from + count), type))
      break
    case 'boolean':
    case 'int32':
    case 'float64':
      copy(bindings, target, source.values.subarray(from, from + count))
  }
  writeNulls(bindings, target, source, from, count)
}

type Flat = Uint8Array | Int16Array | Int32Array | BigInt64Array | Float64Array

function copy(bindings: Bindings, target: Vector, values: Flat): void {
  bindings.copy_data_to_vector(
    target,
    0,
    values.buffer as ArrayBuffer,
    values.byteOffset,
    values.byteLength,
  )
}

/** Decimals of few digits lie in fewer bytes. */
function narrowed(values: BigInt64Array, type: DataType): Flat {
  if (type.kind !== 'decimal' || type.precision > 9) return values
  return type.precision > 4 ? Int32Array.from(values, Number) : Int16Array.from(values, Number)
}

function wideValues(
  values: readonly (bigint | null)[],
  from: number,
  count: number,
): BigInt64Array {
  const words = new BigInt64Array(count * 2)
  for (let row = 0; row < count; row += 1) {
    const value = values[from + row] ?? 0n
    words[row * 2] = BigInt.asIntN(64, value)
    words[row * 2 + 1] = value >> 64n
  }
  return words
}

function writeNulls(
  bindings: Bindings,
  target: Vector,
  source: ColumnVector,
  from: number,
  count: number,
): void {
  let mask: Uint8Array | undefined
  const mark = (row: number): void => {
    mask ??= new Uint8Array(Math.ceil(count / 64) * 8).fill(0xff)
    mask[row >> 3] = (mask[row >> 3] as number) & ~(1 << (row & 7))
  }
  if ('isNull' in source && source.isNull !== undefined) {
    for (let row = 0; row < count; row += 1) if (source.isNull[from + row] === 1) mark(row)
  } else if (source.layout === 'text' || source.layout === 'bytes' || source.layout === 'bigint') {
    for (let row = 0; row < count; row += 1)
      if ((source.values[from + row] ?? null) === null) mark(row)
  }
  if (mask === undefined) return
  bindings.vector_ensure_validity_writable(target)
  bindings.copy_data_to_vector_validity(
    target,
    0,
    mask.buffer as ArrayBuffer,
    mask.byteOffset,
    mask.byteLength,
  )
}
