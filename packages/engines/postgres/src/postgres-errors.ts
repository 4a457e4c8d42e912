import { QarionError, type ErrorReason } from '@qarion/core'
import type { ErrorEntry } from '@qarion/kit-sql'

export type PostgresErrorCode =
  | 'QRN-POSTGRES-001'
  | 'QRN-POSTGRES-002'
  | 'QRN-POSTGRES-003'
  | 'QRN-POSTGRES-004'
  | 'QRN-POSTGRES-005'
  | 'QRN-POSTGRES-006'
  | 'QRN-POSTGRES-007'
  | 'QRN-POSTGRES-008'
  | 'QRN-POSTGRES-009'
  | 'QRN-POSTGRES-010'
  | 'QRN-POSTGRES-011'
  | 'QRN-POSTGRES-012'
  | 'QRN-POSTGRES-013'
  | 'QRN-POSTGRES-014'
  | 'QRN-POSTGRES-015'
  | 'QRN-POSTGRES-016'
  | 'QRN-POSTGRES-017'

export interface PostgresErrorEntry extends ErrorEntry {
  readonly reason: ErrorReason
}

/** The errors of this package. */
export const POSTGRES_ERRORS: Readonly<Record<PostgresErrorCode, PostgresErrorEntry>> = {
  'QRN-POSTGRES-001': {
    title: 'The server cannot be reached',
    cause:
      'Nothing answers at the address, the name is not known, or the server takes no connections now.',
    cure: 'Check host and port, and that the server runs and lets this machine in.',
    reason: 'connection',
  },
  'QRN-POSTGRES-002': {
    title: 'The server does not accept the user',
    cause: 'The user or the password is wrong, or the server admits this user from elsewhere only.',
    cure: 'Check the environment variable that holds the password, and pg_hba.conf on the server.',
    reason: 'authentication',
  },
  'QRN-POSTGRES-003': {
    title: 'The user may not do this',
    cause: 'The role lacks a right to the database, the schema or a table.',
    cure: 'Grant it: CREATE on the database or USAGE and CREATE on the schema, TEMPORARY on the database, and the tables.',
    reason: 'authorization',
  },
  'QRN-POSTGRES-004': {
    title: 'The server took too long',
    cause:
      'Connecting took longer than connect_timeout, or a statement longer than statement_timeout.',
    cure: 'Raise the option, or look at what the server is busy with.',
    reason: 'timeout',
  },
  'QRN-POSTGRES-005': {
    title: 'The connection broke',
    cause: 'The server was stopped or restarted, ended the session, or the network failed.',
    cure: 'Run again: the step was rolled back by the server.',
    reason: 'connection',
  },
  'QRN-POSTGRES-006': {
    title: 'No room left',
    cause: "The server's disk is full, or it ran out of memory.",
    cure: 'Free space on the server and run again: nothing of the step was written.',
    reason: 'resource',
  },
  'QRN-POSTGRES-007': {
    title: 'A constraint was violated',
    cause:
      'A statement would have put NULL into a required column, or broken a constraint that somebody added to a table.',
    cure: 'Look at the rows of the step with `qarion show`.',
    reason: 'execution',
  },
  'QRN-POSTGRES-008': {
    title: 'A statement failed',
    cause: 'The server could not run a statement that Qarion made.',
    cure: 'Report it with the output of `qarion doctor`.',
    reason: 'internal',
  },
  'QRN-POSTGRES-009': {
    title: 'The connection is not understood',
    cause: 'An option of the connection is missing, is no such thing, or is said twice.',
    cure: 'Set url = "${env:NAME}", with postgres://user:password@host:port/database in NAME, or host, database, user and password.',
    reason: 'configuration',
  },
  'QRN-POSTGRES-010': {
    title: 'The session only reads',
    cause: 'Something was to be written in a session that was opened to read.',
    cure: 'Report it with the output of `qarion doctor`.',
    reason: 'internal',
  },
  'QRN-POSTGRES-011': {
    title: 'A table is in use',
    cause:
      'Another session holds a lock on a table for too long, or two sessions waited for each other.',
    cure: 'Wait for the other session, or end it; then run again.',
    reason: 'locked',
  },
  'QRN-POSTGRES-012': {
    title: 'Another runner holds the schema',
    cause: 'One process at a time may write to a schema.',
    cure: 'Wait for it with --wait 10m, or stop the other process.',
    reason: 'locked',
  },
  'QRN-POSTGRES-013': {
    title: 'Stored data is damaged or not ours',
    cause:
      'A table that Qarion made was dropped, renamed or changed by hand, or the server reports damaged pages.',
    cure: 'Restore the schema from a backup, or run with --full-refresh.',
    reason: 'corrupt',
  },
  'QRN-POSTGRES-014': {
    title: 'Not possible on this server',
    cause:
      'The server is older than 14, does not store UTF-8, or a row or table is beyond its limits.',
    cure: 'Use a database with encoding UTF8 on a newer server, or fewer columns.',
    reason: 'unsupported',
  },
  'QRN-POSTGRES-015': {
    title: 'The database does not exist',
    cause: 'The server has no database of this name.',
    cure: 'Check the name; a database is not made by itself, its schema is.',
    reason: 'configuration',
  },
  'QRN-POSTGRES-016': {
    title: 'The server only reads',
    cause: 'It is a standby, or set to read only.',
    cure: 'Connect to the primary server.',
    reason: 'configuration',
  },
  'QRN-POSTGRES-017': {
    title: "The server's certificate is not trusted",
    cause: 'It is of another authority or another host, or its time is over.',
    cure: "Name in ssl_ca the certificate of the authority that signed the server's, and in host the name that is in it.",
    reason: 'configuration',
  },
}

/** An error of this package, with the cure of its code as hint. */
export function postgresError(
  code: PostgresErrorCode,
  message: string,
  more: {
    readonly hint?: string
    readonly cause?: unknown
    readonly data?: Readonly<Record<string, unknown>>
  } = {},
): QarionError {
  const { reason, cure } = POSTGRES_ERRORS[code]
  return new QarionError(code, reason, message, { hint: cure, ...more })
}
