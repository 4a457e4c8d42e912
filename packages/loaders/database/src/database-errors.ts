import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** The errors of this package. Values that do not fit are no errors: they are rejects. */
export const DATABASE_ERRORS = {
  'QRN-DATABASE-001': {
    title: 'An option of the database source cannot be used',
    cause:
      'Neither table nor query is set, or both are; connection and environment are; or what goes with watermark_column is set without it.',
    cure: 'Set table or query; connection or environment or none of both; overlap only beside watermark_column.',
  },
  'QRN-DATABASE-002': {
    title: 'The engine has no tables to read',
    cause: 'The engine keeps no tables but its own.',
    cure: 'Read from an engine that is a database: sqlite, duckdb or postgres.',
  },
  'QRN-DATABASE-003': {
    title: 'The table is not there',
    cause: 'The database has no table or view of that name, or it may not be read.',
    cure: 'Correct table: "name", or "schema.name" where the schema is another than the default.',
  },
  'QRN-DATABASE-004': {
    title: 'A column is not there',
    cause: 'The table or query lacks a column that [input] declares.',
    cure: 'Correct the name of the column or its source_name.',
  },
  'QRN-DATABASE-005': {
    title: 'The database refused to read',
    cause: 'The database answered with an error of its own.',
    cure: 'Try the query in a shell of the database.',
  },
  'QRN-DATABASE-006': {
    title: 'The column cannot be a watermark',
    cause:
      'watermark_column names a column that [input] does not declare, or one whose values have no order that both sides share.',
    cure: 'Use a column of type integer, decimal, date, timestamp or string, without a format of its own.',
  },
} as const

export type DatabaseErrorCode = keyof typeof DATABASE_ERRORS

/** An error of this package; its hint is the table's cure unless `options` has one. */
export function databaseError(
  code: DatabaseErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: DATABASE_ERRORS[code].cure, ...options })
}
