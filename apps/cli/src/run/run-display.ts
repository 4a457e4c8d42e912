import type { RunEvent } from '@qarion/core'

import type { Terminal } from '../output/terminal.ts'
import { renderBatchLine } from './batch-line.ts'
import { createProgressLine, type ProgressLine } from './progress-line.ts'
import { renderPublishFailure, renderPublishLine } from './publish-line.ts'
import { createRunProgress, type RunProgress } from './run-progress.ts'

/** Shows a run as it happens. */
export interface RunDisplay {
  observe(event: RunEvent): void
  /** Erases the progress line; nothing is shown any more. */
  close(): void
}

const PLAIN_INTERVAL_MS = 15_000

/** A line per batch when it is done and, on a terminal, one that moves; nothing with --quiet and --json. */
export function createRunDisplay(terminal: Terminal): RunDisplay {
  if (terminal.isQuiet || terminal.isJson) return { observe: () => {}, close: () => {} }
  const progress = createRunProgress()
  const line: ProgressLine | undefined = terminal.notes.isTerminal
    ? createProgressLine(terminal.notes, () => progress.describe(Date.now()))
    : undefined
  const print = (text: string): void => {
    if (line === undefined) void terminal.notes.write(`${text}\n`)
    else line.print(text)
  }
  const plainTimer = line === undefined ? startPlainLines(progress, print) : undefined
  return {
    observe(event) {
      progress.observe(event)
      const text = textOf(event, progress, terminal)
      if (text !== undefined) print(text)
    },
    close() {
      clearInterval(plainTimer)
      line?.close()
    },
  }
}

/** Where no line can move, a long step is seen to live. */
function startPlainLines(progress: RunProgress, print: (text: string) => void): NodeJS.Timeout {
  return setInterval(() => {
    const text = progress.describe(Date.now())
    if (text !== '') print(text)
  }, PLAIN_INTERVAL_MS).unref()
}

function textOf(event: RunEvent, progress: RunProgress, terminal: Terminal): string | undefined {
  const { colors } = terminal.notes
  switch (event.type) {
    case 'batch_finished':
      return renderBatchLine(
        {
          flow: event.flow,
          batch: event.batch,
          counts: event.counts,
          durationMs: event.durationMs,
          ...progress.batch(event.flow, event.batch),
        },
        terminal.notes,
      )
    case 'publish_failed':
      return event.state === 'dead' || terminal.isVerbose
        ? renderPublishFailure(event, colors)
        : undefined
    case 'publish_finished':
      return renderPublishLine(event, colors)
    case 'batch_reverted':
      return `${colors.yellow('↶')} ${colors.bold(event.flow)} #${event.batch}  taken back`
    case 'step_retried':
      return `${colors.yellow('…')} ${event.flow} #${event.batch} ${event.step}: attempt ${event.attempt} follows ${event.error.code}: ${event.error.message}`
    case 'warning':
      return `${colors.yellow('warning')} ${colors.bold(event.code)} ${event.flow} #${event.batch}: ${event.message}`
    case 'step_finished':
      return terminal.isVerbose
        ? colors.dim(
            `  ${event.flow} #${event.batch}  ${event.step}${event.wasResumed ? ' (was done)' : ''}  ${event.durationMs} ms`,
          )
        : undefined
    default:
      return undefined
  }
}
