import type { Colors } from './terminal.ts'
import { cutText, padText, textWidth } from './text-width.ts'

export interface TableColumn {
  readonly title: string
  readonly side: 'left' | 'right'
  /** Numbers are shown whole or not at all: half a number is a wrong one. */
  readonly canCut: boolean
}

/** Printable text of a cell; `null` is NULL. */
export type TableCell = string | null

export interface RenderedTable {
  /** Lines with a newline each. */
  readonly text: string
  /** Titles of columns that had no room. */
  readonly hidden: readonly string[]
}

const GAP = '  '
const NARROWEST = 6
const WIDEST_UNBOUNDED = 80
const NULL_TEXT = 'NULL'

/**
 * The rows as a table at most `width` cells wide. Long text is cut with `…`, the widest columns first; columns that
 * still have no room are left out from the right and named. Without a width no column is left out.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  style: { readonly colors: Colors; readonly width: number | undefined },
): RenderedTable {
  const natural = columns.map((column, index) =>
    Math.max(textWidth(column.title), ...rows.map((row) => textWidth(row[index] ?? NULL_TEXT))),
  )
  const widths = fit(columns, natural, style.width)
  const shown = columns.slice(0, widths.length)
  const { bold, dim } = style.colors
  const at = (index: number): number => widths[index] ?? 0

  const header = shown.map((column, index) =>
    bold(padText(cutText(column.title, at(index)), at(index), column.side)),
  )
  const rule = shown.map((_, index) => dim('─'.repeat(at(index))))
  const body = rows.map((row) =>
    line(
      shown.map((column, index) => {
        const cell = row[index] ?? null
        const text = padText(cutText(cell ?? NULL_TEXT, at(index)), at(index), column.side)
        return cell === null ? dim(text) : text
      }),
    ),
  )
  return {
    text: line(header) + line(rule) + body.join(''),
    hidden: columns.slice(widths.length).map(({ title }) => title),
  }
}

function line(cells: readonly string[]): string {
  return `${cells.join(GAP).trimEnd()}\n`
}

function fit(
  columns: readonly TableColumn[],
  natural: readonly number[],
  width: number | undefined,
): readonly number[] {
  const widths = natural.map((cells, index) =>
    columns[index]?.canCut ? Math.min(cells, width ?? WIDEST_UNBOUNDED) : cells,
  )
  if (width === undefined) return widths

  const least = columns.map((column, index) =>
    column.canCut ? Math.min(natural[index] ?? 0, NARROWEST) : (natural[index] ?? 0),
  )
  // The first column stays even where it is too wide: a table without columns says nothing.
  let count = columns.length
  while (count > 1 && total(least.slice(0, count)) > width) count -= 1
  widths.length = count
  for (let excess = total(widths) - width; excess > 0; excess = total(widths) - width) {
    const widest = widestToCut(columns, widths, least)
    if (widest === undefined) break
    widths[widest] = Math.max(least[widest] ?? 0, (widths[widest] ?? 0) - 1)
  }
  return widths
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, cells) => sum + cells, 0) + GAP.length * (widths.length - 1)
}

function widestToCut(
  columns: readonly TableColumn[],
  widths: readonly number[],
  least: readonly number[],
): number | undefined {
  let widest: number | undefined
  for (const [index, cells] of widths.entries()) {
    if (!columns[index]?.canCut || cells <= (least[index] ?? 0)) continue
    if (widest === undefined || cells > (widths[widest] ?? 0)) widest = index
  }
  return widest
}
