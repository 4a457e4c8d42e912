import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { Engine, EngineCapabilities, Lease, LeaseOwner } from '@qarion/core'
import { acquireFileLock } from '@qarion/kit-files'
import { createSqlEngineSession, takeFence } from '@qarion/kit-sql'

import { sqliteDialect } from './dialect/sqlite-dialect.ts'
import { openSqliteSession } from './session/sqlite-session.ts'
import { MAX_PRECISION, STORED_TYPES } from './sqlite-types.ts'

export interface SqliteEngineOptions {
  /** Absolute path of the database file. */
  readonly path: string
  /** Memory for pages, in bytes; 64 MB if absent. */
  readonly cacheBytes?: number
  /** How long to wait for a lock of another program; 5,000 if absent. */
  readonly busyTimeoutMs?: number
}

const CAPABILITIES: EngineCapabilities = Object.freeze({
  isPersistent: true,
  maxDecimalPrecision: MAX_PRECISION,
  nativeFormats: Object.freeze([]),
  storedTypes: STORED_TYPES,
})

/** An engine over one SQLite file. Nothing is opened before it is needed. */
export function createSqliteEngine({
  path,
  cacheBytes = 64_000_000,
  busyTimeoutMs = 5000,
}: SqliteEngineOptions): Engine {
  const open = async (mode: 'read' | 'write'): ReturnType<typeof openSqliteSession> => {
    if (mode === 'write') await mkdir(dirname(path), { recursive: true })
    return openSqliteSession({ path, mode, cacheKiB: Math.ceil(cacheBytes / 1024), busyTimeoutMs })
  }
  return {
    capabilities: CAPABILITIES,
    open: async (mode) => createSqlEngineSession(await open(mode), sqliteDialect),
    acquireLease: (owner) => acquireLease(path, owner, () => open('write')),
  }
}

async function acquireLease(
  path: string,
  owner: LeaseOwner,
  open: () => ReturnType<typeof openSqliteSession>,
): Promise<Lease> {
  await mkdir(dirname(path), { recursive: true })
  const lock = await acquireFileLock(`${path}.lock`, owner)
  try {
    const session = await open()
    try {
      const fence = await takeFence(session, sqliteDialect)
      return { fence, release: () => lock.release() }
    } finally {
      await session.close()
    }
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}
