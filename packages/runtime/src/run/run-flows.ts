import {
  isQarionError,
  toErrorDocument,
  toQarionError,
  variableTexts,
  withOrigin,
  type BatchRunRecord,
  type Engine,
  type FlowRunRecord,
  type QarionError,
  type RunEvent,
  type RunRecord,
  type RunStatus,
  type TriggeredRun,
  type TriggerRequest,
} from '@qarion/core'

import { PLAIN_OPTIONS, type DeliveryOptions } from '../deliveries/plan-deliveries.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import type { EventBody, RunContext } from './run-context.ts'
import { runFlow } from './run-flow.ts'
import { createRunId, withWriter } from './with-writer.ts'

export interface RunFlowsRequest {
  readonly engine: Engine
  readonly flows: readonly RunnableFlow[]
  /** A flow that a task runs, with values for its variables. */
  readonly findFlow?: (
    id: string,
    variables: Readonly<Record<string, string>>,
  ) => Promise<RunnableFlow>
  readonly environment: string
  readonly options: DeliveryOptions
  /** Flows for which `options` do not count: they load what is new. */
  readonly plainFlows?: readonly string[]
  readonly accepted: readonly { readonly guard: string; readonly reason: string }[]
  /** Wait this long for another runner. */
  readonly waitMs: number
  /** What was typed, for history and for the message that a second runner gets. */
  readonly command: string
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
  /** Called when the run starts, after each flow and at the end; the record grows. */
  readonly onRecord: (record: RunRecord) => Promise<void>
}

export interface FlowRunError {
  readonly flow: string
  readonly error: QarionError
}

export interface RunFlowsResult {
  readonly run: RunRecord
  readonly status: RunStatus
  readonly errors: readonly FlowRunError[]
}

/**
 * Runs flows one after the other under one lease. A flow that fails does not stop the others but for those that read
 * it, which are skipped; what failed and what was skipped is in `errors`. Rejects only if the engine cannot be opened or written to at all.
 */
export async function runFlows(request: RunFlowsRequest): Promise<RunFlowsResult> {
  const runId = createRunId(Date.now())
  const emit = (event: EventBody): void => request.onEvent({ ...event, runId, atMs: Date.now() })
  const startedAtMs = Date.now()
  return withWriter(request, (session, lease) => {
    const context: RunContext = {
      runId,
      environment: request.environment,
      engine: request.engine,
      session,
      lease,
      signal: request.signal,
      acceptedGuards: request.accepted.map(({ guard }) => guard),
      nowMs: () => Date.now(),
      emit,
    }
    return runAll(context, request, startedAtMs)
  })
}

async function runAll(
  context: RunContext,
  request: RunFlowsRequest,
  startedAtMs: number,
): Promise<RunFlowsResult> {
  context.emit({
    type: 'run_started',
    flows: request.flows.map(({ definition }) => definition.id),
    environment: request.environment,
  })
  const base = {
    id: context.runId,
    environment: request.environment,
    startedAtMs,
    command: request.command,
    acceptedGuards: request.accepted,
  }
  const flows: FlowRunRecord[] = []
  const errors: FlowRunError[] = []
  const progress: Progress = {
    flows,
    errors,
    running: [],
    save: () => request.onRecord({ ...base, status: 'running', flows: [...flows] }),
  }
  await progress.save()
  for (const flow of orderOfRun(request.flows)) {
    const options = request.plainFlows?.includes(flow.definition.id)
      ? PLAIN_OPTIONS
      : request.options
    await runAndRecord(context, request, flow, options, progress)
    if (request.signal.aborted) break
  }
  const status = combineStatus(flows.map((flow) => flow.status as RunStatus))
  const run: RunRecord = { ...base, finishedAtMs: context.nowMs(), status, flows }
  await request.onRecord(run)
  context.emit({ type: 'run_finished', status, durationMs: context.nowMs() - startedAtMs })
  return { run, status, errors }
}

/** What is known of a run so far. */
interface Progress {
  readonly flows: FlowRunRecord[]
  readonly errors: FlowRunError[]
  /** Ids of flows that are running, each started by a task of the one before. */
  readonly running: readonly string[]
  save(): Promise<void>
}

/** Flows that a task of another one runs are left to it, and those that read them come after it. */
function orderOfRun(flows: readonly RunnableFlow[]): readonly RunnableFlow[] {
  const runBy = new Map(
    flows.flatMap((flow) => triggeredFlows(flow).map((id) => [id, flow.definition.id])),
  )
  const top = (id: string): string => {
    const above = runBy.get(id)
    return above === undefined ? id : top(above)
  }
  const placed = new Set<string>()
  const ordered: RunnableFlow[] = []
  let waiting = flows.filter(({ definition }) => !runBy.has(definition.id))
  const isReady = ({ definition, sources = [] }: RunnableFlow): boolean =>
    sources
      .map((source) => top(source.definition.id))
      .every((id) => placed.has(id) || id === definition.id || !waiting.some(isCalled(id)))
  while (waiting.length > 0) {
    // Where one waits for the other and the other for the one, the order of the project counts.
    const next = (waiting.find(isReady) ?? waiting[0]) as RunnableFlow
    ordered.push(next)
    placed.add(next.definition.id)
    waiting = waiting.filter((flow) => flow !== next)
  }
  return ordered
}

