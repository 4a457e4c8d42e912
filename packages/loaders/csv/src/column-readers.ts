import {
  createVectorBuilder,
  isValueProblem,
  layoutOf,
  type ColumnVector,
  type InputColumn,
  type Value,
  type ValueParser,
} from '@qarion/core'
import {
  createInt64Column,
  int64Vector,
  isAsciiRange,
  readDateBytes,
  readDecimalBytes,
  readInstantBytes,
  readIntegerBytes,
  readTimestampBytes,
  setNull,
  setSafeInteger,
  NULL_IN_REQUIRED,
} from '@qarion/kit-files'

import type { CsvDialect } from './csv-options.ts'
import type { FieldReader } from './field-text.ts'
import { ESCAPED, NON_ASCII, type Rows } from './row-tokenizer.ts'

/** 1 for rows that are not read column by column: blank lines, and rows whose structure is wrong. */
export type SkippedRows = Uint8Array

export interface ColumnContext {
  readonly dialect: CsvDialect
  readonly fields: FieldReader
  readonly nulls: NullTest
  readonly parse: ValueParser
  /** Whether timestamps without an offset are in UTC. */
  readonly isUtc: boolean
  /** Called for a bad value, or NULL where the column is required. */
  readonly onProblem: (row: number, reason: string) => void
}

/** Whether the field from `start` to `end` is NULL; the positions are those of the text between quotes. */
export type NullTest = (bytes: Buffer, start: number, end: number, isQuoted: boolean) => boolean

/** Reads one column of many rows. Skipped rows and problems get no value that counts. */
export type ColumnReader = (rows: Rows, skipped: SkippedRows) => ColumnVector

/**
 * The reader of a column: straight from the bytes for the usual form of the usual types, else through the text with
 * the parser of core, which alone decides what is a bad value.
 */
export function createColumnReader(
  column: InputColumn,
  fieldIndex: number | undefined,
  context: ColumnContext,
): ColumnReader {
  if (fieldIndex === undefined) return (rows) => allNull(column, rows.count)
  const reader = (): ColumnReader => {
    const hasOwnForm =
      column.format !== undefined ||
      column.groupSeparator !== undefined ||
      (column.decimalSeparator ?? '.') !== '.'
    const { type } = column
    if (type.kind === 'string') return createTextReader(column, fieldIndex, context)
    if (!hasOwnForm) {
      if (type.kind === 'date') return createDateReader(column, fieldIndex, context)
      if (type.kind === 'integer')
        return createInt64Reader(column, fieldIndex, context, readIntegerBytes)
      if (type.kind === 'timestamp')
        return createInt64Reader(
          column,
          fieldIndex,
          context,
          context.isUtc ? readTimestampBytes : readInstantBytes,
        )
      if (type.kind === 'decimal' && layoutOf(type) === 'int64') {
        const { precision, scale } = type
        return createInt64Reader(column, fieldIndex, context, (bytes, start, end) =>
          readDecimalBytes(bytes, start, end, precision, scale),
        )
      }
    }
    return createParsedReader(column, fieldIndex, context)
  }
  return reader()
}

function allNull(column: InputColumn, count: number): ColumnVector {
  const builder = createVectorBuilder(column.type, count)
  for (let row = 0; row < count; row += 1) builder.append(null)
  return builder.finish()
}

function createTextReader(
  column: InputColumn,
  index: number,
  { dialect, fields, nulls, onProblem }: ColumnContext,
): ColumnReader {
  const quote = quoteCode(dialect)
  return (rows, skipped) => {
    const { bytes, bases, ends, starts, flags, count } = rows
    const from = starts[0] as number
    const all = rows.latin1()
    const values: (string | null)[] = Array.from({ length: count })
    for (let row = 0; row < count; row += 1) {
      values[row] = null
      if (skipped[row] === 1) continue
      const base = (bases[row] as number) + index
      let start = index === 0 ? (starts[row] as number) : (ends[base - 1] as number) + 1
      let end = ends[base] as number
      const isQuoted = start < end && bytes[start] === quote
      if (isQuoted) {
        start += 1
        end -= 1
      }
      if (nulls(bytes, start, end, isQuoted)) {
        if (column.required) onProblem(row, NULL_IN_REQUIRED)
        continue
      }
      const rowFlags = flags[row] as number
      const text =
        (rowFlags & NON_ASCII) !== 0 && !isAsciiRange(bytes, start, end)
          ? bytes.toString('utf8', start, end)
          : all.slice(start - from, end - from)
      values[row] = isQuoted && (rowFlags & ESCAPED) !== 0 ? fields.unescape(text) : text
    }
    return { layout: 'text', values }
  }
}

