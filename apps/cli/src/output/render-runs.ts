import type { FlowRunRecord, RunRecord, TaskRunRecord } from '@qarion/core'

import { renderCounts } from './counts.ts'
import { formatDuration } from './numbers.ts'
import { printable } from './printable.ts'
import { renderError } from './render-error.ts'
import { paintStatus } from './run-status.ts'
import { renderTable } from './table.ts'
import type { Output, Terminal } from './terminal.ts'

const COLUMNS = [
  { title: 'run', side: 'left', canCut: false },
  { title: 'started', side: 'left', canCut: false },
  { title: 'status', side: 'left', canCut: false },
  { title: 'batches', side: 'right', canCut: false },
  { title: 'took', side: 'right', canCut: false },
  { title: 'environment', side: 'left', canCut: true },
  { title: 'command', side: 'left', canCut: true },
] as const

/** Runs, newest first, a line each. */
export function renderRuns(runs: readonly RunRecord[], output: Output): string {
  if (runs.length === 0) return 'There is no run yet.\n'
  const rows = runs.map((run) => [
    run.id,
    timeText(run.startedAtMs),
    run.status.replaceAll('_', ' '),
    String(run.flows.reduce((sum, flow) => sum + flow.batches.length, 0)),
    durationOf(run),
    run.environment,
    printable(run.command),
  ])
  return renderTable(COLUMNS, rows, output).text
}

/** One run, flow by flow and batch by batch. */
export function renderRun(run: RunRecord, terminal: Terminal): string {
  const { colors } = terminal.data
  const { bold, dim } = colors
  const accepted = run.acceptedGuards.map(
    ({ guard, reason }) => `  ${dim('accepted')} ${guard}: ${printable(reason)}\n`,
  )
  return [
    `${bold(run.id)}  ${paintStatus(run.status, colors)}  ${timeText(run.startedAtMs)}  ${durationOf(run)}  ${dim(run.environment)}\n`,
    `  ${dim(printable(run.command))}\n`,
    ...accepted,
    ...run.flows.map((flow) => renderFlow(flow, terminal)),
  ].join('')
}

function renderFlow(flow: FlowRunRecord, terminal: Terminal): string {
  const { colors, width = 120 } = terminal.data
  const batches = flow.batches.map(
    ({ batch, counts, durationMs, files, tasks = [] }) =>
      `  #${batch}  ${renderCounts(counts, colors)}  ${colors.dim(`${formatDuration(durationMs)}  ${files.map(printable).join(', ')}`)}\n${tasks.map((task) => renderTask(task, terminal)).join('')}`,
  )
  const variables = Object.entries(flow.variables ?? {}).map(
    ([name, value]) => `  ${colors.dim('with')} ${name} = ${printable(value)}\n`,
  )
  const error =
    flow.error === undefined
      ? ''
      : renderError(flow.error, { colors, width, isVerbose: terminal.isVerbose })
  return `${colors.bold(flow.flow)}  ${paintStatus(flow.status, colors)}\n${variables.join('')}${batches.join('')}${error}`
}

function renderTask(
  { task, status, branch, durationMs, wasRun, error }: TaskRunRecord,
  { data: { colors } }: Terminal,
): string {
  const details = [
    ...(branch === undefined ? [] : [`→ ${branch}`]),
    ...(status === 'skipped' ? [] : [wasRun ? formatDuration(durationMs) : 'done before']),
    ...(error === undefined ? [] : [`${error.code} ${printable(error.message)}`]),
  ]
  return `     ${task}  ${paintStatus(status, colors)}  ${colors.dim(details.join('  '))}\n`
}

function timeText(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`
}

function durationOf({ startedAtMs, finishedAtMs }: RunRecord): string {
  return finishedAtMs === undefined ? '' : formatDuration(finishedAtMs - startedAtMs)
}
