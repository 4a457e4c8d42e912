import {
  EXECUTION_ERRORS,
  executionError,
  QarionError,
  type ErrorReason,
  type ExecutionErrorCode,
} from '@qarion/core'

export { EXECUTION_ERRORS, executionError, type ExecutionErrorCode } from '@qarion/core'

export type SqlErrorCode =
  | 'QRN-SQL-001'
  | 'QRN-SQL-002'
  | 'QRN-SQL-003'
  | 'QRN-SQL-004'
  | 'QRN-SQL-005'
  | 'QRN-SQL-006'
  | 'QRN-SQL-007'

export interface ErrorEntry {
  readonly title: string
  readonly cause: string
  readonly cure: string
}

/** Errors of compiling and running SQL, the same on every SQL engine. */
export const SQL_ERRORS: Readonly<Record<SqlErrorCode, ErrorEntry>> = {
  'QRN-SQL-001': {
    title: 'Unknown name in a plan',
    cause:
      'A rule, expression or write names a query, dataset, column or parameter that does not exist.',
    cure: 'Report the plan: plans are checked when they are built, so this is a fault of the flow plugin.',
  },
  'QRN-SQL-002': {
    title: 'Not possible on this engine',
    cause: 'A type or an operation of the plan is beyond what the engine can do exactly.',
    cure: 'Use fewer digits, or an engine that can.',
  },
  'QRN-SQL-003': {
    title: 'The lease is no longer the newest',
    cause: 'Another runner took over the database after this one had stopped answering.',
    cure: 'Run again: nothing of this step was written.',
  },
  'QRN-SQL-004': {
    title: 'Two source rows with one key',
    cause: 'The source of a merge has several rows with the same values in the key columns.',
    cure: 'Make the source unique by its key.',
  },
  'QRN-SQL-005': {
    title: 'No such stored batch',
    cause: 'A write or a load goes to a batch whose table the catalog does not name.',
    cure: 'Report the plan: the runtime names the tables of the batches that a step writes.',
  },
  'QRN-SQL-006': {
    title: 'The session is closed',
    cause: 'Something was asked of a session after it was closed.',
    cure: 'Open a new session.',
  },
  'QRN-SQL-007': {
    title: 'Interrupted',
    cause: 'The run was cancelled while the database was at work.',
    cure: 'Run again: nothing of the step was written.',
  },
}

const REASONS: Readonly<Record<SqlErrorCode, ErrorReason>> = {
  'QRN-SQL-001': 'internal',
  'QRN-SQL-002': 'unsupported',
  'QRN-SQL-003': 'locked',
  'QRN-SQL-004': 'execution',
  'QRN-SQL-005': 'internal',
  'QRN-SQL-006': 'usage',
  'QRN-SQL-007': 'interrupted',
}

/** An error of compiling or running, with the cure of its code as hint. */
export function sqlError(
  code: SqlErrorCode,
  message: string,
  more: { readonly cause?: unknown; readonly data?: Readonly<Record<string, unknown>> } = {},
): QarionError {
  return new QarionError(code, REASONS[code], message, {
    hint: SQL_ERRORS[code].cure,
    ...more,
  })
}

const MARKER = /QRN-EXEC-\d{3}/

/**
 * The failure that a dialect raised inside a statement: it puts the code into the engine's message. `undefined` if
 * the message holds none.
 */
export function executionErrorIn(message: string, cause?: unknown): QarionError | undefined {
  const code = MARKER.exec(message)?.[0]
  return code !== undefined && Object.hasOwn(EXECUTION_ERRORS, code)
    ? executionError(code as ExecutionErrorCode, cause)
    : undefined
}
