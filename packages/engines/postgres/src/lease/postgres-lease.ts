import { setTimeout as sleep } from 'node:timers/promises'

import { isQarionError, type Lease, type LeaseOwner, type QarionError } from '@qarion/core'
import { identifyOwnProcess, type ProcessIdentity } from '@qarion/kit-files'
import { sqlError, takeFence } from '@qarion/kit-sql'

import { classifyPostgresError } from '../classify-error.ts'
import { connect, type PostgresConnection } from '../connection/connection.ts'
import { postgresDialect } from '../postgres-dialect.ts'
import { postgresError } from '../postgres-errors.ts'
import type { PostgresSettings } from '../postgres-options.ts'
import { createPostgresSession } from '../postgres-session.ts'
import { endSession, isDead, readHolder, type LeaseHolder } from './lease-holder.ts'
import { ensureLeaseTable, LEASE_TABLE } from './lease-table.ts'

const HEARTBEAT_MS = 5000
const RETRY_MS = 50
/** The server takes a moment to let go of what a session held that was ended. */
const DEAD_GRACE_MS = 5000

/**
 * Makes this process the one writer of the schema. The session that takes the lease holds an advisory lock, which the
 * server lets go of when the session ends, however its process ends; the row names the holder, and its heartbeat tells
 * a session whose machine is gone. Throws QRN-POSTGRES-012 (reason `locked`), naming the holder, after `waitMs`.
 */
export async function acquireLease(settings: PostgresSettings, owner: LeaseOwner): Promise<Lease> {
  throwIfAborted(owner.signal)
  const own = await identifyOwnProcess()
  const connection = await connect(settings, 'write')
  try {
    await ensureLeaseTable(connection, settings.schema)
    const key = await lockKey(connection)
    await takeLock(connection, key, own, owner)
    const fence = await nextFence(settings)
    await sign(connection, fence, own, owner)
    return hold(connection, fence)
  } catch (thrown) {
    await connection.close()
    if (owner.signal.aborted) throw interrupted(owner.signal)
    throw classifyPostgresError(thrown)
  }
}

/** Of the table, so that schemas of one database do not meet; "QRN" before it keeps other programs' locks apart. */
async function lockKey(connection: PostgresConnection): Promise<string> {
  const { rows } = await connection.query(
    `SELECT ((x'51524e'::bigint << 32) | '${LEASE_TABLE}'::regclass::oid::bigint)::text`,
  )
  return String(rows[0]?.[0])
}

async function takeLock(
  connection: PostgresConnection,
  key: string,
  own: ProcessIdentity,
  { waitMs, signal }: LeaseOwner,
): Promise<void> {
  const startedAt = Date.now()
  let deadline = startedAt + waitMs
  for (;;) {
    throwIfAborted(signal)
    const { rows } = await connection.query('SELECT pg_try_advisory_lock($1::bigint)', [key])
    if (rows[0]?.[0] === 't') return
    const holder = await readHolder(connection)
    if (holder !== undefined && (await isDead(holder, own))) {
      await endSession(connection, holder, key)
      deadline = Math.max(deadline, startedAt + DEAD_GRACE_MS)
    }
    const left = deadline - Date.now()
    if (left <= 0) throw lockedError(holder)
    await sleep(Math.min(left, RETRY_MS), undefined, { signal })
  }
}

/** On a session of its own: the one of the lease must stay in no transaction. */
async function nextFence(settings: PostgresSettings): Promise<bigint> {
  const session = createPostgresSession(settings, 'write')
  try {
    return await takeFence(session, postgresDialect)
  } finally {
    await session.close()
  }
}

async function sign(
  connection: PostgresConnection,
  fence: bigint,
  own: ProcessIdentity,
  { description }: LeaseOwner,
): Promise<void> {
  await connection.query(
    `INSERT INTO ${LEASE_TABLE} AS lease
       (id, fence, description, pid, started_at, host, machine, session_pid, since, heartbeat_at, released_at)
     VALUES (1, $1, $2, $3, $4, $5, $6, pg_backend_pid(), clock_timestamp(), clock_timestamp(), NULL)
     ON CONFLICT (id) DO UPDATE SET fence = excluded.fence, description = excluded.description, pid = excluded.pid,
       started_at = excluded.started_at, host = excluded.host, machine = excluded.machine,
       session_pid = excluded.session_pid, since = excluded.since, heartbeat_at = excluded.heartbeat_at,
       released_at = NULL`,
    [String(fence), description, String(own.pid), own.startedAt, own.host, own.machine],
  )
}

function hold(connection: PostgresConnection, fence: bigint): Lease {
  const update = (column: 'heartbeat_at' | 'released_at'): Promise<unknown> =>
    connection.query(
      `UPDATE ${LEASE_TABLE} SET ${column} = clock_timestamp() WHERE id = 1 AND fence = $1`,
      [String(fence)],
    )
  let beating: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    // A session that broke has lost the lease: the fence keeps its writer from committing once another one has it.
    if (!connection.isOpen()) clearInterval(timer)
    else beating = update('heartbeat_at').catch(() => {})
  }, HEARTBEAT_MS)
  timer.unref()
  let isReleased = false
  return {
    fence,
    release: async () => {
      if (isReleased) return
      isReleased = true
      clearInterval(timer)
      await beating
      // With the session the lock is free, whether or not the row says so.
      if (connection.isOpen()) await update('released_at').catch(() => {})
      await connection.close()
    },
  }
}

function lockedError(holder: LeaseHolder | undefined): QarionError {
  if (holder === undefined)
    return postgresError('QRN-POSTGRES-012', 'The schema is just being taken by another process.')
  const { description, pid, host, since, silentMs } = holder
  return postgresError(
    'QRN-POSTGRES-012',
    `${description} (process ${pid} on ${host}) writes to the schema since ${since}.`,
    { data: { description, pid, host, since, silentMs } },
  )
}

function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw interrupted(signal)
}

function interrupted(signal: AbortSignal): QarionError {
  return isQarionError(signal.reason)
    ? signal.reason
    : sqlError('QRN-SQL-007', 'The run was cancelled.', { cause: signal.reason })
}
