import type { ColumnBatch, DataType } from '@qarion/core'
import {
  Binary,
  Bool,
  DateDay,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  type DataType as ArrowType,
} from 'apache-arrow'

import { dtypeOf, isWide } from '../frame/dtypes.ts'
import { selectColumns } from '../frame/frames.ts'
import { cast, columnNode, withoutNegativeZero, type NamedNode } from '../frame/node.ts'
import type { LazyFrame, Polars } from '../polars.ts'
import { encodeVector } from './encode-vector.ts'

export interface TypedColumn {
  readonly name: string
  readonly type: DataType
}

/** Collects batches of rows for Polars. */
export interface FrameEncoder {
  readonly rowCount: number
  /** Takes the rows; the vectors may be used again afterwards, save for their buffers of numbers. */
  add(batch: ColumnBatch): void
  /** A frame of the rows added; the encoder starts anew. */
  finish(): LazyFrame
}

/** Vectors become Arrow's buffers at once, so that no text waits; no value passes through a JavaScript number. */
export function createFrameEncoder(polars: Polars, columns: readonly TypedColumn[]): FrameEncoder {
  const types = columns.map(({ type }) => arrowType(type))
  const fields = types.map((type, index) => new Field(String(index), type, true))
  const schema = new Schema(fields)
  const rows = new Struct(fields)
  let batches: RecordBatch[] = []
  let rowCount = 0
  return {
    get rowCount() {
      return rowCount
    },
    add: (batch) => {
      const children = batch.columns.map((vector, index) =>
        encodeVector(vector, types[index] as ArrowType, batch.rowCount),
      )
      const data = makeData({ type: rows, length: batch.rowCount, nullCount: 0, children })
      batches.push(new RecordBatch(schema, data))
      rowCount += batch.rowCount
    },
    finish: () => {
      const writer = new RecordBatchStreamWriter({ autoDestroy: false })
      writer.reset(undefined, schema)
      for (const batch of batches) writer.write(batch)
      writer.finish()
      batches = []
      rowCount = 0
      const bytes = writer.toUint8Array(true)
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      return selectColumns(polars, polars.readIpc(buffer).lazy(), columns.map(physical))
    },
  }
}

/** A frame of these rows. */
export function encodeBatches(
  polars: Polars,
  columns: readonly TypedColumn[],
  batches: readonly ColumnBatch[],
): LazyFrame {
  const encoder = createFrameEncoder(polars, columns)
  for (const batch of batches) encoder.add(batch)
  return encoder.finish()
}

/** The column as it is in frames: decimals beyond 18 digits arrive as text, and -0 becomes 0. */
function physical({ name, type }: TypedColumn, index: number): NamedNode {
  const node = columnNode(String(index))
  if (isWide(type)) return { name, node: cast(node, dtypeOf(type)) }
  return { name, node: type.kind === 'float' ? withoutNegativeZero(node) : node }
}

function arrowType(type: DataType): ArrowType {
  switch (type.kind) {
    case 'boolean':
      return new Bool()
    case 'integer':
    case 'time':
      return new Int64()
    case 'decimal':
      return isWide(type) ? new Utf8() : new Int64()
    case 'float':
      return new Float64()
    case 'string':
    case 'json':
      return new Utf8()
    case 'date':
      return new DateDay()
    case 'timestamp':
      return new TimestampMicrosecond()
    case 'binary':
      return new Binary()
  }
}
