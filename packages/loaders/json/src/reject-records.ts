import {
  isValueProblem,
  valueAt,
  type ColumnVector,
  type FieldProblem,
  type RejectedRow,
  type ScannedColumn,
  type Value,
} from '@qarion/core'
import { fieldTextOf, rawTextOf } from '@qarion/kit-files'

import { textAt } from './cell-values.ts'
import type { Records } from './records.ts'
import { ABSENT, isText, NULL } from './value-kinds.ts'

/** More bytes than a reject shows of a value. */
const SHOWN_BYTES = 4096

export interface ColumnProblem {
  /** Place among the columns of the scan. */
  readonly columnIndex: number
  readonly reason: string
}

/** A record whose fields were found but hold bad values. `keys`: for each column the number of its key. */
export function rejectValues(
  records: Records,
  row: number,
  problems: readonly ColumnProblem[],
  context: {
    readonly columns: readonly ScannedColumn[]
    readonly keys: readonly number[]
    readonly vectors: readonly ColumnVector[]
  },
): RejectedRow {
  const { columns, keys, vectors } = context
  const bad = new Set(problems.map(({ columnIndex }) => columnIndex))
  const values: [string, Value | null][] = []
  for (const [index, { column }] of columns.entries())
    if (!bad.has(index)) values.push([column.name, valueAt(vectors[index] as ColumnVector, row)])
  return {
    line: records.lines[row] as number,
    problems: problems.map(({ columnIndex, reason }): FieldProblem => ({
      column: (columns[columnIndex] as ScannedColumn).column.name,
      text: shownText(records, row * records.width + (keys[columnIndex] as number)),
      reason,
    })),
    rawText: rawOf(records, row),
    values: Object.fromEntries(values),
  }
}

/** What is no record: none of its values can be told, not even its key. */
export function rejectBroken(records: Records, row: number): RejectedRow {
  return {
    line: records.lines[row] as number,
    problems: [{ column: '', text: null, reason: records.broken.get(row) ?? '' }],
    rawText: rawOf(records, row),
    values: {},
  }
}

function shownText(records: Records, cell: number): string | null {
  const kind = records.kinds[cell] as number
  if (kind === ABSENT || kind === NULL) return null
  if (isText(kind)) {
    const text = textAt(records, cell)
    if (!isValueProblem(text)) return fieldTextOf(text)
  }
  const start = records.valueStarts[cell] as number
  const end = Math.min(records.valueEnds[cell] as number, start + SHOWN_BYTES)
  return fieldTextOf(records.bytes.toString('utf8', start, end))
}

function rawOf({ bytes, starts, ends }: Records, row: number): string {
  return rawTextOf(bytes, starts[row] as number, ends[row] as number)
}
