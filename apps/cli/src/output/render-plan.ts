import type { PlannedBatch, PlannedFlow, ProjectPlan } from '@qarion/sdk'

import { connectedFlows } from './connected-flows.ts'
import { countOf, formatBytes } from './numbers.ts'
import { planForest } from './plan-forest.ts'
import { printable } from './printable.ts'
import { renderError } from './render-error.ts'
import { renderForest } from './render-forest.ts'
import type { Colors, Terminal } from './terminal.ts'

/**
 * Per flow what changed in it and which batches a run would load (with -v the whole tree of its plan), then the steps and
 * views as trees, flows that read each other in one.
 */
export function renderPlan(plan: ProjectPlan, terminal: Terminal): string {
  const { colors } = terminal.data
  return connectedFlows(plan)
    .map(({ flows, graph }) => {
      const namesFlows = flows.length > 1
      const sections = flows.map((flow) => renderFlow(flow, terminal)).join('\n')
      const forest = renderForest(planForest(graph), { colors, namesFlows })
      return `${sections}${namesFlows ? '\n' : ''}${forest.map((line) => `${line}\n`).join('')}\n`
    })
    .join('')
}

function renderFlow(flow: PlannedFlow, terminal: Terminal): string {
  const { colors } = terminal.data
  const sections = [
    `${colors.bold(flow.flow)}  ${colors.dim(flow.flowType)}`,
    ...Object.entries(flow.variables ?? {}).map(
      ([name, value]) => `  ${colors.dim('with')} ${name} = ${printable(value)}`,
    ),
    ...renderChanges(flow, colors),
    ...renderBatches(flow, colors),
    ...(terminal.isVerbose ? flow.tree.slice(1).map((line) => `  ${line}`) : []),
    ...(flow.statements ?? []).flatMap((statement) => ['', setIn(`${statement.trim()};`)]),
  ]
  const refusal =
    flow.refusal === undefined
      ? ''
      : renderError(flow.refusal, {
          colors,
          width: terminal.data.width ?? 120,
          isVerbose: terminal.isVerbose,
        })
  return `${sections.join('\n')}\n${refusal}`
}

function renderBatches({ batches, steps }: PlannedFlow, colors: Colors): string[] {
  if (batches.length === 0) {
    const verb = steps.some(({ kind }) => kind === 'export') ? 'export' : 'load'
    return [`  ${colors.dim(`no batch to ${verb}`)}`]
  }
  const lines = batches.map(({ batch, action, files, sizeBytes, batchTime, reason }) => {
    const time = batchTime === undefined ? '' : `  ${colors.dim(batchTime)}`
    const names = files.map(printable).join(', ')
    if (action === 'export') {
      const why = REASONS[reason ?? 'new']
      return `  batch ${batch} → ${names}${why === '' ? '' : `  ${colors.dim(why)}`}`
    }
    if (files.length === 0) return `  batch ${batch}  ${VERBS[action]}${time}`
    return `  batch ${batch}  ${VERBS[action]}  ${names}  ${colors.dim(formatBytes(sizeBytes))}${time}`
  })
  return lines.length <= MOST_BATCHES
    ? lines
    : [
        ...lines.slice(0, MOST_BATCHES - 1),
        `  ${colors.dim(`… and ${countOf(lines.length - MOST_BATCHES + 1, 'more batch', 'more batches')}`)}`,
      ]
}

const MOST_BATCHES = 20

const VERBS: Readonly<Record<Exclude<PlannedBatch['action'], 'export'>, string>> = {
  load: 'load',
  resume: 'go on with',
  reload: 'load again',
  tasks: 'run the tasks',
}

const REASONS: Readonly<Record<NonNullable<PlannedBatch['reason']>, string>> = {
  new: '',
  resume: 'goes on',
  source_changed: 'again: its rows changed',
  definition_changed: 'again: the definition changed',
  file_changed: 'again: the file is gone or was changed',
  requested: 'again',
}

const EFFECTS: Readonly<Record<PlannedFlow['definitionChanges'][number]['effect'], string>> = {
  passes: 'changes nothing that is stored',
  next_batch: 'holds from the next batch on',
  rebuild: 'asks for a rebuild: run with --full-refresh, or run this plan with --plan',
}

function renderChanges({ definitionChanges }: PlannedFlow, colors: Colors): string[] {
  return definitionChanges.map(
    ({ key, effect }) =>
      `  ${colors.yellow('~')} ${key}: ${effect === 'rebuild' ? colors.yellow(EFFECTS[effect]) : EFFECTS[effect]}`,
  )
}

function setIn(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '    ')
}
