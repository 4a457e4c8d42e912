import { QarionError, toQarionError, type ErrorReason } from '@qarion/core'

export type PolarsErrorCode =
  | 'QRN-POLARS-001'
  | 'QRN-POLARS-002'
  | 'QRN-POLARS-003'
  | 'QRN-POLARS-004'
  | 'QRN-POLARS-005'
  | 'QRN-POLARS-006'
  | 'QRN-POLARS-007'
  | 'QRN-POLARS-008'
  | 'QRN-POLARS-009'
  | 'QRN-POLARS-010'
  | 'QRN-POLARS-011'
  | 'QRN-POLARS-012'
  | 'QRN-POLARS-013'
  | 'QRN-POLARS-014'

export interface PolarsErrorEntry {
  readonly title: string
  readonly cause: string
  readonly cure: string
  readonly reason: ErrorReason
}

/** The errors of this package. */
export const POLARS_ERRORS: Readonly<Record<PolarsErrorCode, PolarsErrorEntry>> = {
  'QRN-POLARS-001': {
    title: 'Unknown name in a plan',
    cause:
      'A rule, expression or write names a query, dataset, column or parameter that does not exist.',
    cure: 'Report the plan: plans are checked when they are built, so this is a fault of the flow plugin.',
    reason: 'internal',
  },
  'QRN-POLARS-002': {
    title: 'The data is in use',
    cause: 'Another run of this process holds the right to write.',
    cure: 'Wait for it, or give the run time to wait with --wait.',
    reason: 'locked',
  },
  'QRN-POLARS-003': {
    title: 'The lease is no longer the newest',
    cause: 'Another runner took over the data after this one had stopped answering.',
    cure: 'Run again: nothing of this step was written.',
    reason: 'locked',
  },
  'QRN-POLARS-004': {
    title: 'Two source rows with one key',
    cause: 'The source of a merge has several rows with the same values in the key columns.',
    cure: 'Make the source unique by its key.',
    reason: 'execution',
  },
  'QRN-POLARS-005': {
    title: 'No such table',
    cause: 'A write or a load goes to a table that is not stored.',
    cure: 'Report the plan: tables are created before they are written to.',
    reason: 'internal',
  },
  'QRN-POLARS-006': {
    title: 'The session is closed, or only reads',
    cause: 'Something was asked of a session that it cannot do any more, or never could.',
    cure: 'Open a new session for writing.',
    reason: 'usage',
  },
  'QRN-POLARS-007': {
    title: 'Interrupted',
    cause: 'The run was cancelled while data frames were at work.',
    cure: 'Run again: nothing of the step was written.',
    reason: 'interrupted',
  },
  'QRN-POLARS-008': {
    title: 'A constraint was broken',
    cause: 'A row has NULL in a required column, or a key that is there already.',
    cure: 'Look at the rows of the step; the message names the columns.',
    reason: 'execution',
  },
  'QRN-POLARS-009': {
    title: 'The stored data is damaged',
    cause: 'A file of the storage folder has other content than was written, or is gone.',
    cure: 'Restore the folder from a copy, or remove it and run with --full-refresh.',
    reason: 'corrupt',
  },
  'QRN-POLARS-010': {
    title: 'The files cannot be written or read',
    cause: 'Permission is missing, or the device fails.',
    cure: 'Check the permissions of the storage folder and the device.',
    reason: 'file_system',
  },
  'QRN-POLARS-011': {
    title: 'No room left',
    cause: 'The disk is full, or memory ran out.',
    cure: 'Free some space and run again: nothing of the step was written.',
    reason: 'resource',
  },
  'QRN-POLARS-012': {
    title: 'Polars failed',
    cause: 'Polars refused a calculation that it should be able to do.',
    cure: 'Please report this with the output of `qarion doctor`.',
    reason: 'execution',
  },
  'QRN-POLARS-013': {
    title: 'Two merges into one table',
    cause: 'An instruction merges twice into one table, and each would write the whole of it anew.',
    cure: 'Make one merge of them, with the branches of both.',
    reason: 'unsupported',
  },
  'QRN-POLARS-014': {
    title: 'Polars takes no statements',
    cause: 'A plan holds a statement in the SQL of an engine, and this engine has no SQL.',
    cure: 'Write the transformation as rules, or use an engine such as duckdb.',
    reason: 'unsupported',
  },
}

/** An error of this package, with the cure of its code as hint. */
export function polarsError(
  code: PolarsErrorCode,
  message: string,
  more: { readonly cause?: unknown; readonly data?: Readonly<Record<string, unknown>> } = {},
): QarionError {
  const { cure, reason } = POLARS_ERRORS[code]
  return new QarionError(code, reason, message, { hint: cure, ...more })
}

const CLASSES: readonly (readonly [pattern: RegExp, code: PolarsErrorCode])[] = [
  [
    /no space left|file too large|quota exceeded|out of memory|os error (?:27|28|122)\b/i,
    'QRN-POLARS-011',
  ],
  [/permission denied|read-only file system|os error (?:1|5|13|30)\b/i, 'QRN-POLARS-010'],
  [/parquet|no such file|out-of-spec|thrift|os error 2\b|decompress|corrupt/i, 'QRN-POLARS-009'],
]

/** What Polars threw, as an error of Qarion; ours stay as they are. */
export function classifyPolarsError(thrown: unknown): QarionError {
  // What the driver throws has this code; anything else is a fault of ours.
  if (!isDriverError(thrown)) return toQarionError(thrown)
  const { message } = thrown
  const found = CLASSES.find(([pattern]) => pattern.test(message))
  const code = found?.[1] ?? 'QRN-POLARS-012'
  const [line = ''] = message.split('\n')
  return polarsError(code, `${POLARS_ERRORS[code].title}: ${line.slice(0, 500)}.`, {
    cause: thrown,
  })
}

function isDriverError(thrown: unknown): thrown is { readonly message: string } {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    thrown.code === 'GenericFailure' &&
    'message' in thrown &&
    typeof thrown.message === 'string'
  )
}

/** Throws QRN-POLARS-007 once the run is cancelled. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return
  throw polarsError('QRN-POLARS-007', 'The run was cancelled.', { cause: signal.reason })
}
