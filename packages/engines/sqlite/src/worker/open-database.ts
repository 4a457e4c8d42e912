import { existsSync } from 'node:fs'

import Database from 'better-sqlite3'

import type { WorkerSettings } from './protocol.ts'
import { registerFunctions } from './user-functions.ts'

/** Twice the default: a twentieth less work for a large load, and a small database stays small. */
const PAGE_BYTES = 8192

/**
 * Opens a connection. Reading never makes a file: where there is none, the database is empty. A database at rest is
 * one file, in rollback mode, since reading one in WAL mode would leave two more; while a session writes it is in WAL
 * mode, so that readers see the last commit meanwhile.
 */
export function openDatabase(
  { path, cacheKiB, busyTimeoutMs, cancelled }: WorkerSettings,
  mode: WorkerSettings['mode'],
): Database.Database {
  const isMissing = mode === 'read' && !existsSync(path)
  const database = isMissing
    ? new Database(':memory:')
    : new Database(path, {
        readonly: mode === 'read',
        fileMustExist: mode === 'read',
        timeout: busyTimeoutMs,
      })
  try {
    database.pragma(`cache_size = ${-cacheKiB}`)
    // Sorts and temporary tables may be larger than memory.
    database.pragma('temp_store = FILE')
    if (mode === 'write') {
      // Counts for new files only: before the first table, before WAL.
      database.pragma(`page_size = ${PAGE_BYTES}`)
      database.pragma('auto_vacuum = INCREMENTAL')
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = FULL')
      // A commit does not wait for it: see session/log-copies.ts.
      database.pragma('wal_autocheckpoint = 0')
    }
    database.pragma('trusted_schema = ON')
    database.unsafeMode(true)
    registerFunctions(database, () => Atomics.load(cancelled, 0) === 1)
    // The file is read only now: what is not a database must fail here.
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

/** Closes the last connection of a writer; the database becomes one file again, unless somebody else has it open. */
export function closeWriter(database: Database.Database): void {
  try {
    database.pragma('busy_timeout = 0')
    database.pragma('journal_mode = DELETE')
  } catch {
    // Somebody reads: the database stays in WAL mode, which the next writer finds and ends.
  }
  database.close()
}
