import { isQarionError, QarionError, type ErrorReason } from '@qarion/core'
import { executionError, executionErrorIn } from '@qarion/kit-sql'

/** The errors of this package. */
export const DUCKDB_ERRORS = {
  'QRN-DUCKDB-001': {
    title: 'The database is in use',
    cause:
      'Another process has the database file open. DuckDB lets one process at a time open a file, also for reading.',
    cure: 'Wait until the other process has ended, or end it.',
  },
  'QRN-DUCKDB-002': {
    title: 'Not a DuckDB database',
    cause: 'The file is damaged, was written by a newer DuckDB, or is something else.',
    cure: 'Check the path; restore the file from a backup if it is damaged.',
  },
  'QRN-DUCKDB-003': {
    title: 'No room left',
    cause: 'The disk is full, or a statement needs more memory than memory_limit allows.',
    cure: 'Free disk space, or raise memory_limit.',
  },
  'QRN-DUCKDB-004': {
    title: 'The database file cannot be opened or written',
    cause: 'The folder does not exist, or its permissions do not allow it.',
    cure: 'Check the path of the engine and the permissions of its folder.',
  },
  'QRN-DUCKDB-005': {
    title: 'A constraint was violated',
    cause:
      'A statement would have put NULL into a required column, or a key twice into a table where it is unique.',
    cure: 'Look at the rows of the step with `qarion show`.',
  },
  'QRN-DUCKDB-006': {
    title: 'Interrupted',
    cause: 'The run was cancelled while DuckDB was at work.',
    cure: 'Run again: nothing of the step was written.',
  },
  'QRN-DUCKDB-007': {
    title: 'A statement failed',
    cause: 'DuckDB could not run a statement that Qarion made.',
    cure: 'Report it with the output of `qarion doctor`.',
  },
  'QRN-DUCKDB-008': {
    title: 'An option is not understood',
    cause: 'DuckDB does not take the value of an option.',
    cure: 'Correct the option in [engine.config].',
  },
  'QRN-DUCKDB-009': {
    title: 'The session only reads',
    cause: 'Something was to be written in a session that was opened to read.',
    cure: 'Report it with the output of `qarion doctor`.',
  },
} as const

export type DuckdbErrorCode = keyof typeof DUCKDB_ERRORS

const REASONS: Readonly<Record<DuckdbErrorCode, ErrorReason>> = {
  'QRN-DUCKDB-001': 'locked',
  'QRN-DUCKDB-002': 'corrupt',
  'QRN-DUCKDB-003': 'resource',
  'QRN-DUCKDB-004': 'file_system',
  'QRN-DUCKDB-005': 'execution',
  'QRN-DUCKDB-006': 'interrupted',
  'QRN-DUCKDB-007': 'internal',
  'QRN-DUCKDB-008': 'configuration',
  'QRN-DUCKDB-009': 'internal',
}

/** An error of this package, with the cure of its code as hint. */
export function duckdbError(
  code: DuckdbErrorCode,
  message: string,
  more: {
    readonly hint?: string
    readonly cause?: unknown
    readonly data?: Readonly<Record<string, unknown>>
  } = {},
): QarionError {
  return new QarionError(code, REASONS[code], message, { hint: DUCKDB_ERRORS[code].cure, ...more })
}

/** Order matters: DuckDB says `IO Error` of locks, disks and files alike. */
const PATTERNS: readonly (readonly [pattern: RegExp, code: DuckdbErrorCode])[] = [
  [/^INTERRUPT Error/, 'QRN-DUCKDB-006'],
  [
    /not a valid DuckDB database|Corrupt database|Serialization Error|file is corrupt|Could not read enough bytes|checksum|newer DuckDB|different version|INTERNAL Error: Failure while replaying WAL/i,
    'QRN-DUCKDB-002',
  ],
  [
    /No space left|disk full|Could not write|File too large|Out of Memory Error|failed to (allocate|pin|offload)|max_temp_directory_size/i,
    'QRN-DUCKDB-003',
  ],
  [/^IO Error|Cannot open|Permission denied|No such file|in read-only mode/i, 'QRN-DUCKDB-004'],
  [/^Constraint Error|constraint (failed|violation)/i, 'QRN-DUCKDB-005'],
]

const OVERFLOW =
  /^Out of Range Error|out of range for the destination type|failed: value is out of range|Could not cast value [-0-9.]+ to DECIMAL/i

const LOCK =
  /Could not set lock on file "(?<file>[^"]*)"(?:: Conflicting lock is held in (?<program>.*?) \(PID (?<pid>\d+)\)(?: by user (?<user>[^.\s]+))?)?/

/** What DuckDB or its client threw as an error of Qarion. */
export function classifyDuckdbError(thrown: unknown): QarionError {
  if (isQarionError(thrown)) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const lock = LOCK.exec(message)
  if (lock !== null) return lockedError(lock.groups ?? {}, thrown)
  const marked = executionErrorIn(message, thrown)
  if (marked !== undefined) return marked
  const first = message.split('\n', 1)[0] ?? message
  if (OVERFLOW.test(message)) return executionError('QRN-EXEC-001', thrown, first)
  if (message.startsWith('Conversion Error')) return executionError('QRN-EXEC-003', thrown, first)
  const code = PATTERNS.find(([pattern]) => pattern.test(message))?.[1] ?? 'QRN-DUCKDB-007'
  return duckdbError(code, `${DUCKDB_ERRORS[code].title}: ${first}`, { cause: thrown })
}

function lockedError(
  groups: Readonly<Record<string, string | undefined>>,
  cause: unknown,
): QarionError {
  const { file, program, pid } = groups
  const holder = pid === undefined ? 'another process' : `process ${pid} (${program})`
  return duckdbError('QRN-DUCKDB-001', `The database ${file} is open in ${holder}.`, {
    hint: `Wait until ${holder} has ended. DuckDB lets one process at a time open a file, also for reading.`,
    cause,
    data: { file, ...(pid === undefined ? {} : { pid: Number(pid), program }) },
  })
}
