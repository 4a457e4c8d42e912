import { renderCounts } from '../output/counts.ts'
import { formatCount, formatDuration, formatRate } from '../output/numbers.ts'
import { printable } from '../output/printable.ts'
import type { Output } from '../output/terminal.ts'
import { textWidth } from '../output/text-width.ts'

export interface FinishedBatch {
  readonly flow: string
  readonly batch: number
  readonly batchTime: string
  readonly files: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  /** Rows of the delivery; 0 if unknown. */
  readonly rows: number
  readonly durationMs: number
}

// Below that, the rate is that of starting up.
const TELLING_ROWS = 1000

/**
 * `✓ orders #2  2024-01-02T00:00:00Z  orders_2.csv  +2 new  ~1 changed  -1 deleted  8,120 rows  1.2M rows/s  0.03 s`.
 * Where the line has not the room, time, rate and file are left out in this order.
 */
export function renderBatchLine(
  finished: FinishedBatch,
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string {
  const { batch, batchTime, counts, durationMs, files, flow, rows } = finished
  const { bold, dim, green } = colors
  const isTelling = rows >= TELLING_ROWS && durationMs > 0
  const time = dim(batchTime)
  const rate = isTelling ? dim(`${formatRate((rows * 1000) / durationMs)} rows/s`) : ''
  const names = fileNames(files)
  const parts = [
    `${green('✓')} ${bold(flow)} #${batch}`,
    time,
    names,
    renderCounts(counts, colors),
    rows > 0 ? dim(`${formatCount(rows)} rows`) : '',
    rate,
    dim(formatDuration(durationMs)),
  ]
  const left = new Set(parts.filter((part) => part !== ''))
  for (const part of [time, rate, names]) {
    if (width === undefined || textWidth([...left].join('  ')) < width) break
    left.delete(part)
  }
  return [...left].join('  ')
}

/** The file, or the first of several; folders are left out, they are the flow's own. */
function fileNames(files: readonly string[]): string {
  const [first, ...others] = files
  if (first === undefined) return ''
  const name = printable(first.slice(first.lastIndexOf('/') + 1))
  return others.length === 0 ? name : `${name} and ${others.length} more`
}
