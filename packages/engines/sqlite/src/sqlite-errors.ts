import { QarionError, type ErrorReason } from '@qarion/core'
import {
  EXECUTION_ERRORS,
  executionError,
  executionErrorIn,
  sqlError,
  type ErrorEntry,
  type ExecutionErrorCode,
} from '@qarion/kit-sql'

export type SqliteErrorCode =
  | 'QRN-SQLITE-001'
  | 'QRN-SQLITE-002'
  | 'QRN-SQLITE-003'
  | 'QRN-SQLITE-004'
  | 'QRN-SQLITE-005'
  | 'QRN-SQLITE-006'
  | 'QRN-SQLITE-007'
  | 'QRN-SQLITE-008'
  | 'QRN-SQLITE-009'
  | 'QRN-SQLITE-010'

export interface SqliteErrorEntry extends ErrorEntry {
  readonly reason: ErrorReason
}

/** Errors of the SQLite engine. */
export const SQLITE_ERRORS: Readonly<Record<SqliteErrorCode, SqliteErrorEntry>> = {
  'QRN-SQLITE-001': {
    title: 'The database is locked',
    cause: 'Another process has a lock on the database file.',
    cure: 'Wait until the other process has ended, or close the program that has the file open.',
    reason: 'locked',
  },
  'QRN-SQLITE-002': {
    title: 'The database is damaged or no SQLite database',
    cause: 'The file has other content than SQLite wrote.',
    cure: 'Restore the file from a copy, or remove it and run with --full-refresh.',
    reason: 'corrupt',
  },
  'QRN-SQLITE-003': {
    title: 'No room left',
    cause: 'The disk is full, or memory ran out.',
    cure: 'Free some space and run again: nothing of the step was written.',
    reason: 'resource',
  },
  'QRN-SQLITE-004': {
    title: 'The database cannot be written',
    cause: 'The file or its folder is read-only.',
    cure: 'Change the permissions of the file and of its folder.',
    reason: 'file_system',
  },
  'QRN-SQLITE-005': {
    title: 'The database cannot be opened',
    cause: 'The folder does not exist, or permission is missing.',
    cure: 'Check the path of the engine in qarion.toml and the permissions of the folder.',
    reason: 'file_system',
  },
  'QRN-SQLITE-006': {
    title: 'The disk failed',
    cause: 'Reading or writing the database file failed.',
    cure: 'Check the disk, then run again: nothing of the step was written.',
    reason: 'file_system',
  },
  'QRN-SQLITE-007': {
    title: 'A constraint was broken',
    cause:
      'A row has NULL in a required column, a value of another type, or a key that is there already.',
    cure: 'Look at the rows of the step; the message names the column.',
    reason: 'execution',
  },
  'QRN-SQLITE-008': {
    title: 'A statement failed',
    cause: 'SQLite refused a statement.',
    cure: 'Please report this with the output of `qarion doctor`.',
    reason: 'execution',
  },
  'QRN-SQLITE-009': {
    title: 'The database thread ended',
    cause:
      'The thread that holds the database ended unexpectedly, for instance because memory ran out.',
    cure: 'Run again: nothing of the step was written.',
    reason: 'internal',
  },
  'QRN-SQLITE-010': {
    title: 'A value or statement is too large',
    cause: 'SQLite holds values of up to one billion bytes.',
    cure: 'Split the value.',
    reason: 'execution',
  },
}

/** The entry of a result code: by its whole name, then by the name without its last part, and so on. */
const CODE_OF_RESULT: Readonly<Record<string, SqliteErrorCode>> = {
  SQLITE_BUSY: 'QRN-SQLITE-001',
  SQLITE_LOCKED: 'QRN-SQLITE-001',
  SQLITE_CORRUPT: 'QRN-SQLITE-002',
  SQLITE_NOTADB: 'QRN-SQLITE-002',
  SQLITE_FULL: 'QRN-SQLITE-003',
  SQLITE_NOMEM: 'QRN-SQLITE-003',
  SQLITE_IOERR_NOMEM: 'QRN-SQLITE-003',
  SQLITE_READONLY: 'QRN-SQLITE-004',
  SQLITE_PERM: 'QRN-SQLITE-004',
  SQLITE_CANTOPEN: 'QRN-SQLITE-005',
  SQLITE_IOERR: 'QRN-SQLITE-006',
  SQLITE_CONSTRAINT: 'QRN-SQLITE-007',
  SQLITE_MISMATCH: 'QRN-SQLITE-007',
  SQLITE_TOOBIG: 'QRN-SQLITE-010',
  // better-sqlite3's own checks before it opens a file.
  ENOENT: 'QRN-SQLITE-005',
}

/** What SQLite, better-sqlite3 or a function of ours threw, as a QarionError. `path` is that of the database. */
export function classifySqliteError(
  error: { readonly code?: unknown; readonly message: string },
  path: string,
): QarionError {
  const code = typeof error.code === 'string' ? error.code : ''
  if (Object.hasOwn(EXECUTION_ERRORS, code))
    return executionError(code as ExecutionErrorCode, error)
  if (code === 'QRN-SQL-007') return sqlError(code, error.message)
  if (error.message === 'integer overflow') return executionError('QRN-EXEC-001', error)
  const known = codeOf(code, error.message) ?? 'QRN-SQLITE-008'
  return executionErrorIn(error.message, error) ?? sqliteError(known, path, error)
}

/** An error of the engine. */
export function sqliteError(
  code: SqliteErrorCode,
  path: string,
  cause?: { readonly message: string },
): QarionError {
  const { title, cure, reason } = SQLITE_ERRORS[code]
  const detail = cause === undefined ? '.' : `: ${cause.message}.`
  return new QarionError(code, reason, `${title} (${path})${detail}`, {
    hint: cure,
    ...(cause === undefined ? {} : { cause }),
  })
}

function codeOf(code: string, message: string): SqliteErrorCode | undefined {
  for (let name = code; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('_')))) {
    if (Object.hasOwn(CODE_OF_RESULT, name)) return CODE_OF_RESULT[name]
  }
  return message.includes('directory does not exist') ? 'QRN-SQLITE-005' : undefined
}
