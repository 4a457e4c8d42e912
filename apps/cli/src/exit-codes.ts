import type { ErrorReason, QarionError, RunStatus } from '@qarion/core'
import type { RunResult } from '@qarion/sdk'

export const EXIT_DONE = 0
export const EXIT_FAILED = 1
export const EXIT_WRONG = 2
export const EXIT_PARTIAL = 3
export const EXIT_REFUSED = 4
export const EXIT_LOCKED = 5
/** 128 and the number of SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130

/** What a command ends with that failed for this reason. */
export function exitCodeOfReason(reason: ErrorReason): number {
  switch (reason) {
    case 'configuration':
    case 'usage':
    case 'plugin':
      return EXIT_WRONG
    case 'guard':
    case 'data':
      return EXIT_REFUSED
    case 'locked':
      return EXIT_LOCKED
    case 'interrupted':
      return EXIT_INTERRUPTED
    default:
      return EXIT_FAILED
  }
}

export function exitCodeOfError(error: QarionError): number {
  return exitCodeOfReason(error.reason)
}

const CODE_OF_STATUS: Readonly<Record<RunStatus, number>> = {
  succeeded: EXIT_DONE,
  nothing_to_do: EXIT_DONE,
  failed: EXIT_FAILED,
  refused: EXIT_REFUSED,
  blocked: EXIT_LOCKED,
  partial: EXIT_PARTIAL,
  interrupted: EXIT_INTERRUPTED,
  skipped: EXIT_PARTIAL,
}

/** What a command ends with whose flows came to this. */
export function exitCodeOfStatus(status: RunStatus): number {
  return CODE_OF_STATUS[status]
}

/** A failed run whose flows all failed for one kind of reason says which. */
export function exitCodeOfRun(result: RunResult): number {
  if (result.status !== 'failed') return CODE_OF_STATUS[result.status]
  const codes = new Set(result.errors.map(({ error }) => exitCodeOfError(error)))
  const [code] = codes
  return codes.size === 1 && code !== undefined ? code : EXIT_FAILED
}
