import { toErrorDocument, type ErrorDocument, type RunStatus } from '@qarion/core'
import type { PublishResult } from '@qarion/sdk'

/** What `publish --json` holds. */
export interface PublishDocument {
  readonly exitCode: number
  readonly status: RunStatus
  readonly flows: readonly {
    readonly flow: string
    readonly status: RunStatus
    readonly published: number
    /** Not taken; they are sent again. */
    readonly failed: number
    readonly dead: number
    /** Events that are not published afterwards, and how many of them are dead. */
    readonly waiting: number
    readonly waitingDead: number
    readonly durationMs: number
    readonly retryable: boolean
    readonly error: ErrorDocument | null
  }[]
}

export function publishDocument(
  { status, flows }: PublishResult,
  exitCode: number,
): PublishDocument {
  return {
    exitCode,
    status,
    flows: flows.map(({ error, ...flow }) => ({
      ...flow,
      // What is due later is taken later, with nothing changed.
      retryable: error?.isRetryable ?? flow.failed > 0,
      error: error === undefined ? null : toErrorDocument(error),
    })),
  }
}
