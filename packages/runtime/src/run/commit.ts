import { isQarionError, toErrorDocument, type CommitResult, type Operation } from '@qarion/core'

import { catalogOf } from '../state/flow-catalog.ts'
import type { RunContext } from './run-context.ts'

const MAX_ATTEMPTS = 4
const FIRST_WAIT_MS = 500

export interface CommitStep {
  readonly flow: string
  readonly batch: number
  readonly step: string
}

/**
 * Commits the operations as one unit. Failures that may pass (a lost connection, a timeout) are tried again with
 * growing waits; operations are made anew for each attempt.
 */
export async function commitUnit(
  context: RunContext,
  step: CommitStep,
  makeOperations: () => readonly Operation[],
): Promise<CommitResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await context.session.commit({
        operations: makeOperations(),
        catalog: catalogOf([], undefined, undefined),
        parameters: {},
        acceptedGuards: context.acceptedGuards,
        lease: context.lease,
        signal: context.signal,
      })
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !mayPass(error) || context.signal.aborted) throw error
      const waitMs = FIRST_WAIT_MS * 2 ** (attempt - 1)
      context.emit({
        type: 'step_retried',
        ...step,
        attempt,
        waitMs,
        error: toErrorDocument(error),
      })
      await wait(waitMs, context.signal)
    }
  }
}

function mayPass(error: unknown): error is Parameters<typeof toErrorDocument>[0] {
  return isQarionError(error) && (error.reason === 'connection' || error.reason === 'timeout')
}

function wait(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, waitMs)
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done, { once: true })
  })
}
