import type { WorkerSettings } from '../worker/protocol.ts'
import { startWorker, type WorkerClient } from './worker-client.ts'

/** From this size on the log is copied: as many bytes as SQLite lets it have by itself. */
const COPY_FROM_BYTES = 8_000_000
/** From this size on the next transaction waits for the copy, after which it writes the log from its start. */
const WAIT_FROM_BYTES = 256_000_000

/**
 * Copies the log of a writer into the database on a thread of its own, while the writer is at its next transaction.
 * Nothing depends on it: what is not copied is in the log, and the writer's own checkpoint copies it.
 */
export interface LogCopies {
  /** Says how long the log is after a commit. */
  committed(logBytes: number): void
  /** Resolves once the next transaction may begin. */
  roomToBegin(): Promise<void>
  /** Resolves once nothing is being copied. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Starts no thread before there is something to copy. */
export function createLogCopies(settings: Omit<WorkerSettings, 'cancelled'>): LogCopies {
  let worker: WorkerClient | undefined
  let length = 0
  let running: Promise<unknown> = Promise.resolve()
  const settled = async (): Promise<void> => {
    await running
  }
  return {
    committed: (logBytes) => {
      length = logBytes
      if (logBytes < COPY_FROM_BYTES) return
      const copier = (worker ??= startWorker(settings))
      // Whatever keeps it from copying, the writer's checkpoint meets it too and says so.
      running = running.then(() => copier.call('copy_log', null)).catch(() => undefined)
    },
    roomToBegin: () => (length < WAIT_FROM_BYTES ? Promise.resolve() : settled()),
    settled,
    close: async () => {
      await running
      const copier = worker
      worker = undefined
      await copier?.call('close', null).then(
        () => copier.release(),
        () => copier.terminate(),
      )
    },
  }
}
