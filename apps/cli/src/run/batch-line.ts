import { renderCounts } from '../output/counts.ts'
import { formatCount, formatDuration, formatRate } from '../output/numbers.ts'
import { printable } from '../output/printable.ts'
import type { Colors } from '../output/terminal.ts'

export interface FinishedBatch {
  readonly flow: string
  readonly batch: number
  readonly batchTime: string
  readonly files: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  /** Rows read as progress told them; `counts.loaded` says it better where it is there. */
  readonly rows: number
  readonly durationMs: number
  readonly colors: Colors
}

// Below that, the rate is that of starting up.
const TELLING_ROWS = 1000

/** `✓ orders #2  2024-01-02T00:00:00Z  orders_2.csv  +2 new  ~1 changed  -1 deleted  812 rows  1.2M rows/s  0.03 s` */
export function renderBatchLine(finished: FinishedBatch): string {
  const { batch, batchTime, colors, counts, durationMs, files, flow } = finished
  const rows = counts['loaded'] ?? finished.rows
  const isTelling = rows >= TELLING_ROWS && durationMs > 0
  const rate = isTelling ? `${formatRate((rows * 1000) / durationMs)} rows/s` : ''
  return [
    `${colors.green('✓')} ${colors.bold(flow)} #${batch}`,
    colors.dim(batchTime),
    fileNames(files),
    renderCounts(counts, colors),
    colors.dim(
      [rows > 0 ? `${formatCount(rows)} rows` : '', rate, formatDuration(durationMs)]
        .filter((part) => part !== '')
        .join('  '),
    ),
  ]
    .filter((part) => part !== '')
    .join('  ')
}

/** The file, or the first of several; folders are left out, they are the flow's own. */
function fileNames(files: readonly string[]): string {
  const [first, ...others] = files
  if (first === undefined) return ''
  const name = printable(first.slice(first.lastIndexOf('/') + 1))
  return others.length === 0 ? name : `${name} and ${others.length} more`
}
