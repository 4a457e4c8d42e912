import { isProcessGone, type ProcessIdentity } from '@qarion/kit-files'

import type { PostgresConnection } from '../connection/connection.ts'
import { LEASE_TABLE } from './lease-table.ts'

/** Whom the row of the lease names. */
export interface LeaseHolder extends ProcessIdentity {
  readonly description: string
  /** ISO 8601. */
  readonly since: string
  /** The server's process of the holder's session. */
  readonly sessionPid: number
  /** By the server's clock. */
  readonly silentMs: number
}

const READ = `
  SELECT description, pid, started_at, host, machine, session_pid,
    to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    (extract(epoch FROM clock_timestamp() - heartbeat_at) * 1000)::bigint
  FROM ${LEASE_TABLE} WHERE id = 1 AND released_at IS NULL`

/** The holder that the row names; `undefined` where it has let go, and for the moment before a new one has signed. */
export async function readHolder(connection: PostgresConnection): Promise<LeaseHolder | undefined> {
  const [row] = (await connection.query(READ)).rows
  if (row === undefined) return undefined
  const [description, pid, startedAt, host, machine, sessionPid, since, silentMs] = row
  return {
    description: String(description),
    pid: Number(pid),
    startedAt: startedAt ?? null,
    host: String(host),
    machine: String(machine),
    sessionPid: Number(sessionPid),
    since: String(since),
    silentMs: Number(silentMs),
  }
}

/** A holder whose session the server still keeps has been silent so long that it counts as dead. */
const STALE_AFTER_MS = 60_000

/**
 * Whether the holder is dead although the server still has its session: its process, on this machine, is gone, or
 * nothing was heard of it, as of a machine that lost its power.
 */
export async function isDead(holder: LeaseHolder, own: ProcessIdentity): Promise<boolean> {
  if (holder.machine === own.machine && (await isProcessGone(holder)) === true) return true
  return holder.silentMs > STALE_AFTER_MS
}

/** Ends the holder's session, if that still is the one that holds the lock. */
export async function endSession(
  connection: PostgresConnection,
  holder: LeaseHolder,
  lockKey: string,
): Promise<void> {
  await connection.query(
    `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = $1::int
       AND objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND (classid::bigint << 32 | objid::bigint) = $2::bigint`,
    [String(holder.sessionPid), lockKey],
  )
}
