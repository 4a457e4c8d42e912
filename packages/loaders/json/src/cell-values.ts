import { isUtf8 } from 'node:buffer'

import {
  canonicalJson,
  createParser,
  isValueProblem,
  valueProblem,
  type DataType,
  type InputColumn,
  type Value,
  type ValueParser,
  type ValueProblem,
} from '@qarion/core'
import { firstInvalidByte, parseOptionsOf, type LoaderOptions } from '@qarion/kit-files'

import { plainNumber } from './number-text.ts'
import type { Records } from './records.ts'
import {
  ABSENT,
  ARRAY,
  ESCAPED_TEXT,
  FALSE,
  INTEGER,
  isText,
  misfit,
  NULL,
  NUMBER,
  OBJECT,
  TEXT,
  TRUE,
} from './value-kinds.ts'

/** The value in a cell, `null` for NULL, or why it is none. */
export type CellReader = (records: Records, cell: number) => Value | null | ValueProblem

/** Types that a JSON number may be; a boolean may be 1 or 0. */
const NUMERIC: ReadonlySet<DataType['kind']> = new Set(['integer', 'decimal', 'float', 'boolean'])

/**
 * The one place that decides what a JSON value is in a column, cell by cell; the readers of whole columns take their
 * usual cases before it. Texts are read in the text form of the type, numbers by their digits.
 */
export function createCellReader(
  column: InputColumn,
  load: Pick<LoaderOptions, 'timezone' | 'ambiguousTime' | 'nullValues'>,
): CellReader {
  const { type } = column
  const isJson = type.kind === 'json'
  const parseText = createParser(type, parseOptionsOf(column, load))
  const parseNumber = createNumberParser(type)
  const nulls = nullTextsOf(column, load)
  const misfits = Array.from({ length: 16 }, (_, kind) => valueProblem(misfit(kind, type.kind)))
  const no = (kind: number): ValueProblem => misfits[kind] as ValueProblem

  return (records, cell) => {
    const kind = records.kinds[cell] as number
    if (kind === ABSENT || kind === NULL) return null
    if (isText(kind)) {
      const text = textAt(records, cell)
      if (isValueProblem(text)) return text
      if (nulls.has(text)) return null
      return isJson ? canonicalJson(rawAt(records, cell)) : parseText(text)
    }
    if (kind === INTEGER || kind === NUMBER) {
      if (isJson) return canonicalJson(rawAt(records, cell))
      return NUMERIC.has(type.kind) ? parseNumber(rawAt(records, cell)) : no(kind)
    }
    if (kind === TRUE || kind === FALSE) {
      if (isJson) return kind === TRUE ? 'true' : 'false'
      return type.kind === 'boolean' ? kind === TRUE : no(kind)
    }
    if (isJson && (kind === OBJECT || kind === ARRAY))
      return notUtf8(records, cell) ?? canonicalJson(rawAt(records, cell))
    return no(kind)
  }
}

/** Numbers are JSON's, whatever separators the column's texts have. */
function createNumberParser(type: DataType): ValueParser {
  const parse = createParser(type)
  if (type.kind !== 'integer' && type.kind !== 'decimal') return parse
  return (text) => parse(/[.eE]/.test(text) ? plainNumber(text) : text)
}

/** Texts that are NULL in a column: the declared spellings, since JSON has a NULL of its own. */
export function nullTextsOf(
  column: InputColumn,
  { nullValues }: Pick<LoaderOptions, 'nullValues'>,
): ReadonlySet<string> {
  return new Set([...nullValues, ...(column.nullValues ?? [])])
}

/** The text in a cell that holds one, escapes resolved. */
export function textAt(records: Records, cell: number): string | ValueProblem {
  const { bytes, kinds, valueStarts, valueEnds } = records
  const start = valueStarts[cell] as number
  const end = valueEnds[cell] as number
  const kind = kinds[cell]
  if (kind === TEXT) return bytes.toString('latin1', start, end)
  const problem = notUtf8(records, cell)
  if (problem !== undefined) return problem
  return kind === ESCAPED_TEXT
    ? (JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string)
    : bytes.toString('utf8', start, end)
}

/** The value in a cell as it stands in the file. */
export function rawAt({ bytes, kinds, valueStarts, valueEnds }: Records, cell: number): string {
  const quote = isText(kinds[cell] as number) ? 1 : 0
  return bytes.toString(
    'utf8',
    (valueStarts[cell] as number) - quote,
    (valueEnds[cell] as number) + quote,
  )
}

function notUtf8(records: Records, cell: number): ValueProblem | undefined {
  if (records.isUtf8()) return undefined
  const bytes = records.bytes.subarray(records.valueStarts[cell], records.valueEnds[cell])
  return isUtf8(bytes)
    ? undefined
    : valueProblem(`not UTF-8 at byte ${firstInvalidByte(bytes) + 1} of the value`)
}
