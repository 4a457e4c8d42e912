import { isQarionError, type OutboxEvent, type Publisher, type QarionError } from '@qarion/core'

import { makeRequest } from './make-request.ts'
import { refusalOf } from './webhook-answer.ts'
import { webhookError } from './webhook-errors.ts'
import type { WebhookSettings } from './webhook-settings.ts'

/** Sends each event as one POST. An answer 2xx means that it is taken. */
export function createWebhookPublisher(
  settings: WebhookSettings,
  nowMs: () => number = Date.now,
): Publisher {
  const { url, timeoutMs, concurrency, secrets } = settings
  const hide = (text: string): string =>
    secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text)
  const send = async (
    event: OutboxEvent,
    signal: AbortSignal,
  ): Promise<QarionError | undefined> => {
    const { headers, body } = makeRequest(settings, event, nowMs())
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      // Whoever is redirected to must not get what is signed for the receiver.
      redirect: 'manual',
      signal,
    })
    return refusalOf(response, { nowMs, hide })
  }
  return {
    concurrency,
    async publish(event, signal) {
      const timeout = AbortSignal.timeout(timeoutMs)
      let refusal: QarionError | undefined
      try {
        refusal = await send(event, AbortSignal.any([signal, timeout]))
      } catch (thrown) {
        if (isQarionError(thrown)) throw thrown
        throw sendError(thrown, { isCancelled: signal.aborted, timeout, timeoutMs })
      }
      if (refusal !== undefined) throw refusal
    },
    close: async () => {},
  }
}

function sendError(
  thrown: unknown,
  {
    isCancelled,
    timeout,
    timeoutMs,
  }: { readonly isCancelled: boolean; readonly timeout: AbortSignal; readonly timeoutMs: number },
): QarionError {
  if (isCancelled)
    return webhookError('QRN-WEBHOOK-007', 'interrupted', 'sending was cancelled', {
      cause: thrown,
    })
  if (timeout.aborted)
    return webhookError(
      'QRN-WEBHOOK-005',
      'timeout',
      `the receiver did not answer within ${timeoutMs} ms`,
      { cause: thrown },
    )
  return webhookError('QRN-WEBHOOK-004', 'connection', `no answer (${codeOf(thrown)})`, {
    cause: thrown,
  })
}

/** The code of what lies beneath, such as ECONNREFUSED; the messages around it name addresses. */
function codeOf(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    const { code } = error as { readonly code?: unknown }
    if (typeof code === 'string') return code
    if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  }
  return 'no connection'
}
