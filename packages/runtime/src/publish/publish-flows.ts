import {
  toErrorDocument,
  toQarionError,
  withOrigin,
  type Engine,
  type QarionError,
  type RunEvent,
  type RunStatus,
} from '@qarion/core'

import type { RunContext } from '../run/run-context.ts'
import { combineStatus, statusOfError } from '../run/run-flows.ts'
import { createRunId, withWriter } from '../run/with-writer.ts'
import { runtimeError } from '../runtime-errors.ts'
import { publishFlow, type FlowPublishResult, type PublishOptions } from './publish-flow.ts'
import type { PublishableFlow } from './publishable-flow.ts'

export interface PublishFlowsRequest {
  readonly engine: Engine
  readonly flows: readonly PublishableFlow[]
  readonly environment: string
  readonly options: Omit<PublishOptions, 'random'> & Partial<Pick<PublishOptions, 'random'>>
  /** Wait this long for another runner. */
  readonly waitMs: number
  /** What was typed, for the message that a second runner gets. */
  readonly command: string
  readonly signal: AbortSignal
  readonly onEvent: (event: RunEvent) => void
  readonly nowMs?: () => number
}

export interface PublishedFlow extends FlowPublishResult {
  readonly status: RunStatus
  readonly durationMs: number
}

export interface PublishFlowsResult {
  readonly status: RunStatus
  readonly flows: readonly PublishedFlow[]
}

/**
 * Sends the due events of flows, one flow after the other, under one lease. A flow that fails does not stop the others.
 * Rejects only if the engine cannot be opened or written to at all.
 */
export async function publishFlows(request: PublishFlowsRequest): Promise<PublishFlowsResult> {
  const nowMs = request.nowMs ?? Date.now
  const runId = createRunId(nowMs())
  return withWriter(request, async (session, lease) => {
    const context: RunContext = {
      runId,
      environment: request.environment,
      engine: request.engine,
      session,
      lease,
      signal: request.signal,
      acceptedGuards: [],
      nowMs,
      emit: (event) => request.onEvent({ ...event, runId, atMs: nowMs() }),
    }
    const flows: PublishedFlow[] = []
    for (const flow of request.flows) {
      flows.push(await publishOne(context, flow, { random: Math.random, ...request.options }))
      if (request.signal.aborted) break
    }
    await session.checkpoint()
    return { status: combineStatus(flows.map(({ status }) => status)), flows }
  })
}

async function publishOne(
  context: RunContext,
  flow: PublishableFlow,
  options: PublishOptions,
): Promise<PublishedFlow> {
  const { id } = flow.definition
  const startedAtMs = context.nowMs()
  let result: FlowPublishResult
  try {
    result = await publishFlow(context, flow, options)
  } catch (thrown) {
    // What cannot be read or written at all; what was kept before is kept.
    const error = toQarionError(thrown)
    result = { flow: id, published: 0, failed: 0, dead: 0, waiting: 0, waitingDead: 0, error }
  }
  const error = result.error && named(result.error, context.signal, id)
  const status = statusOf(result, error)
  const durationMs = context.nowMs() - startedAtMs
  const { published, failed, dead } = result
  context.emit({
    type: 'publish_finished',
    flow: id,
    status,
    durationMs,
    published,
    failed,
    dead,
    ...(error === undefined ? {} : { error: toErrorDocument(error) }),
  })
  return { ...result, status, durationMs, ...(error === undefined ? {} : { error }) }
}

function named(error: QarionError, signal: AbortSignal, flow: string): QarionError {
  return signal.aborted
    ? runtimeError(
        'QRN-RUN-011',
        'interrupted',
        'publishing was interrupted; what was taken is not sent again',
        { origin: { flow }, cause: error },
      )
    : withOrigin(error, { flow })
}

function statusOf(
  { published, failed, dead }: FlowPublishResult,
  error: QarionError | undefined,
): RunStatus {
  if (error !== undefined && error.reason === 'interrupted') return 'interrupted'
  const isBad = failed > 0 || dead > 0 || error !== undefined
  if (isBad && published > 0) return 'partial'
  if (error !== undefined && failed + dead === 0) return statusOfError(error)
  if (isBad) return 'failed'
  return published > 0 ? 'succeeded' : 'nothing_to_do'
}
