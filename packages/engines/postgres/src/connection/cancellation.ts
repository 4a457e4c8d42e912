import { setTimeout as sleep } from 'node:timers/promises'

import type { QarionError } from '@qarion/core'
import { sqlError } from '@qarion/kit-sql'

import { classifyPostgresError } from '../classify-error.ts'
import type { PostgresConnection } from './connection.ts'

/** A cancellation that comes before the server has begun with the statement is lost, so it is repeated. */
const REPEAT_EVERY_MS = 50

/** Opens a session of its own, for the one that is to be cancelled listens to nobody. */
export type OpenConnection = () => Promise<PostgresConnection>

/** Runs work on a connection; an abort cancels the statement that runs there. Failures become errors of Qarion. */
export async function cancellable<Result>(
  connection: PostgresConnection,
  openAnother: OpenConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  if (isAborted(signal)) throw cancelled(signal?.reason)
  let isDone = false
  let cancelling: Promise<void> | undefined
  const onAbort = (): void => {
    cancelling = cancelUntil(connection, openAnother, () => isDone)
  }
  signal?.addEventListener('abort', onAbort)
  try {
    return await work()
  } catch (thrown) {
    throw isAborted(signal) ? cancelled(thrown) : classifyPostgresError(thrown)
  } finally {
    isDone = true
    signal?.removeEventListener('abort', onAbort)
    // A late cancellation would hit the next statement.
    await cancelling
  }
}

/** Cancels what a connection runs until that has ended; where the server cannot be asked, ends the session. */
export async function cancelUntil(
  connection: PostgresConnection,
  openAnother: OpenConnection,
  isDone: () => boolean,
): Promise<void> {
  try {
    const other = await openAnother()
    try {
      while (!isDone()) {
        await other.query('SELECT pg_cancel_backend($1::int)', [String(connection.processId)])
        await sleep(REPEAT_EVERY_MS)
      }
    } finally {
      await other.close()
    }
  } catch {
    await connection.close()
  }
}

export function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

export function cancelled(cause: unknown): QarionError {
  return sqlError('QRN-SQL-007', 'The run was cancelled.', { cause })
}
