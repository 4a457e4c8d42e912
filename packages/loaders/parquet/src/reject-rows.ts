import {
  formatValue,
  valueAt,
  type ColumnVector,
  type RejectedRow,
  type ScannedColumn,
  type Value,
} from '@qarion/core'
import { fieldTextOf, rawTextOf } from '@qarion/kit-files'

export interface ColumnProblem {
  /** Place among the columns of the scan. */
  readonly columnIndex: number
  readonly reason: string
  readonly raw: unknown
}

/** A row with bad values. Its raw text is the row as a JSON object of the columns that are read. */
export function rejectRow(
  row: number,
  rowNumber: number,
  problems: readonly ColumnProblem[],
  columns: readonly ScannedColumn[],
  vectors: readonly ColumnVector[],
): RejectedRow {
  const bad = new Map(problems.map(({ columnIndex, raw }) => [columnIndex, shownText(raw)]))
  const values: Record<string, Value | null> = {}
  const shown = columns.map(({ column }, index) => {
    const problem = bad.get(index)
    if (problem !== undefined) return [column.name, problem] as const
    const value = valueAt(vectors[index] as ColumnVector, row)
    values[column.name] = value
    return [column.name, value === null ? null : formatValue(column.type, value)] as const
  })
  const raw = Buffer.from(JSON.stringify(Object.fromEntries(shown)))
  return {
    line: rowNumber,
    problems: problems.map(({ columnIndex, reason }) => {
      const text = bad.get(columnIndex) ?? null
      return {
        column: (columns[columnIndex] as ScannedColumn).column.name,
        text: text === null ? null : fieldTextOf(text),
        reason,
      }
    }),
    rawText: rawTextOf(raw, 0, raw.length),
    values,
  }
}

/** What the file holds, as a person can read it. */
function shownText(raw: unknown): string | null {
  if (raw === null || raw === undefined) return null
  if (typeof raw === 'object' && 'text' in raw) return String(raw.text)
  if (raw instanceof Uint8Array) return Buffer.from(raw).toString('base64')
  if (typeof raw === 'number' || typeof raw === 'bigint') return String(raw)
  if (typeof raw === 'string') return raw
  return JSON.stringify(raw, (_, item: unknown) => (typeof item === 'bigint' ? String(item) : item))
}
