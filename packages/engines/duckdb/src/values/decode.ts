import type { DuckDBDataChunk } from '@duckdb/node-api'
import type { Vector } from '@duckdb/node-bindings'
import type { ColumnBatch, ColumnVector, DataType } from '@qarion/core'

import type { DuckdbBindings } from '../duckdb-driver.ts'

type Bindings = DuckdbBindings

/** How a column of a result lies in DuckDB's memory: the physical width of its values, in bytes. */
export interface ResultColumn {
  readonly type: DataType
  readonly widthBytes: number
}

/** The rows of a chunk as vectors of their own: nothing in them points into DuckDB's memory. */
export function decodeChunk(
  bindings: Bindings,
  chunk: DuckDBDataChunk,
  columns: readonly ResultColumn[],
): ColumnBatch {
  const { rowCount } = chunk
  return {
    rowCount,
    columns: columns.map((column, index) =>
      decodeVector(bindings, bindings.data_chunk_get_vector(chunk.chunk, index), column, rowCount),
    ),
  }
}

function decodeVector(
  bindings: Bindings,
  vector: Vector,
  { type, widthBytes }: ResultColumn,
  rowCount: number,
): ColumnVector {
  // Copied: the chunk's memory goes with the chunk. A copy is aligned, too.
  const bytes = Uint8Array.from(bindings.vector_get_data(vector, rowCount * widthBytes))
  const isNull = nullsOf(bindings, vector, rowCount)
  const marks = isNull === undefined ? {} : { isNull }
  switch (type.kind) {
    case 'boolean':
      return { layout: 'boolean', values: bytes, ...marks }
    case 'float':
      return { layout: 'float64', values: withoutNegativeZero(bytes), ...marks }
    case 'date':
      return { layout: 'int32', values: new Int32Array(bytes.buffer), ...marks }
    case 'integer':
    case 'time':
    case 'timestamp':
      return { layout: 'int64', values: toInt64(bytes, widthBytes), ...marks }
    case 'decimal':
      return type.precision > 18
        ? { layout: 'bigint', values: toBigints(bytes, widthBytes, isNull) }
        : { layout: 'int64', values: toInt64(bytes, widthBytes), ...marks }
    case 'string':
    case 'json':
      return { layout: 'text', values: readTexts(bindings, bytes, rowCount, isNull) }
    case 'binary':
      return { layout: 'bytes', values: readBlobs(bindings, bytes, rowCount, isNull) }
  }
}

/** There is one zero: arithmetic of doubles makes -0, which is equal and prints as another. */
function withoutNegativeZero(bytes: Uint8Array<ArrayBuffer>): Float64Array {
  const values = new Float64Array(bytes.buffer)
  for (let row = 0; row < values.length; row += 1) if (values[row] === 0) values[row] = 0
  return values
}

function nullsOf(bindings: Bindings, vector: Vector, rowCount: number): Uint8Array | undefined {
  const mask = bindings.vector_get_validity(
    vector,
    Math.ceil(rowCount / 64) * 8,
  ) as Uint8Array | null
  if (mask === null) return undefined
  const isNull = new Uint8Array(rowCount)
  let nulls = 0
  for (let row = 0; row < rowCount; row += 1) {
    if ((((mask[row >> 3] as number) >> (row & 7)) & 1) === 0) {
      isNull[row] = 1
      nulls += 1
    }
  }
  return nulls === 0 ? undefined : isNull
}

function toInt64(bytes: Uint8Array, widthBytes: number): BigInt64Array {
  const { buffer } = bytes as Uint8Array<ArrayBuffer>
  switch (widthBytes) {
    case 2:
      return BigInt64Array.from(new Int16Array(buffer), BigInt)
    case 4:
      return BigInt64Array.from(new Int32Array(buffer), BigInt)
    case 16:
      return BigInt64Array.from({ length: bytes.length / 16 }, (_, row) =>
        wideAt(new BigInt64Array(buffer), row),
      )
    default:
      return new BigInt64Array(buffer)
  }
}

function toBigints(
  bytes: Uint8Array,
  widthBytes: number,
  isNull: Uint8Array | undefined,
): (bigint | null)[] {
  const words = new BigInt64Array(bytes.buffer as ArrayBuffer)
  return Array.from({ length: bytes.length / widthBytes }, (_, row) =>
    isNull?.[row] === 1 ? null : wideAt(words, row),
  )
}

function wideAt(words: BigInt64Array, row: number): bigint {
  return ((words[row * 2 + 1] as bigint) << 64n) | BigInt.asUintN(64, words[row * 2] as bigint)
}

/** Longest text or blob that stands in the 16 bytes of its entry; others are behind a pointer. */
const INLINE_BYTES = 12

function bytesAt(bindings: Bindings, entries: Buffer, row: number): Buffer {
  const at = row * 16
  const length = entries.readUInt32LE(at)
  if (length <= INLINE_BYTES) return entries.subarray(at + 4, at + 4 + length)
  const bytes = bindings.get_data_from_pointer(
    entries.buffer as ArrayBuffer,
    entries.byteOffset + at + 8,
    length,
  )
  return Buffer.from(bytes.buffer, bytes.byteOffset, length)
}

function readTexts(
  bindings: Bindings,
  bytes: Uint8Array,
  rowCount: number,
  isNull: Uint8Array | undefined,
): (string | null)[] {
  const entries = Buffer.from(bytes.buffer as ArrayBuffer)
  return Array.from({ length: rowCount }, (_, row) =>
    isNull?.[row] === 1 ? null : bytesAt(bindings, entries, row).toString('utf8'),
  )
}

function readBlobs(
  bindings: Bindings,
  bytes: Uint8Array,
  rowCount: number,
  isNull: Uint8Array | undefined,
): (Uint8Array | null)[] {
  const entries = Buffer.from(bytes.buffer as ArrayBuffer)
  return Array.from({ length: rowCount }, (_, row) =>
    isNull?.[row] === 1 ? null : new Uint8Array(bytesAt(bindings, entries, row)),
  )
}
