import type { ColumnVector } from '@qarion/core'
import { makeData, Utf8, Binary, type Data, type DataType as ArrowType } from 'apache-arrow'

import { packBits, packNulls } from './bits.ts'

/** The vector as a column of Arrow; buffers of numbers are taken as they are. */
export function encodeVector(vector: ColumnVector, type: ArrowType, length: number): Data {
  switch (vector.layout) {
    case 'text':
      return encodeTexts(vector.values, length)
    case 'bigint':
      return encodeTexts(
        vector.values.map((value) => (value === null ? null : String(value))),
        length,
      )
    case 'bytes':
      return encodeBytes(vector.values, length)
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'float64': {
      const { isNull, values } = vector
      const nulls =
        isNull === undefined ? { nullCount: 0 } : packNulls((index) => isNull[index] === 1, length)
      const data = vector.layout === 'boolean' ? packBits(vector.values, length) : values
      // The builders of Arrow's types differ in nothing but the array they take.
      return makeData({ type, length, data, ...nulls } as unknown as Parameters<typeof makeData>[0])
    }
  }
}

function encodeTexts(values: readonly (string | null)[], length: number): Data {
  const valueOffsets = new Int32Array(length + 1)
  let end = 0
  let nullCount = 0
  for (let index = 0; index < length; index += 1) {
    const value = values[index] ?? null
    if (value === null) nullCount += 1
    else end += utf8Length(value)
    valueOffsets[index + 1] = end
  }
  const nulls = nullCount === 0 ? { nullCount } : packNulls((at) => values[at] === null, length)
  // One encoding for all texts: NULL joins as nothing.
  const data = Buffer.from(values.join(''))
  return makeData({ type: new Utf8(), length, data, valueOffsets, ...nulls })
}

/** Bytes of a text in UTF-8. Counting here is far faster than a call for each of millions of short texts. */
function utf8Length(text: string): number {
  let bytes = text.length
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code < 0x80) continue
    // Each half of a pair of surrogates stands for two bytes of four.
    bytes += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2
  }
  return bytes
}

function encodeBytes(values: readonly (Uint8Array | null)[], length: number): Data {
  const valueOffsets = new Int32Array(length + 1)
  let end = 0
  for (let index = 0; index < length; index += 1) {
    end += values[index]?.length ?? 0
    valueOffsets[index + 1] = end
  }
  const data = new Uint8Array(end)
  for (let index = 0; index < length; index += 1) {
    const value = values[index] ?? null
    if (value !== null) data.set(value, valueOffsets[index])
  }
  const nulls = packNulls((index) => (values[index] ?? null) === null, length)
  return makeData({ type: new Binary(), length, data, valueOffsets, ...nulls })
}
