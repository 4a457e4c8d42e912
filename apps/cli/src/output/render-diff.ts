import type { DiffBatch, DiffResult, DiffSample } from '@qarion/sdk'

import { COUNT_STYLES, renderCounts } from './counts.ts'
import { formatCount } from './numbers.ts'
import { printable } from './printable.ts'
import type { Colors, Output } from './terminal.ts'
import { cutText } from './text-width.ts'

const VALUE_CELLS = 60

/** Batch by batch the counts and some rows of each kind: `~` with old → new, `+` and `-` with their values. */
export function renderDiff(result: DiffResult, output: Pick<Output, 'colors' | 'width'>): string {
  if (result.batches.length === 0) return `${result.flow} has no batch yet\n`
  return result.batches.map((batch) => renderBatch(result.flow, batch, output)).join('\n')
}

function renderBatch(
  flow: string,
  batch: DiffBatch,
  output: Pick<Output, 'colors' | 'width'>,
): string {
  const { colors } = output
  const files = batch.files.map(printable).join(', ')
  const head = `${colors.bold(flow)} #${batch.batch}  ${colors.dim(batch.batchTime)}  ${files}\n`
  const counts = `  ${renderCounts(batch.counts, colors)}\n`
  const rows = batch.samples.map((sample) => renderSample(sample, output)).join('')
  return head + counts + rows + renderRest(batch, colors)
}

function renderSample(
  sample: DiffSample,
  { colors, width }: Pick<Output, 'colors' | 'width'>,
): string {
  const style = COUNT_STYLES.find(({ name }) => name === sample.recordType)
  const paint = colors[style?.color ?? 'dim']
  const key = Object.values(sample.key)
    .map((value) => valueText(value, colors))
    .join(' | ')
  const head = `  ${paint(style?.sign ?? '?')} ${colors.bold(key)}`
  if (sample.recordType === 'changed') {
    const lines = sample.changes.map(
      ({ column, before, after }) =>
        `      ${printable(column)}: ${valueText(before, colors, colors.red)} ${colors.dim('→')} ${valueText(after, colors, colors.green)}\n`,
    )
    return `${head}\n${lines.join('')}`
  }
  const values = sample.changes
    .filter(({ column }) => !(column in sample.key))
    .map(({ column, before, after }) => {
      const value = sample.recordType === 'deleted' ? before : after
      return `${printable(column)}=${value === null ? 'NULL' : cutText(printable(value), VALUE_CELLS)}`
    })
    .join('  ')
  const room = (width ?? Number.POSITIVE_INFINITY) - 8 - cellsOf(sample)
  return `${head}  ${colors.dim(Number.isFinite(room) ? cutText(values, Math.max(20, room)) : values)}\n`
}

function cellsOf({ key }: DiffSample): number {
  return Object.values(key).reduce((sum, value) => sum + (value ?? 'NULL').length + 3, 0)
}

function valueText(
  value: string | null,
  colors: Colors,
  paint: (text: string) => string = (text) => text,
): string {
  if (value === null) return colors.dim('NULL')
  return paint(value === '' ? "''" : cutText(printable(value), VALUE_CELLS))
}

/** What the samples leave out is said, so that nobody takes them for all. */
function renderRest({ counts, samples }: DiffBatch, { dim }: Colors): string {
  const rest = COUNT_STYLES.flatMap(({ name, sign }) => {
    const shown = samples.filter(({ recordType }) => recordType === name).length
    const left = (counts[name] ?? 0) - shown
    return shown > 0 && left > 0 ? [`${sign}${formatCount(left)} more ${name}`] : []
  })
  return rest.length === 0 ? '' : `  ${dim(`… ${rest.join('  ')}`)}\n`
}
