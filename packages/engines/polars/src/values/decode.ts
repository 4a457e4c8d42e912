import { layoutOf, type ColumnBatch, type ColumnVector, type DataType } from '@qarion/core'
import { tableFromIPC, type Data } from 'apache-arrow'

import { isWide } from '../frame/dtypes.ts'
import { selectColumns } from '../frame/frames.ts'
import { cast, columnNode, type NamedNode } from '../frame/node.ts'
import { writeIpc, type DataFrame, type LazyFrame, type Polars } from '../polars.ts'
import { unpackBits, unpackNulls } from './bits.ts'
import type { TypedColumn } from './encode.ts'

/** The frame as it leaves: 128-bit integers as text, columns by their place. */
export function outgoing(
  polars: Polars,
  frame: LazyFrame,
  columns: readonly TypedColumn[],
): LazyFrame {
  return selectColumns(polars, frame, columns.map(asText))
}

function asText({ name, type }: TypedColumn, index: number): NamedNode {
  const node = columnNode(name)
  return { name: String(index), node: isWide(type) ? cast(node, 'String') : node }
}

/** The rows of a frame that `outgoing` made. Buffers of Arrow become vectors as they are. */
export function* decodeFrame(
  frame: DataFrame,
  columns: readonly TypedColumn[],
  rowsPerBatch: number,
): Generator<ColumnBatch> {
  for (let from = 0; from < frame.height; from += rowsPerBatch) {
    const rows = frame.slice(from, Math.min(rowsPerBatch, frame.height - from))
    for (const { data } of tableFromIPC(writeIpc(rows)).batches) {
      if (data.length === 0) continue
      yield {
        rowCount: data.length,
        columns: columns.map(({ type }, index) =>
          decodeColumn(data.children[index] as Data, type, data.length),
        ),
      }
    }
  }
}

function decodeColumn(data: Data, type: DataType, length: number): ColumnVector {
  const isNull = unpackNulls(data.nullBitmap, data.offset, length, data.nullCount)
  const nulls = isNull === undefined ? {} : { isNull }
  const layout = layoutOf(type)
  switch (layout) {
    case 'boolean':
      return {
        layout,
        values: unpackBits(data.values as Uint8Array, data.offset, length),
        ...nulls,
      }
    case 'int64':
      return { layout, values: data.values as BigInt64Array, ...nulls }
    case 'int32':
      return { layout, values: data.values as Int32Array, ...nulls }
    case 'float64':
      return { layout, values: data.values as Float64Array, ...nulls }
    case 'text':
      return { layout, values: decodeTexts(data, isNull, length) }
    case 'bigint':
      return {
        layout,
        values: decodeTexts(data, isNull, length).map((text) =>
          text === null ? null : BigInt(text),
        ),
      }
    case 'bytes':
      return { layout, values: decodeBytes(data, isNull, length) }
  }
}

function decodeTexts(
  data: Data,
  isNull: Uint8Array | undefined,
  length: number,
): (string | null)[] {
  const { bytes, offsetAt } = bytesOf(data)
  const [start, end] = [offsetAt(0), offsetAt(length)]
  const whole = bytes.toString('utf8', start, end)
  // Texts of ASCII alone have as many units as bytes: one decoding for all of them.
  const isAscii = whole.length === end - start
  return Array.from({ length }, (_, index) => {
    if (isNull?.[index] === 1) return null
    const [from, to] = [offsetAt(index), offsetAt(index + 1)]
    return isAscii ? whole.slice(from - start, to - start) : bytes.toString('utf8', from, to)
  })
}

function decodeBytes(
  data: Data,
  isNull: Uint8Array | undefined,
  length: number,
): (Uint8Array | null)[] {
  const { bytes, offsetAt } = bytesOf(data)
  return Array.from({ length }, (_, index) =>
    isNull?.[index] === 1
      ? null
      : Uint8Array.from(bytes.subarray(offsetAt(index), offsetAt(index + 1))),
  )
}

function bytesOf(data: Data): {
  readonly bytes: Buffer
  readonly offsetAt: (index: number) => number
} {
  const values = data.values as Uint8Array
  const offsets = data.valueOffsets as unknown as BigInt64Array | Int32Array
  return {
    bytes: Buffer.from(values.buffer, values.byteOffset, values.byteLength),
    offsetAt: (index) => Number(offsets[index]),
  }
}