function createDateReader(
  column: InputColumn,
  index: number,
  context: ColumnContext,
): ColumnReader {
  const { dialect, nulls, onProblem } = context
  const quote = quoteCode(dialect)
  return (rows, skipped) => {
    const { bytes, bases, ends, starts, count } = rows
    const values = new Int32Array(count)
    let isNull: Uint8Array | undefined
    for (let row = 0; row < count; row += 1) {
      if (skipped[row] === 1) continue
      const base = (bases[row] as number) + index
      let start = index === 0 ? (starts[row] as number) : (ends[base - 1] as number) + 1
      let end = ends[base] as number
      const isQuoted = start < end && bytes[start] === quote
      if (isQuoted) {
        start += 1
        end -= 1
      }
      if (nulls(bytes, start, end, isQuoted)) {
        if (column.required) onProblem(row, NULL_IN_REQUIRED)
        ;(isNull ??= new Uint8Array(count))[row] = 1
        continue
      }
      const days = readDateBytes(bytes, start, end)
      if (Number.isNaN(days)) {
        const value = parseText(context, rows, row, index)
        if (value !== undefined) values[row] = value as number
      } else values[row] = days
    }
    return isNull === undefined ? { layout: 'int32', values } : { layout: 'int32', values, isNull }
  }
}

/** Reads a safe integer, or gives NaN where the text is to be looked at. */
type ByteReader = (bytes: Buffer, start: number, end: number) => number

function createInt64Reader(
  column: InputColumn,
  index: number,
  context: ColumnContext,
  read: ByteReader,
): ColumnReader {
  const { dialect, nulls, onProblem } = context
  const quote = quoteCode(dialect)
  return (rows, skipped) => {
    const { bytes, bases, ends, starts, count } = rows
    const filled = createInt64Column(count)
    for (let row = 0; row < count; row += 1) {
      if (skipped[row] === 1) continue
      const base = (bases[row] as number) + index
      let start = index === 0 ? (starts[row] as number) : (ends[base - 1] as number) + 1
      let end = ends[base] as number
      const isQuoted = start < end && bytes[start] === quote
      if (isQuoted) {
        start += 1
        end -= 1
      }
      if (nulls(bytes, start, end, isQuoted)) {
        if (column.required) onProblem(row, NULL_IN_REQUIRED)
        setNull(filled, row)
        continue
      }
      const value = read(bytes, start, end)
      if (Number.isNaN(value)) {
        const exact = parseText(context, rows, row, index)
        if (exact !== undefined) filled.values[row] = exact as bigint
      } else setSafeInteger(filled, row, value)
    }
    return int64Vector(filled)
  }
}

function createParsedReader(
  column: InputColumn,
  index: number,
  context: ColumnContext,
): ColumnReader {
  const { dialect, nulls, onProblem } = context
  const quote = quoteCode(dialect)
  return (rows, skipped) => {
    const { bytes, bases, ends, starts, count } = rows
    const builder = createVectorBuilder(column.type, count)
    for (let row = 0; row < count; row += 1) {
      if (skipped[row] === 1) {
        builder.append(null)
        continue
      }
      const base = (bases[row] as number) + index
      const start = index === 0 ? (starts[row] as number) : (ends[base - 1] as number) + 1
      const end = ends[base] as number
      const isQuoted = start < end && bytes[start] === quote
      const inset = isQuoted ? 1 : 0
      if (nulls(bytes, start + inset, end - inset, isQuoted)) {
        if (column.required) onProblem(row, NULL_IN_REQUIRED)
        builder.append(null)
      } else builder.append(parseText(context, rows, row, index) ?? null)
    }
    return builder.finish()
  }
}

function parseText(
  { fields, parse, onProblem }: ColumnContext,
  rows: Rows,
  row: number,
  index: number,
): Value | undefined {
  const value = parse(fields.read(rows, row, index).text)
  if (!isValueProblem(value)) return value
  onProblem(row, value.reason)
  return undefined
}

function quoteCode({ quote }: CsvDialect): number {
  return quote === '' ? -1 : quote.charCodeAt(0)
}
