import { formatValue, valueAt, type Column, type ColumnBatch } from '@qarion/core'

/**
 * CSV as docs/semantics.md has it: dataset order of columns, LF, quotes only where the text needs them, NULL empty and
 * the empty string `""`.
 */
export function csvHeader(columns: readonly Column[]): string {
  return `${columns.map(({ name }) => csvField(name)).join(',')}\n`
}

/** The rows of a batch, a line each. */
export function csvRows(columns: readonly Column[], batch: ColumnBatch): string {
  const lines: string[] = []
  for (let row = 0; row < batch.rowCount; row += 1) {
    let line = ''
    for (const [index, { type }] of columns.entries()) {
      const vector = batch.columns[index]
      const value = vector === undefined ? null : valueAt(vector, row)
      if (index > 0) line += ','
      if (value !== null) line += csvField(formatValue(type, value))
    }
    lines.push(line)
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

const NEEDS_QUOTES = /[",\r\n]/

function csvField(text: string): string {
  if (text === '') return '""'
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
