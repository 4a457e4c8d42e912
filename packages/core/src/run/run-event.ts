import type { PluginKind } from '../plugins/plugin.ts'

/** What happens in a run, as it happens. Plain data; times in milliseconds since 1970. */
export type RunEvent =
  | (RunEventBase & {
      readonly type: 'run_started'
      readonly flows: readonly string[]
      readonly environment: string
    })
  | (RunEventBase & {
      readonly type: 'run_finished'
      readonly status: RunStatus
      readonly durationMs: number
    })
  | (RunEventBase &
      FlowEventBase & { readonly type: 'flow_started'; readonly batches: readonly number[] })
  | (RunEventBase &
      FlowEventBase & {
        readonly type: 'flow_finished'
        readonly status: RunStatus
        readonly durationMs: number
        readonly error?: ErrorDocument
      })
  | (RunEventBase &
      BatchEventBase & {
        readonly type: 'batch_started'
        readonly batchTime: string
        readonly files: readonly string[]
      })
  | (RunEventBase &
      BatchEventBase & {
        readonly type: 'batch_finished'
        readonly counts: Readonly<Record<string, number>>
        readonly durationMs: number
      })
  | (RunEventBase & BatchEventBase & { readonly type: 'batch_reverted' })
  | (RunEventBase & StepEventBase & { readonly type: 'step_started'; readonly title: string })
  | (RunEventBase &
      StepEventBase & {
        readonly type: 'step_progress'
        readonly rows: number
        readonly bytes?: number
        readonly totalBytes?: number
      })
  | (RunEventBase &
      StepEventBase & {
        readonly type: 'step_retried'
        readonly attempt: number
        readonly waitMs: number
        readonly error: ErrorDocument
      })
  | (RunEventBase &
      StepEventBase & {
        readonly type: 'step_finished'
        readonly rowCounts: Readonly<Record<string, number>>
        readonly durationMs: number
        readonly wasResumed: boolean
      })
  | (RunEventBase &
      StepEventBase & {
        readonly type: 'step_failed'
        readonly error: ErrorDocument
        readonly durationMs: number
      })
  | (RunEventBase &
      BatchEventBase & {
        readonly type: 'warning'
        readonly code: string
        readonly message: string
        readonly data?: Readonly<Record<string, unknown>>
      })
  | (RunEventBase &
      FlowEventBase & {
        readonly type: 'publish_started'
        /** Events that are not published, dead ones too. */
        readonly waiting: number
      })
  | (RunEventBase & FlowEventBase & { readonly type: 'publish_progress' } & PublishCounts)
  | (RunEventBase &
      FlowEventBase & {
        readonly type: 'publish_failed'
        /** Id of the event that was not taken. */
        readonly event: string
        readonly attempt: number
        readonly state: 'pending' | 'dead'
        readonly nextAttemptAtMs?: number
        readonly error: ErrorDocument
      })
  | (RunEventBase &
      FlowEventBase & {
        readonly type: 'publish_finished'
        readonly status: RunStatus
        readonly durationMs: number
        readonly error?: ErrorDocument
      } & PublishCounts)
  | (RunEventBase & {
      readonly type: 'plugin_registered'
      readonly kind: PluginKind
      readonly id: string
      readonly package: string
    })

export type RunEventType = RunEvent['type']

interface RunEventBase {
  readonly runId: string
  readonly atMs: number
}

interface FlowEventBase {
  readonly flow: string
}

interface BatchEventBase extends FlowEventBase {
  readonly batch: number
}

interface StepEventBase extends BatchEventBase {
  readonly step: string
}

/** Events that were sent: taken, to be sent again, given up. */
export interface PublishCounts {
  readonly published: number
  readonly failed: number
  readonly dead: number
}

/**
 * `refused`: a guard, contract or check said no. `blocked`: another process holds the data. `skipped`: a flow that it
 * reads did not get through in the same run; of flows, never of runs.
 */
export type RunStatus =
  | 'succeeded'
  | 'nothing_to_do'
  | 'failed'
  | 'refused'
  | 'blocked'
  | 'partial'
  | 'interrupted'
  | 'skipped'

/** An error as plain data, redacted. */
export interface ErrorDocument {
  readonly code: string
  readonly reason: string
  readonly message: string
  readonly hint?: string
  readonly retryable: boolean
  readonly place?: { readonly file: string; readonly line?: number; readonly column?: number }
  readonly data?: Readonly<Record<string, unknown>>
  readonly problems?: readonly ErrorDocument[]
}
