import type { ColumnBatch, ColumnVector, DataType } from '@qarion/core'

import { createNumericWriter, MAX_NUMERIC_BYTES } from './numeric.ts'
import { createOutput, type Output } from './output.ts'
import { EPOCH_DAYS, EPOCH_MICROS, IS_LITTLE_ENDIAN } from './server-time.ts'

/** A message is sent once it is so long, a row whole. */
const FRAME_BYTES = 1 << 20
const NULL_LENGTH = -1
/** Of the longest value of fixed size, with its length before it. */
const FIXED_BYTES = 4 + MAX_NUMERIC_BYTES

/** Writes one value, its length before it. */
type WriteField = (out: Output, row: number) => void

/** Batches as messages of a COPY … FROM STDIN in binary form, the signature before the first, the end after the last. */
export async function* encodeBatches(
  types: readonly DataType[],
  batches: AsyncIterable<ColumnBatch>,
): AsyncGenerator<Buffer, void, undefined> {
  const out = createOutput()
  out.signature()
  for await (const batch of batches) {
    const fields = types.map((type, index) =>
      fieldWriter(type, batch.columns[index] as ColumnVector),
    )
    for (let row = 0; row < batch.rowCount; row += 1) {
      out.reserve(2 + fields.length * FIXED_BYTES)
      out.view.setInt16(out.at, fields.length)
      out.at += 2
      for (const write of fields) write(out, row)
      if (out.at >= FRAME_BYTES) yield out.frame()
    }
    yield out.frame()
  }
  out.reserve(2)
  out.view.setInt16(out.at, -1)
  out.at += 2
  yield out.frame()
}

function fieldWriter(type: DataType, vector: ColumnVector): WriteField {
  switch (vector.layout) {
    case 'text':
      return (out, row) => {
        const text = vector.values[row] ?? null
        if (text === null) writeNull(out)
        else out.text(text)
      }
    case 'bytes':
      return (out, row) => {
        const bytes = vector.values[row] ?? null
        if (bytes === null) writeNull(out)
        else out.bytes(bytes)
      }
    case 'bigint': {
      const write = decimalWriter(type)
      return (out, row) => {
        const value = vector.values[row] ?? null
        if (value === null) writeNull(out)
        else write(out, value)
      }
    }
    case 'boolean':
    case 'int32':
    case 'int64':
    case 'float64': {
      const write = flatWriter(type, vector)
      const { isNull } = vector
      if (isNull === undefined) return write
      return (out, row) => {
        if (isNull[row] === 1) writeNull(out)
        else write(out, row)
      }
    }
  }
}

function flatWriter(
  type: DataType,
  vector: Extract<ColumnVector, { readonly isNull?: Uint8Array }>,
): WriteField {
  switch (vector.layout) {
    case 'boolean':
      return (out, row) => {
        out.length(1)
        out.view.setUint8(out.at, vector.values[row] as number)
        out.at += 1
      }
    case 'int32':
      return (out, row) => {
        out.length(4)
        out.view.setInt32(out.at, (vector.values[row] as number) - EPOCH_DAYS)
        out.at += 4
      }
    case 'float64':
      return (out, row) => {
        out.length(8)
        // Adding 0 turns -0 into 0.
        out.view.setFloat64(out.at, (vector.values[row] as number) + 0)
        out.at += 8
      }
    case 'int64':
      return int64Writer(type, vector.values)
  }
}

function int64Writer(type: DataType, values: BigInt64Array): WriteField {
  // Halves of the numbers as they lie in memory: no bigint is made where they are safe as a number.
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2)
  const [low, high] = IS_LITTLE_ENDIAN ? [0, 1] : [1, 0]
  if (type.kind === 'decimal' || type.kind === 'timestamp') {
    const write = type.kind === 'decimal' ? decimalWriter(type) : writeTimestamp
    return (out, row) => {
      const upper = words[row * 2 + high] as number
      const value =
        upper >= -SAFE_UPPER && upper < SAFE_UPPER
          ? upper * UPPER_UNIT + ((words[row * 2 + low] as number) >>> 0)
          : (values[row] as bigint)
      write(out, value)
    }
  }
  return (out, row) => {
    out.length(8)
    out.view.setInt32(out.at, words[row * 2 + high] as number)
    out.view.setInt32(out.at + 4, words[row * 2 + low] as number)
    out.at += 8
  }
}

const UPPER_UNIT = 2 ** 32
/** Upper halves of the numbers below 2^52. */
const SAFE_UPPER = 2 ** 20

function writeTimestamp(out: Output, micros: number | bigint): void {
  out.length(8)
  if (typeof micros === 'bigint') out.view.setBigInt64(out.at, micros - EPOCH_MICROS)
  else {
    const value = micros - Number(EPOCH_MICROS)
    const upper = Math.floor(value / UPPER_UNIT)
    out.view.setInt32(out.at, upper)
    out.view.setInt32(out.at + 4, value - upper * UPPER_UNIT)
  }
  out.at += 8
}

function decimalWriter(type: DataType): (out: Output, unscaled: number | bigint) => void {
  const write = createNumericWriter(type.kind === 'decimal' ? type.scale : 0)
  return (out, unscaled) => {
    const start = out.at
    out.at += 4
    const bytes = write(out.view, out.at, unscaled)
    out.view.setInt32(start, bytes)
    out.at += bytes
  }
}

function writeNull(out: Output): void {
  out.length(NULL_LENGTH)
}
