import { toErrorDocument, type ErrorDocument, type RunRecord, type RunStatus } from '@qarion/core'
import type { RunResult } from '@qarion/sdk'

/** What `run --json` and `retry --json` hold. */
export interface RunDocument {
  readonly exitCode: number
  readonly status: RunStatus
  readonly run: RunRecord | null
  readonly flows: readonly {
    readonly flow: string
    readonly status: RunStatus | 'running'
    /** Whether the same command may succeed later with nothing changed. */
    readonly retryable: boolean
    readonly error: ErrorDocument | null
  }[]
}

export function runDocument(result: RunResult, exitCode: number): RunDocument {
  return {
    exitCode,
    status: result.status,
    run: result.run,
    flows: result.run.flows.map(({ flow, status, error: recorded }) => {
      const thrown = result.errors.find((failure) => failure.flow === flow)?.error
      const error = thrown === undefined ? recorded : toErrorDocument(thrown)
      return { flow, status, retryable: error?.retryable ?? false, error: error ?? null }
    }),
  }
}

/** The document of a retry or a saved plan for which there was nothing to run. */
export function emptyRunDocument(): RunDocument {
  return { exitCode: 0, status: 'nothing_to_do', run: null, flows: [] }
}
