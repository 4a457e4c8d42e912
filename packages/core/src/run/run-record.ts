import type { TaskStatus } from '../plugins/task.ts'
import type { ErrorDocument, RunStatus } from './run-event.ts'

/** One run of the command line or the sdk, as kept in history. */
export interface RunRecord {
  readonly id: string
  readonly environment: string
  readonly startedAtMs: number
  readonly finishedAtMs?: number
  readonly status: RunStatus | 'running'
  /** What was asked for, without secrets. */
  readonly command: string
  readonly acceptedGuards: readonly { readonly guard: string; readonly reason: string }[]
  readonly flows: readonly FlowRunRecord[]
}

export interface FlowRunRecord {
  readonly flow: string
  readonly status: RunStatus | 'running'
  readonly batches: readonly BatchRunRecord[]
  /** Values of the flow's variables, in text form. */
  readonly variables?: Readonly<Record<string, string>>
  readonly error?: ErrorDocument
}

export interface BatchRunRecord {
  readonly batch: number
  readonly batchTime: string
  readonly files: readonly string[]
  /** For instance `new`, `changed`, `deleted`, `reinserted`, `rejected`, `loaded`. */
  readonly counts: Readonly<Record<string, number>>
  readonly durationMs: number
  /** What came of its tasks, where the flow has any. */
  readonly tasks?: readonly TaskRunRecord[]
}

export interface TaskRunRecord {
  readonly task: string
  readonly type: string
  readonly status: TaskStatus
  readonly durationMs: number
  /** False: an earlier run had done it. */
  readonly wasRun: boolean
  readonly branch?: string
  readonly error?: { readonly code: string; readonly message: string }
}
