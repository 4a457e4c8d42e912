import { formatCount } from './numbers.ts'
import { printable } from './printable.ts'
import { renderTable } from './table.ts'
import type { Colors } from './terminal.ts'

const MOST_ROWS = 5
const SET_IN = '    '

/** The rows that an error names as examples (`data.columns`, `data.sample`, `data.count`), as a table; else nothing. */
export function renderSample(
  data: Readonly<Record<string, unknown>> | undefined,
  style: { readonly colors: Colors; readonly width: number },
): string {
  const { columns, count, sample } = data ?? {}
  if (!isTexts(columns) || !Array.isArray(sample) || !sample.every(isRow)) return ''
  if (columns.length === 0 || sample.length === 0) return ''
  const rows = sample
    .slice(0, MOST_ROWS)
    .map((row) => columns.map((_, index) => cellOf(row[index] ?? null)))
  const titles = columns.map((name) => ({
    title: printable(name.replace(/^xt_/, '').replaceAll('_', ' ')),
    side: 'left' as const,
    canCut: true,
  }))
  const { text } = renderTable(titles, rows, { ...style, width: style.width - SET_IN.length })
  const left = (typeof count === 'number' ? count : sample.length) - rows.length
  const more = left > 0 ? `${style.colors.dim(`… and ${formatCount(left)} more`)}\n` : ''
  return (text + more).replaceAll(/^(?=.)/gm, SET_IN)
}

function cellOf(value: unknown): string | null {
  return value === null
    ? null
    : printable(typeof value === 'string' ? value : JSON.stringify(value))
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isRow(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
