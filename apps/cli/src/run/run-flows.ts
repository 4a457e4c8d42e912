import type { RunRequest, RunResult } from '@qarion/sdk'

import { runDocument } from '../documents/run-document.ts'
import { EXIT_DONE, exitCodeOfRun } from '../exit-codes.ts'
import { countOf, formatDuration } from '../output/numbers.ts'
import { renderError } from '../output/render-error.ts'
import { renderMemoryNote } from '../output/render-memory.ts'
import type { Terminal } from '../output/terminal.ts'
import type { Session } from '../session.ts'
import { openEventFile } from './event-file.ts'
import { createRunDisplay } from './run-display.ts'
import { keepYoungGeneration } from './young-generation.ts'

/** Runs, shows the run as it happens and its outcome; resolves with the exit code. */
export async function runFlows(
  session: Session,
  request: RunRequest,
  environment?: string,
): Promise<number> {
  const { line, terminal } = session
  const events = line.options.events === undefined ? undefined : openEventFile(line.options.events)
  const display = createRunDisplay(terminal)
  let result: RunResult
  try {
    const qarion = await session.open((event) => {
      // By now everything is imported, and the size is one that serves.
      if (event.type === 'flow_started') keepYoungGeneration()
      events?.write(event)
      display.observe(event)
    }, environment)
    result = await qarion.run(request)
  } finally {
    display.close()
    events?.close()
  }
  const exitCode = exitCodeOfRun(result)
  if (terminal.isJson) await session.printDocument({ ...runDocument(result, exitCode) })
  else await terminal.notes.write(renderOutcome(result, exitCode, terminal))
  return exitCode
}

function renderOutcome(result: RunResult, exitCode: number, terminal: Terminal): string {
  const { colors, width = 120 } = terminal.notes
  // Whoever interrupted knows; the summary says it.
  const told = result.errors.filter(({ error }) => error.reason !== 'interrupted')
  const errors = told.map(
    ({ flow, error }) =>
      `\n${colors.red('✗')} ${colors.bold(flow)}\n${renderError(error, { colors, width, isVerbose: terminal.isVerbose })}`,
  )
  if (terminal.isQuiet) return errors.join('')
  return `${errors.join('')}${errors.length > 0 ? '\n' : ''}${renderSummary(result, terminal)}${renderMemoryNote(result, terminal)}${renderNext(result, exitCode, terminal)}`
}

const VERDICTS: Readonly<Record<RunResult['status'], string>> = {
  succeeded: 'done',
  nothing_to_do: 'nothing to do',
  failed: 'failed',
  refused: 'refused',
  blocked: 'blocked',
  partial: 'partly done',
  interrupted: 'interrupted',
  skipped: 'skipped',
}

function renderSummary({ run, status }: RunResult, { notes }: Terminal): string {
  const { bold, dim, green, red, yellow } = notes.colors
  const isFine = status === 'succeeded' || status === 'nothing_to_do'
  const paint = isFine ? green : status === 'failed' ? red : yellow
  const batches = run.flows.reduce((sum, flow) => sum + flow.batches.length, 0)
  const duration = formatDuration((run.finishedAtMs ?? Date.now()) - run.startedAtMs)
  const scope = `${countOf(run.flows.length, 'flow')}, ${countOf(batches, 'batch', 'batches')}`
  return `${paint(bold(VERDICTS[status]))}  ${scope}  ${duration}  ${dim(`run ${run.id}`)}\n`
}

/** The command to type next, where typing one helps. */
function renderNext({ run, status }: RunResult, exitCode: number, { notes }: Terminal): string {
  if (exitCode === EXIT_DONE) return ''
  const env = run.environment === 'default' ? '' : ` --env ${run.environment}`
  const next =
    status === 'blocked'
      ? `qarion retry${env} --wait 10m`
      : status === 'interrupted'
        ? `qarion retry${env}`
        : `qarion retry${env}   (once the cause is out of the way)`
  return `${notes.colors.cyan('next:')} ${next}\n`
}
