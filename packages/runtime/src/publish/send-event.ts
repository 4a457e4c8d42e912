import {
  toErrorDocument,
  toQarionError,
  type Publisher,
  type PublishDefinition,
  type QarionError,
} from '@qarion/core'

import type { EventBody } from '../run/run-context.ts'
import type { EventResult } from './mark-events.ts'
import { retryDelayMs } from './retry-delay.ts'
import type { WaitingEvent } from './waiting-event.ts'

/** What sending needs of its surroundings; tests bring their own clock and chance. */
export interface SendContext {
  readonly flow: string
  readonly publisher: Publisher
  readonly settings: Pick<PublishDefinition, 'retry'>
  readonly nowMs: () => number
  /** From 0 to before 1. */
  readonly random: () => number
  readonly signal: AbortSignal
  readonly emit: (event: EventBody) => void
}

/** Sends an event. Throws what says nothing of the event: the receiver cannot be used, or the run was cancelled. */
export async function sendEvent(context: SendContext, waiting: WaitingEvent): Promise<EventResult> {
  const attempts = waiting.attempts + 1
  try {
    await context.publisher.publish(waiting.event, context.signal)
    return { waiting, state: 'published', attempts, publishedAtMs: context.nowMs() }
  } catch (thrown) {
    const error = toQarionError(thrown)
    if (context.signal.aborted || !isAboutTheEvent(error)) throw error
    const result = failed(context, waiting, error)
    context.emit({
      type: 'publish_failed',
      flow: context.flow,
      event: waiting.event.id,
      attempt: attempts,
      state: result.state === 'dead' ? 'dead' : 'pending',
      ...(result.nextAttemptAtMs === undefined ? {} : { nextAttemptAtMs: result.nextAttemptAtMs }),
      error: toErrorDocument(error),
    })
    return result
  }
}

/** Whether the event is what was not taken, now or ever. */
function isAboutTheEvent(error: QarionError): boolean {
  return error.reason === 'data' || (error.isRetryable && error.reason !== 'interrupted')
}

function failed(
  { settings, nowMs, random }: SendContext,
  waiting: WaitingEvent,
  error: QarionError,
): EventResult {
  const attempts = waiting.attempts + 1
  const lastError = `${error.code} ${error.message}`
  const isLast = attempts >= settings.retry.maxAttempts
  if (!error.isRetryable || isLast) return { waiting, state: 'dead', attempts, lastError }
  const asked = error.data['retryAfterMs']
  const delayMs = retryDelayMs(
    settings.retry,
    attempts,
    typeof asked === 'number' && Number.isFinite(asked) ? asked : 0,
    random,
  )
  return { waiting, state: 'pending', attempts, nextAttemptAtMs: nowMs() + delayMs, lastError }
}
