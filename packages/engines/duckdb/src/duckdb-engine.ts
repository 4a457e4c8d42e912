import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import {
  isQarionError,
  type Engine,
  type EngineSession,
  type Lease,
  type LeaseOwner,
} from '@qarion/core'
import { acquireFileLock } from '@qarion/kit-files'
import { createSqlEngineSession, takeFence } from '@qarion/kit-sql'

import { STORED_TYPES } from './dialect/stored-type.ts'
import { openDatabase, type DatabaseShare } from './duckdb-database.ts'
import { duckdbDialect } from './duckdb-dialect.ts'
import { loadDriver, type DuckdbDriver } from './duckdb-driver.ts'
import { duckdbError } from './duckdb-errors.ts'
import type { DuckdbSettings } from './duckdb-options.ts'
import { createDuckdbSession } from './duckdb-session.ts'
import { NATIVE_FORMATS } from './native/native-formats.ts'

/** An engine over one database file. Opens nothing and imports no driver before `open` or `acquireLease`. */
export function createDuckdbEngine(settings: DuckdbSettings): Engine {
  return Object.freeze({
    capabilities: Object.freeze({
      isPersistent: true,
      maxDecimalPrecision: 38,
      speaksSql: true,
      nativeFormats: Object.freeze(Object.keys(NATIVE_FORMATS)),
      storedTypes: STORED_TYPES,
    }),
    open: async (mode: 'read' | 'write'): Promise<EngineSession> => {
      const driver = await loadDriver()
      const share = await openDatabase(settings, mode, driver)
      const session = createSqlEngineSession(createDuckdbSession(share, driver), duckdbDialect, {
        isExclusive: mode === 'write',
      })
      return mode === 'read' ? { ...session, commit: refuseCommit } : session
    },
    acquireLease: async (owner: LeaseOwner): Promise<Lease> => acquireLease(settings, owner),
  })
}

/** A reading session may share the instance of one that writes, so DuckDB itself would let it. */
async function refuseCommit(): Promise<never> {
  throw duckdbError('QRN-DUCKDB-009', 'This session only reads.')
}

/**
 * The lock file keeps other runners out; the fence in the database keeps out one that was taken for dead. The lease
 * holds the file open, so that no reader of another process gets between it and the session that writes.
 */
async function acquireLease(settings: DuckdbSettings, owner: LeaseOwner): Promise<Lease> {
  const deadline = Date.now() + owner.waitMs
  await mkdir(dirname(settings.path), { recursive: true })
  const lock = await acquireFileLock(`${settings.path}.lock`, owner)
  try {
    const driver = await loadDriver()
    const session = createDuckdbSession(
      await openWhenFree(settings, driver, deadline, owner.signal),
      driver,
    )
    try {
      const fence = await takeFence(session, duckdbDialect)
      return {
        fence,
        release: async () => {
          await session.close()
          await lock.release()
        },
      }
    } catch (thrown) {
      await session.close()
      throw thrown
    }
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}

const RETRY_MS = 50

/** A reader of another process holds the file only for a moment, as a rule. */
async function openWhenFree(
  settings: DuckdbSettings,
  driver: DuckdbDriver,
  deadline: number,
  signal: AbortSignal,
): Promise<DatabaseShare> {
  for (;;) {
    try {
      return await openDatabase(settings, 'write', driver)
    } catch (thrown) {
      if (!isQarionError(thrown) || thrown.reason !== 'locked' || Date.now() >= deadline)
        throw thrown
      await sleep(RETRY_MS, undefined, { signal })
    }
  }
}
