import type { FlowStatus } from '@qarion/sdk'

import { renderCounts } from './counts.ts'
import { countOf, formatAge, formatBytes, formatCount } from './numbers.ts'
import { printable } from './printable.ts'
import { renderError } from './render-error.ts'
import { paintStatus } from './run-status.ts'
import type { Colors, Terminal } from './terminal.ts'
import { cutText } from './text-width.ts'

/** A block per flow: newest batch, what waits, the last run, what to type next. */
export function renderStatus(
  flows: readonly FlowStatus[],
  nowMs: number,
  terminal: Terminal,
): string {
  if (flows.length === 0) return 'The project has no flows.\n'
  return flows.map((flow) => renderFlow(flow, nowMs, terminal)).join('\n')
}

function renderFlow(flow: FlowStatus, nowMs: number, terminal: Terminal): string {
  const { colors, width = 120 } = terminal.data
  const { bold, cyan, dim, magenta } = colors
  const rows: (readonly [string, string])[] = [['newest', renderNewest(flow, colors)]]
  rows.push(['waiting', renderWaiting(flow, colors)])
  if (flow.rejectedRows > 0) {
    rows.push([
      'rejected',
      `${magenta(countOf(flow.rejectedRows, 'row'))}  ${dim(`qarion show ${flow.flow}.rejects`)}`,
    ])
  }
  if (flow.lastRun !== undefined) {
    const { id, startedAtMs, status, error } = flow.lastRun
    const why = error === undefined ? '' : `  ${error.code} ${printable(error.message)}`
    rows.push([
      'last run',
      `${paintStatus(status, colors)}  ${formatAge(nowMs - startedAtMs)}  ${dim(id)}${cutText(why, Math.max(20, width - 60))}`,
    ])
  }
  if (flow.nextCommand !== undefined) rows.push(['next', cyan(flow.nextCommand)])
  const lines = rows.map(([name, text]) => `  ${dim(name.padEnd(8))}  ${text}\n`).join('')
  const problem =
    flow.problem === undefined
      ? ''
      : renderError(flow.problem, { colors, width, isVerbose: terminal.isVerbose })
  return `${bold(flow.flow)}  ${dim(flow.flowType)}\n${lines}${problem}`
}

function renderNewest({ newestBatch }: FlowStatus, colors: Colors): string {
  if (newestBatch === undefined) return colors.dim('no batch yet')
  const { batch, batchTime, counts } = newestBatch
  return `#${batch}  ${colors.dim(batchTime)}  ${renderCounts(counts, colors)}`
}

function renderWaiting({ waiting }: FlowStatus, colors: Colors): string {
  if (waiting.length === 0) return colors.dim('nothing')
  const files = waiting.flatMap((batch) => batch.files)
  const sizeBytes = waiting.reduce((sum, batch) => sum + batch.sizeBytes, 0)
  const [first = ''] = files
  const names =
    files.length > 1
      ? `${printable(first)} and ${formatCount(files.length - 1)} more`
      : printable(first)
  // What is written has no size yet.
  const size = waiting.every(({ action }) => action === 'export')
    ? ''
    : `  ${colors.dim(formatBytes(sizeBytes))}`
  return `${countOf(waiting.length, 'batch', 'batches')}  ${names}${size}`
}
