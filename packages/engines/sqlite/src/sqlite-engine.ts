import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { Engine, EngineCapabilities } from '@qarion/core'
import { acquireFileLock } from '@qarion/kit-files'
import { createSqlEngineSession, takeFence, type SqlSession } from '@qarion/kit-sql'

import { sqliteDialect } from './dialect/sqlite-dialect.ts'
import { openSqliteSession } from './session/sqlite-session.ts'
import { sqliteError } from './sqlite-errors.ts'
import { MAX_PRECISION, STORED_TYPES } from './sqlite-types.ts'

export interface SqliteEngineOptions {
  /** Absolute path of the database file. */
  readonly path: string
  /** Memory for pages, in bytes; 16 MB if absent; sorting takes as much again. */
  readonly cacheBytes?: number
  /** How long to wait for a lock of another program; 5,000 if absent. */
  readonly busyTimeoutMs?: number
}

const CAPABILITIES: EngineCapabilities = Object.freeze({
  isPersistent: true,
  maxDecimalPrecision: MAX_PRECISION,
  speaksSql: true,
  nativeFormats: Object.freeze([]),
  storedTypes: STORED_TYPES,
})

/** An engine over one SQLite file. Nothing is opened before it is needed. */
export function createSqliteEngine({
  path,
  cacheBytes = 16_000_000,
  busyTimeoutMs = 5000,
}: SqliteEngineOptions): Engine {
  /** The session that a lease was taken with; the first writer gets it, since starting a thread takes a while. */
  let spare: SqlSession | undefined
  const start = async (mode: 'read' | 'write'): Promise<SqlSession> => {
    if (mode === 'write') await mkdir(dirname(path), { recursive: true }).catch(cannotMakeFolder)
    return openSqliteSession({
      path,
      mode,
      cacheKiB: Math.ceil(cacheBytes / 1024),
      busyTimeoutMs,
    })
  }
  const cannotMakeFolder = (cause: Error): never => {
    throw sqliteError('QRN-SQLITE-005', path, cause)
  }
  const takeSpare = (): SqlSession | undefined => {
    const session = spare
    spare = undefined
    return session
  }
  return {
    capabilities: CAPABILITIES,
    open: async (mode) => {
      const session = (mode === 'write' ? takeSpare() : undefined) ?? (await start(mode))
      return createSqlEngineSession(session, sqliteDialect, { isExclusive: mode === 'write' })
    },
    acquireLease: async (owner) => {
      await mkdir(dirname(path), { recursive: true }).catch(cannotMakeFolder)
      const lock = await acquireFileLock(`${path}.lock`, owner)
      try {
        const session = takeSpare() ?? (await start('write'))
        spare = session
        const fence = await takeFence(session, sqliteDialect)
        return {
          fence,
          release: async () => {
            if (spare === session) await takeSpare()?.close()
            await lock.release()
          },
        }
      } catch (thrown) {
        await takeSpare()?.close()
        await lock.release()
        throw thrown
      }
    },
  }
}