function isCalled(id: string): (flow: RunnableFlow) => boolean {
  return ({ definition }) => definition.id === id
}

/** Ids of the flows that tasks of a flow run. */
export function triggeredFlows({ plan }: RunnableFlow): readonly string[] {
  return plan.dag.nodes.flatMap((node) =>
    node.kind === 'task' && node.triggers !== undefined ? [node.triggers] : [],
  )
}

async function runAndRecord(
  context: RunContext,
  request: RunFlowsRequest,
  flow: RunnableFlow,
  options: DeliveryOptions,
  progress: Progress,
): Promise<FlowRunRecord> {
  const { flows, errors } = progress
  const { id } = flow.definition
  const running = [...progress.running, id]
  const within: RunContext = {
    ...context,
    triggerFlow: (trigger) => runTriggered(context, request, trigger, { ...progress, running }),
  }
  const blocker = brokenSource(flow, errors)
  const { record, error } =
    blocker === undefined ? await runOne(within, flow, options) : skip(context, id, blocker)
  flows.push(record)
  if (error !== undefined) errors.push({ flow: id, error })
  await progress.save()
  return record
}

/** Runs a flow for a task of another one, plainly: what the run asks for concerns the flows that it names. */
async function runTriggered(
  context: RunContext,
  request: RunFlowsRequest,
  { flow: id, variables, batchTime }: TriggerRequest,
  progress: Progress,
): Promise<TriggeredRun> {
  const flow = await request.findFlow?.(id, variables)
  if (flow === undefined || progress.running.includes(id))
    throw runtimeError('QRN-RUN-021', 'usage', `the flow "${id}" cannot be run here`)
  const options = batchTime === undefined ? PLAIN_OPTIONS : { ...PLAIN_OPTIONS, batchTime }
  const { status, batches, error } = await runAndRecord(context, request, flow, options, progress)
  return {
    flow: id,
    status: status as RunStatus,
    batches: batches.map(({ batch, counts }) => ({ batch, counts })),
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
  }
}

/** What went wrong in this run with a flow that the flow reads. Skipped flows are among `errors`: it spreads. */
function brokenSource(
  { sources = [] }: RunnableFlow,
  errors: readonly FlowRunError[],
): FlowRunError | undefined {
  return errors.find(({ flow }) => sources.some(({ definition }) => definition.id === flow))
}

function skip(
  context: RunContext,
  flow: string,
  source: FlowRunError,
): { record: FlowRunRecord; error: QarionError } {
  const error = runtimeError(
    'QRN-RUN-016',
    source.error.reason,
    `not run, since it reads "${source.flow}", which did not get through (${source.error.code})`,
    { origin: { flow }, data: { source: source.flow, code: source.error.code } },
  )
  const document = toErrorDocument(error)
  context.emit({ type: 'flow_finished', flow, status: 'skipped', durationMs: 0, error: document })
  return { record: { flow, status: 'skipped', batches: [], error: document }, error }
}

async function runOne(
  context: RunContext,
  flow: RunnableFlow,
  options: DeliveryOptions,
): Promise<{ record: FlowRunRecord; error: QarionError | undefined }> {
  const id = flow.definition.id
  const startedAtMs = context.nowMs()
  const batches: BatchRunRecord[] = []
  const texts = variableTexts(flow.definition)
  const variables = texts === undefined ? {} : { variables: texts }
  try {
    await runFlow(context, flow, options, (batch) => batches.push(batch))
    const status: RunStatus = batches.length === 0 ? 'nothing_to_do' : 'succeeded'
    context.emit({
      type: 'flow_finished',
      flow: id,
      status,
      durationMs: context.nowMs() - startedAtMs,
    })
    return { record: { flow: id, status, batches, ...variables }, error: undefined }
  } catch (thrown) {
    const error = asRunError(thrown, context.signal, id)
    const status = statusOfError(error)
    context.emit({
      type: 'flow_finished',
      flow: id,
      status,
      durationMs: context.nowMs() - startedAtMs,
      error: toErrorDocument(error),
    })
    return {
      record: { flow: id, status, batches, ...variables, error: toErrorDocument(error) },
      error,
    }
  }
}

function asRunError(thrown: unknown, signal: AbortSignal, flow: string): QarionError {
  if (signal.aborted) {
    return runtimeError(
      'QRN-RUN-011',
      'interrupted',
      'the run was interrupted; what was committed stays',
      { origin: { flow }, cause: thrown },
    )
  }
  return withOrigin(isQarionError(thrown) ? thrown : toQarionError(thrown), { flow })
}

/** The status that an error gives its flow. */
export function statusOfError(error: QarionError): RunStatus {
  switch (error.reason) {
    case 'guard':
    case 'data':
      return 'refused'
    case 'locked':
      return 'blocked'
    case 'interrupted':
      return 'interrupted'
    default:
      return 'failed'
  }
}

/** One status for a run: that of its flows where they agree, `partial` where some did their work and some did not. */
export function combineStatus(statuses: readonly RunStatus[]): RunStatus {
  if (statuses.includes('interrupted')) return 'interrupted'
  const bad = statuses.filter((status) => status !== 'succeeded' && status !== 'nothing_to_do')
  if (bad.length === 0) return statuses.includes('succeeded') ? 'succeeded' : 'nothing_to_do'
  if (bad.length < statuses.length || new Set(bad).size > 1) return 'partial'
  return bad[0] as RunStatus
}
