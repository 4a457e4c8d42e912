import {
  createVectorBuilder,
  ROWS_PER_BATCH,
  type ColumnBatch,
  type DataType,
  type VectorBuilder,
} from '@qarion/core'
import type { SqlColumn } from '@qarion/kit-sql'

import { readNumeric } from './numeric.ts'
import { SIGNATURE } from './output.ts'
import { EPOCH_DAYS, EPOCH_MICROS } from './server-time.ts'

/** Makes batches of the bytes of a COPY … TO STDOUT in binary form. */
export interface CopyDecoder {
  /** The batches that are full with these bytes, which may be cut anywhere; they are not kept. */
  push(bytes: Buffer): readonly ColumnBatch[]
  /** The rows that are left. */
  finish(): ColumnBatch | undefined
}

const END_OF_ROWS = -1
/** Wide texts in memory: a batch ends before it has so many bytes. */
const BYTES_PER_BATCH = 8 << 20

export function createCopyDecoder(columns: readonly SqlColumn[]): CopyDecoder {
  const builders = columns.map(({ type }) => createVectorBuilder(type, ROWS_PER_BATCH))
  const append = columns.map(({ type }, index) =>
    fieldReader(type, builders[index] as VectorBuilder),
  )
  let rest: Buffer[] = []
  let restBytes = 0
  /** Bytes without which reading on is of no use. */
  let wantedBytes = SIGNATURE.length
  let isStarted = false
  let rows = 0
  let batchBytes = 0

  const finish = (): ColumnBatch | undefined => {
    if (rows === 0) return undefined
    const batch = { rowCount: rows, columns: builders.map((builder) => builder.finish()) }
    rows = 0
    batchBytes = 0
    return batch
  }

  /** Reads whole rows; gives the place behind the last one. */
  const readRows = (bytes: Buffer, batches: ColumnBatch[]): number => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let at = 0
    if (!isStarted) {
      isStarted = true
      at = SIGNATURE.length
    }
    for (;;) {
      const end = endOfRow(view, at)
      if (end > bytes.length) {
        wantedBytes = end - at
        return at
      }
      const count = view.getInt16(at)
      if (count === END_OF_ROWS) return end
      if (count !== columns.length)
        throw new RangeError(`A row has ${count} values for ${columns.length} columns.`)
      let field = at + 2
      for (let column = 0; column < count; column += 1) {
        const length = view.getInt32(field)
        field += 4
        if (length < 0) (builders[column] as VectorBuilder).append(null)
        else {
          ;(append[column] as ReadField)(bytes, view, field, length)
          field += length
        }
      }
      rows += 1
      batchBytes += end - at
      at = end
      if (rows === ROWS_PER_BATCH || batchBytes >= BYTES_PER_BATCH)
        batches.push(finish() as ColumnBatch)
    }
  }

  return {
    push: (bytes) => {
      let all = bytes
      if (restBytes > 0 || bytes.length < wantedBytes) {
        // Copied, since the driver uses its buffer again.
        rest.push(Buffer.from(bytes))
        restBytes += bytes.length
        if (restBytes < wantedBytes) return []
        all = Buffer.concat(rest)
      }
      const batches: ColumnBatch[] = []
      const left = all.subarray(readRows(all, batches))
      rest = left.length === 0 ? [] : [Buffer.from(left)]
      restBytes = left.length
      return batches
    },
    finish,
  }
}

/** The place behind the row at `at`, or one beyond the bytes that are there. */
function endOfRow(view: DataView, at: number): number {
  const available = view.byteLength
  if (at + 2 > available) return at + 2
  const count = view.getInt16(at)
  let end = at + 2
  for (let column = 0; column < count; column += 1) {
    if (end + 4 > available) return end + 4
    end += 4 + Math.max(0, view.getInt32(end))
  }
  return end
}

type ReadField = (bytes: Buffer, view: DataView, at: number, length: number) => void

const WIDTHS: Readonly<Partial<Record<DataType['kind'], number>>> = {
  boolean: 1,
  integer: 8,
  float: 8,
  date: 4,
  time: 8,
  timestamp: 8,
}

/** A value of a type; the form carries no types, so its length has to fit. */
function fieldReader(type: DataType, builder: VectorBuilder): ReadField {
  const read = reader(type, builder)
  const width = WIDTHS[type.kind]
  if (width === undefined) return read
  return (bytes, view, at, length) => {
    if (length !== width) throw new RangeError(`A ${type.kind} came with ${length} bytes.`)
    read(bytes, view, at, length)
  }
}

function reader(type: DataType, builder: VectorBuilder): ReadField {
  switch (type.kind) {
    case 'boolean':
      return (_bytes, view, at) => builder.append(view.getUint8(at) === 1)
    case 'integer':
    case 'time':
      return (_bytes, view, at) => builder.append(view.getBigInt64(at))
    case 'timestamp':
      return (_bytes, view, at) => builder.append(view.getBigInt64(at) + EPOCH_MICROS)
    case 'date':
      return (_bytes, view, at) => builder.append(view.getInt32(at) + EPOCH_DAYS)
    case 'float':
      return (_bytes, view, at) => builder.append(finite(view.getFloat64(at)))
    case 'decimal':
      return (_bytes, view, at) => builder.append(readNumeric(view, at, type.scale))
    case 'string':
    case 'json':
      return (bytes, _view, at, length) => builder.append(bytes.toString('utf8', at, at + length))
    case 'binary':
      return (bytes, _view, at, length) =>
        builder.append(new Uint8Array(bytes.subarray(at, at + length)))
  }
}

/** Adding 0 turns -0 into 0. */
function finite(value: number): number {
  if (!Number.isFinite(value)) throw new RangeError('A float is not finite.')
  return value + 0
}
