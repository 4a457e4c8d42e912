import { isQarionError, type QarionError } from '@qarion/core'
import { executionError, executionErrorIn, type ExecutionErrorCode } from '@qarion/kit-sql'

import { POSTGRES_ERRORS, postgresError, type PostgresErrorCode } from './postgres-errors.ts'

/** By SQLSTATE, else by its class (the first two characters). */
const BY_STATE: Readonly<Record<string, PostgresErrorCode | ExecutionErrorCode>> = {
  // numeric_value_out_of_range, datetime_field_overflow, interval_field_overflow
  '22003': 'QRN-EXEC-001',
  '22008': 'QRN-EXEC-001',
  '22015': 'QRN-EXEC-001',
  // division_by_zero
  '22012': 'QRN-EXEC-002',
  // invalid text representation, datetime format, character value for cast; untranslatable and unknown characters
  '22P02': 'QRN-EXEC-003',
  '22007': 'QRN-EXEC-003',
  '22018': 'QRN-EXEC-003',
  '22P05': 'QRN-EXEC-003',
  '22021': 'QRN-EXEC-003',

  '08': 'QRN-POSTGRES-005',
  '08001': 'QRN-POSTGRES-001',
  '08004': 'QRN-POSTGRES-001',
  // too_many_connections, cannot_connect_now (it starts or stops)
  '53300': 'QRN-POSTGRES-001',
  '57P03': 'QRN-POSTGRES-001',
  // admin_shutdown, crash_shutdown, database_dropped, idle_session_timeout, idle in transaction, transaction timeout
  '57P01': 'QRN-POSTGRES-005',
  '57P02': 'QRN-POSTGRES-005',
  '57P04': 'QRN-POSTGRES-005',
  '57P05': 'QRN-POSTGRES-005',
  '25P03': 'QRN-POSTGRES-005',
  '25P04': 'QRN-POSTGRES-004',

  '28': 'QRN-POSTGRES-002',
  '42501': 'QRN-POSTGRES-003',
  // query_canceled, where nobody of ours cancelled
  '57014': 'QRN-POSTGRES-004',
  '53': 'QRN-POSTGRES-006',
  // file_name_too_long and the like are of the server's disk
  '58': 'QRN-POSTGRES-006',
  '23': 'QRN-POSTGRES-007',
  // lock_not_available, deadlock_detected, serialization_failure, object_in_use, dependent_objects_still_exist
  '55P03': 'QRN-POSTGRES-011',
  '40P01': 'QRN-POSTGRES-011',
  '40001': 'QRN-POSTGRES-011',
  '55006': 'QRN-POSTGRES-011',
  '2BP01': 'QRN-POSTGRES-013',
  // undefined table, column, schema; datatype_mismatch, wrong_object_type, bad COPY format: another type than ours
  '42P01': 'QRN-POSTGRES-013',
  '42703': 'QRN-POSTGRES-013',
  '3F000': 'QRN-POSTGRES-013',
  '42804': 'QRN-POSTGRES-013',
  '42809': 'QRN-POSTGRES-013',
  '22P03': 'QRN-POSTGRES-013',
  // data_corrupted, index_corrupted, config_file_error
  XX001: 'QRN-POSTGRES-013',
  XX002: 'QRN-POSTGRES-013',
  F0: 'QRN-POSTGRES-006',
  // program_limit_exceeded and its kin, feature_not_supported
  '54': 'QRN-POSTGRES-014',
  '0A': 'QRN-POSTGRES-014',
  '3D000': 'QRN-POSTGRES-015',
  '25006': 'QRN-POSTGRES-016',

  // of Node
  ECONNREFUSED: 'QRN-POSTGRES-001',
  ENOTFOUND: 'QRN-POSTGRES-001',
  EAI_AGAIN: 'QRN-POSTGRES-001',
  EHOSTUNREACH: 'QRN-POSTGRES-001',
  ENETUNREACH: 'QRN-POSTGRES-001',
  ENOENT: 'QRN-POSTGRES-001',
  ETIMEDOUT: 'QRN-POSTGRES-004',
  ECONNRESET: 'QRN-POSTGRES-005',
  EPIPE: 'QRN-POSTGRES-005',
}

/** What the driver says without a code. */
const BY_MESSAGE: readonly (readonly [pattern: RegExp, code: PostgresErrorCode])[] = [
  [/timeout expired/i, 'QRN-POSTGRES-004'],
  [/SASL|password must be/i, 'QRN-POSTGRES-002'],
  [/certificate|self.signed|altnames/i, 'QRN-POSTGRES-017'],
  [/does not support SSL|SSL connection/i, 'QRN-POSTGRES-001'],
  [/Connection terminated|not queryable|closed|socket|end of stream/i, 'QRN-POSTGRES-005'],
]

/**
 * What the server or the driver threw as an error of Qarion. `place`: `127.0.0.1:5432`, of a session that was being
 * opened: one that breaks then has not been reached.
 */
export function classifyPostgresError(thrown: unknown, place?: string): QarionError {
  if (isQarionError(thrown)) return thrown
  const message = messageOf(thrown)
  const marked = executionErrorIn(message, thrown)
  if (marked !== undefined) return marked
  const found = codeOf(thrown, message)
  if (isExecutionCode(found)) return executionError(found, thrown, message)
  const code = place !== undefined && found === 'QRN-POSTGRES-005' ? 'QRN-POSTGRES-001' : found
  const at = place !== undefined && OF_THE_PLACE.has(code) ? ` (${place})` : ''
  return postgresError(code, `${POSTGRES_ERRORS[code].title}${at}: ${message}`, { cause: thrown })
}

/** Errors that say where nobody, or nobody to trust, was found. */
const OF_THE_PLACE: ReadonlySet<PostgresErrorCode> = new Set([
  'QRN-POSTGRES-001',
  'QRN-POSTGRES-017',
])

/** Whether the session is gone with the error. */
export function isConnectionLost(error: QarionError): boolean {
  return error.code === 'QRN-POSTGRES-001' || error.code === 'QRN-POSTGRES-005'
}

function codeOf(thrown: unknown, message: string): PostgresErrorCode | ExecutionErrorCode {
  const state = (thrown as { readonly code?: unknown } | null)?.code
  const known =
    typeof state === 'string' ? (BY_STATE[state] ?? BY_STATE[state.slice(0, 2)]) : undefined
  return known ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1] ?? 'QRN-POSTGRES-008'
}

function isExecutionCode(code: PostgresErrorCode | ExecutionErrorCode): code is ExecutionErrorCode {
  return code.startsWith('QRN-EXEC-')
}

/** A name with several addresses fails with an error that has no message but several errors. */
function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  if (thrown.message !== '') return thrown.message
  const { errors, code } = thrown as { readonly errors?: readonly Error[]; readonly code?: string }
  return errors?.map(({ message }) => message).join('; ') ?? code ?? thrown.name
}
