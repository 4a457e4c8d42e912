import { isUtf8 } from 'node:buffer'

import {
  isValueProblem,
  valueAt,
  type ColumnVector,
  type FieldProblem,
  type RejectedRow,
  type ScannedColumn,
  type Value,
  type ValueParser,
} from '@qarion/core'
import {
  countCodePoints,
  fieldTextOf,
  firstInvalidByte,
  rawTextOf,
  NULL_IN_REQUIRED,
} from '@qarion/kit-files'

import type { NullTest } from './column-readers.ts'
import type { CsvDialect } from './csv-options.ts'
import { fieldCount, fieldEnd, fieldStart, rowEnd, type FieldReader } from './field-text.ts'
import { HAS_NUL, STRAY_QUOTE, TEXT_AFTER_QUOTE, type Rows } from './row-tokenizer.ts'

export interface RejectContext {
  readonly columns: readonly ScannedColumn[]
  readonly parsers: readonly ValueParser[]
  readonly nullTests: readonly NullTest[]
  readonly fields: FieldReader
  readonly dialect: CsvDialect
  readonly columnCount: number
}

export interface ColumnProblem {
  /** Place among the columns of the scan. */
  readonly columnIndex: number
  readonly reason: string
}

/** A row whose fields were found but hold bad values. */
export function rejectValues(
  rows: Rows,
  row: number,
  problems: readonly ColumnProblem[],
  vectors: readonly ColumnVector[],
  context: RejectContext,
): RejectedRow {
  const bad = new Set(problems.map(({ columnIndex }) => columnIndex))
  const values: Record<string, Value | null> = {}
  for (const [index, { column }] of context.columns.entries())
    if (!bad.has(index)) values[column.name] = valueAt(vectors[index] as ColumnVector, row)
  return {
    line: rows.lines[row] as number,
    problems: problems.map(({ columnIndex, reason }) => {
      const { column, fieldIndex } = context.columns[columnIndex] as ScannedColumn
      const text = fieldIndex === undefined ? null : context.fields.read(rows, row, fieldIndex).text
      return {
        column: column.name,
        text: shownText(text, reason),
        reason,
      }
    }),
    rawText: rawTextOf(rows.bytes, rows.starts[row] as number, rowEnd(rows, row)),
    values,
  }
}

/** The field's text for people; an empty field that is missing a value has none, another spelling of NULL is shown. */
function shownText(text: string | null, reason: string): string | null {
  if (text === null || (text === '' && reason === NULL_IN_REQUIRED)) return null
  return fieldTextOf(text)
}

/**
 * A row whose structure is wrong. With another number of fields than the file has, no field can be trusted to be what
 * its place says, so none counts as read; else the fields that are sound are read one by one.
 */
export function rejectStructure(rows: Rows, row: number, context: RejectContext): RejectedRow {
  const { columnCount } = context
  const found = fieldCount(rows, row)
  const problems: FieldProblem[] = []
  const values: Record<string, Value | null> = {}
  if (found !== columnCount)
    problems.push({ column: '', text: null, reason: `${found} fields instead of ${columnCount}` })
  const broken = new Map<number, string>()
  for (let index = 0; index < found; index += 1) {
    const reason = damageOf(rows, row, index, context)
    if (reason === undefined) continue
    broken.set(index, reason)
    problems.push({
      column: columnName(context, index),
      text: fieldTextOf(context.fields.read(rows, row, index).text),
      reason,
    })
  }
  if (found === columnCount)
    for (const [index, { column, fieldIndex }] of context.columns.entries()) {
      if (fieldIndex !== undefined && broken.has(fieldIndex)) continue
      const value = readOne(rows, row, index, context)
      if (typeof value === 'object' && value !== null && 'reason' in value) problems.push(value)
      else values[column.name] = value
    }
  return {
    line: rows.lines[row] as number,
    problems,
    rawText: rawTextOf(rows.bytes, rows.starts[row] as number, rowEnd(rows, row)),
    values,
  }
}

/** Whether a row is to be rejected before any value is looked at. `isText`: all rows are known to be UTF-8. */
export function isDamaged(rows: Rows, row: number, columnCount: number, isText: boolean): boolean {
  const flags = rows.flags[row] as number
  return (
    (rows.bases[row + 1] as number) - (rows.bases[row] as number) !== columnCount ||
    (flags & (STRAY_QUOTE | TEXT_AFTER_QUOTE | HAS_NUL)) !== 0 ||
    (!isText && !isUtf8(rows.bytes.subarray(rows.starts[row], rowEnd(rows, row))))
  )
}

function damageOf(
  rows: Rows,
  row: number,
  index: number,
  { dialect }: RejectContext,
): string | undefined {
  const bytes = rows.bytes.subarray(fieldStart(rows, row, index), fieldEnd(rows, row, index))
  if (bytes.includes(0)) return 'holds a NUL character'
  const invalid = firstInvalidByte(bytes)
  if (invalid >= 0) {
    const before = rows.bytes.subarray(rows.starts[row], fieldStart(rows, row, index) + invalid)
    return `not UTF-8 at column ${countCodePoints(before.toString('utf8')) + 1} of the line`
  }
  if (((rows.flags[row] as number) & (STRAY_QUOTE | TEXT_AFTER_QUOTE)) === 0) return undefined
  return quoteDamageOf(bytes.toString('latin1'), dialect)
}

function quoteDamageOf(text: string, { quote, escape }: CsvDialect): string | undefined {
  if (!text.startsWith(quote))
    return text.includes(quote) ? 'a quote within a field that does not start with one' : undefined
  for (let at = 1; at < text.length; at += 1) {
    const isEscape = text[at] === escape && (text[at + 1] === quote || text[at + 1] === escape)
    if (isEscape) at += 1
    else if (text[at] === quote)
      return at === text.length - 1 ? undefined : 'text after the closing quote'
  }
  return undefined
}

function columnName({ columns }: RejectContext, fieldIndex: number): string {
  return columns.find((column) => column.fieldIndex === fieldIndex)?.column.name ?? ''
}

function readOne(
  rows: Rows,
  row: number,
  index: number,
  context: RejectContext,
): Value | null | FieldProblem {
  const { column, fieldIndex } = context.columns[index] as ScannedColumn
  if (fieldIndex === undefined) return null
  const start = fieldStart(rows, row, fieldIndex)
  const end = fieldEnd(rows, row, fieldIndex)
  const { text, isQuoted } = context.fields.read(rows, row, fieldIndex)
  const inset = isQuoted ? 1 : 0
  if ((context.nullTests[index] as NullTest)(rows.bytes, start + inset, end - inset, isQuoted))
    return column.required
      ? { column: column.name, text: shownText(text, NULL_IN_REQUIRED), reason: NULL_IN_REQUIRED }
      : null
  const value = (context.parsers[index] as ValueParser)(text)
  return isValueProblem(value)
    ? { column: column.name, text: fieldTextOf(text), reason: value.reason }
    : value
}
