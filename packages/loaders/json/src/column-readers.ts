import {
  createVectorBuilder,
  isValueProblem,
  layoutOf,
  type ColumnVector,
  type InputColumn,
  type Value,
} from '@qarion/core'
import {
  createInt64Column,
  int64Vector,
  readDateBytes,
  readDecimalBytes,
  readInstantBytes,
  readIntegerBytes,
  readTimestampBytes,
  setNull,
  setSafeInteger,
  NULL_IN_REQUIRED,
} from '@qarion/kit-files'

import type { CellReader } from './cell-values.ts'
import type { Records } from './records.ts'
import { INTEGER, NUMBER, TEXT } from './value-kinds.ts'

export interface ColumnContext {
  readonly cell: CellReader
  /** Whether some texts are NULL. */
  readonly hasNullTexts: boolean
  /** Whether timestamps without an offset are in UTC. */
  readonly isUtc: boolean
  /** Called for a bad value, or NULL where the column is required. */
  readonly onProblem: (row: number, reason: string) => void
}

/** Reads one column of many records. Records marked 1 in `skipped` and problems get no value that counts. */
export type ColumnReader = (records: Records, skipped: Uint8Array) => ColumnVector

/**
 * The reader of a column whose key has the number `key`: straight from the bytes for the usual form of the usual
 * types, else cell by cell.
 */
export function createColumnReader(
  column: InputColumn,
  key: number,
  context: ColumnContext,
): ColumnReader {
  const { type } = column
  const hasOwnForm =
    column.format !== undefined ||
    column.groupSeparator !== undefined ||
    (column.decimalSeparator ?? '.') !== '.'
  const texts = hasOwnForm || context.hasNullTexts ? NONE : ONLY_TEXTS
  const reader = (kinds: Uint8Array, read: ByteReader): ColumnReader =>
    createInt64Reader(column, key, context, { kinds, read })
  switch (type.kind) {
    case 'string':
      return createTextReader(column, key, context)
    case 'integer':
      return reader(withNumbers(texts), readIntegerBytes)
    case 'decimal': {
      const { precision, scale } = type
      if (layoutOf(type) !== 'int64') break
      return reader(withNumbers(texts), (bytes, start, end) =>
        readDecimalBytes(bytes, start, end, precision, scale),
      )
    }
    case 'timestamp':
      return reader(texts, context.isUtc ? readTimestampBytes : readInstantBytes)
    case 'date':
      return createDateReader(column, key, context, texts)
    case 'boolean':
    case 'float':
    case 'time':
    case 'json':
    case 'binary':
      break
  }
  return createCellsReader(column, key, context)
}

/** 1 for the kinds whose bytes a fast reader may look at. */
const NONE = new Uint8Array(16)
const ONLY_TEXTS = NONE.map((_, kind) => (kind === TEXT ? 1 : 0))

function withNumbers(kinds: Uint8Array): Uint8Array {
  return kinds.map((isIn, kind) => (kind === INTEGER || kind === NUMBER ? 1 : isIn))
}

/** The cell's value, after the usual cases: `null` also for what has been told to be a problem. */
function readCell(
  { required }: InputColumn,
  { cell, onProblem }: ColumnContext,
  records: Records,
  place: { readonly row: number; readonly key: number },
): Value | null {
  const value = cell(records, place.row * records.width + place.key)
  if (value === null) {
    if (required) onProblem(place.row, NULL_IN_REQUIRED)
    return null
  }
  if (!isValueProblem(value)) return value
  onProblem(place.row, value.reason)
  return null
}

function createTextReader(column: InputColumn, key: number, context: ColumnContext): ColumnReader {
  const isPlain = !context.hasNullTexts
  return (records, skipped) => {
    const { kinds, valueStarts, valueEnds, starts, count, width } = records
    const from = starts[0] as number
    const all = records.latin1()
    const values: (string | null)[] = Array.from({ length: count })
    for (let row = 0; row < count; row += 1) {
      const cell = row * width + key
      if (skipped[row] === 1) values[row] = null
      else if (kinds[cell] === TEXT && isPlain)
        values[row] = all.slice(
          (valueStarts[cell] as number) - from,
          (valueEnds[cell] as number) - from,
        )
      else values[row] = readCell(column, context, records, { row, key }) as string | null
    }
    return { layout: 'text', values }
  }
}

/** Reads a safe integer, or gives NaN where the cell is to be looked at. */
type ByteReader = (bytes: Buffer, start: number, end: number) => number

interface FastCells {
  /** 1 for the kinds that `read` may look at. */
  readonly kinds: Uint8Array
  readonly read: ByteReader
}

function readFast({ kinds, read }: FastCells, records: Records, cell: number): number {
  return kinds[records.kinds[cell] as number] === 1
    ? read(records.bytes, records.valueStarts[cell] as number, records.valueEnds[cell] as number)
    : NaN
}

function createInt64Reader(
  column: InputColumn,
  key: number,
  context: ColumnContext,
  fast: FastCells,
): ColumnReader {
  return (records, skipped) => {
    const { count, width } = records
    const filled = createInt64Column(count)
    for (let row = 0; row < count; row += 1) {
      if (skipped[row] === 1) continue
      const value = readFast(fast, records, row * width + key)
      if (Number.isNaN(value)) {
        const exact = readCell(column, context, records, { row, key })
        if (exact === null) setNull(filled, row)
        else filled.values[row] = exact as bigint
      } else setSafeInteger(filled, row, value)
    }
    return int64Vector(filled)
  }
}

function createDateReader(
  column: InputColumn,
  key: number,
  context: ColumnContext,
  kinds: Uint8Array,
): ColumnReader {
  const fast: FastCells = { kinds, read: readDateBytes }
  return (records, skipped) => {
    const { count, width } = records
    const filled: { values: Int32Array; isNull: Uint8Array | undefined } = {
      values: new Int32Array(count),
      isNull: undefined,
    }
    for (let row = 0; row < count; row += 1) {
      if (skipped[row] === 1) continue
      const days = readFast(fast, records, row * width + key)
      const value = Number.isNaN(days) ? readCell(column, context, records, { row, key }) : days
      if (value === null) setNull(filled, row)
      else filled.values[row] = value as number
    }
    const { values, isNull } = filled
    return isNull === undefined ? { layout: 'int32', values } : { layout: 'int32', values, isNull }
  }
}

function createCellsReader(column: InputColumn, key: number, context: ColumnContext): ColumnReader {
  return (records, skipped) => {
    const builder = createVectorBuilder(column.type, records.count)
    for (let row = 0; row < records.count; row += 1)
      builder.append(skipped[row] === 1 ? null : readCell(column, context, records, { row, key }))
    return builder.finish()
  }
}
