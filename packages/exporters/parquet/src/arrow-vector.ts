import { wordsOf, type ColumnVector } from '@qarion/core'
import * as arrow from 'apache-arrow'

/** What a column takes in memory by Arrow's layout. */
export interface ArrowBuffers {
  readonly nullCount: number
  readonly nullBitmap?: Uint8Array
  readonly data: Uint8Array | Int32Array | BigInt64Array | Float64Array | Uint32Array
  readonly valueOffsets?: Int32Array
}

/** The vector as Arrow data of its type; buffers that are laid out alike are taken as they are. */
export function arrowData(type: arrow.DataType, vector: ColumnVector, length: number): arrow.Data {
  return arrow.makeData({ type, length, ...buffersOf(type, vector, length) } as never)
}

function buffersOf(type: arrow.DataType, vector: ColumnVector, length: number): ArrowBuffers {
  switch (vector.layout) {
    case 'boolean':
      return { ...nullsOfMask(vector.isNull, length), data: bitsOf(vector.values, length) }
    case 'int64': {
      const nulls = nullsOfMask(vector.isNull, length)
      const values = vector.values.subarray(0, length)
      return { ...nulls, data: arrow.DataType.isDecimal(type) ? widen(values) : values }
    }
    case 'int32':
    case 'float64':
      return { ...nullsOfMask(vector.isNull, length), data: vector.values.subarray(0, length) }
    case 'bigint':
      return { ...nullsOfList(vector.values, length), data: wordsOfBigints(vector.values, length) }
    case 'text':
      return { ...nullsOfList(vector.values, length), ...encodeTexts(vector.values, length) }
    case 'bytes':
      return { ...nullsOfList(vector.values, length), ...concatBytes(vector.values, length) }
  }
}

type Nulls = Pick<ArrowBuffers, 'nullCount' | 'nullBitmap'>

/** Arrow marks what is there, a bit for each; we mark what is NULL, a byte for each. */
function nullsOfMask(isNull: Uint8Array | undefined, length: number): Nulls {
  if (isNull === undefined) return { nullCount: 0 }
  return nullsWhere((row) => isNull[row] === 1, length)
}

function nullsOfList(values: readonly unknown[], length: number): Nulls {
  return nullsWhere((row) => (values[row] ?? null) === null, length)
}

function nullsWhere(isNull: (row: number) => boolean, length: number): Nulls {
  const nullBitmap = new Uint8Array((length + 7) >> 3)
  let nullCount = 0
  for (let row = 0; row < length; row += 1) {
    if (isNull(row)) nullCount += 1
    else nullBitmap[row >> 3] = (nullBitmap[row >> 3] as number) | (1 << (row & 7))
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap }
}

function bitsOf(values: Uint8Array, length: number): Uint8Array {
  const bits = new Uint8Array((length + 7) >> 3)
  for (let row = 0; row < length; row += 1)
    if (values[row] === 1) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7))
  return bits
}

/** 64-bit integers as the 128-bit ones of decimals, by their 32-bit halves. */
function widen(values: BigInt64Array): Uint32Array {
  const halves = wordsOf(values)
  const words = new Int32Array(values.length * 4)
  for (let index = 0; index < values.length; index += 1) {
    const high = halves[index * 2 + 1] as number
    words[index * 4] = halves[index * 2] as number
    words[index * 4 + 1] = high
    words[index * 4 + 2] = high >> 31
    words[index * 4 + 3] = high >> 31
  }
  return new Uint32Array(words.buffer)
}

function wordsOfBigints(values: readonly (bigint | null)[], length: number): Uint32Array {
  const words = new BigInt64Array(length * 2)
  for (let row = 0; row < length; row += 1) {
    const value = values[row] ?? 0n
    words[row * 2] = BigInt.asIntN(64, value)
    words[row * 2 + 1] = value >> 64n
  }
  return new Uint32Array(words.buffer)
}

type Bytes = Required<Pick<ArrowBuffers, 'data' | 'valueOffsets'>>

/** Below, writing code by code is faster than a call into the runtime. */
const SHORT_TEXT = 24

function encodeTexts(values: readonly (string | null)[], length: number): Bytes {
  let most = 0
  for (let row = 0; row < length; row += 1) most += values[row]?.length ?? 0
  // A code unit takes three bytes at most.
  const bytes = Buffer.allocUnsafeSlow(most * 3)
  const valueOffsets = new Int32Array(length + 1)
  let end = 0
  for (let row = 0; row < length; row += 1) {
    const text = values[row]
    if (typeof text === 'string')
      end += text.length <= SHORT_TEXT ? writeShort(bytes, text, end) : bytes.write(text, end)
    valueOffsets[row + 1] = end
  }
  return { data: bytes.subarray(0, end), valueOffsets }
}

function writeShort(bytes: Buffer, text: string, start: number): number {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 127) return bytes.write(text, start)
    bytes[start + at] = code
  }
  return text.length
}

function concatBytes(values: readonly (Uint8Array | null)[], length: number): Bytes {
  const valueOffsets = new Int32Array(length + 1)
  let end = 0
  for (let row = 0; row < length; row += 1) {
    end += values[row]?.length ?? 0
    valueOffsets[row + 1] = end
  }
  const data = new Uint8Array(end)
  for (let row = 0; row < length; row += 1) data.set(values[row] ?? [], valueOffsets[row])
  return { data, valueOffsets }
}
