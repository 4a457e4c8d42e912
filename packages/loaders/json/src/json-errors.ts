import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** The errors of this package. Bad values and broken lines are no errors: they are rejects. */
export const JSON_ERRORS = {
  'QRN-JSON-001': {
    title: 'A JSON option cannot be used',
    cause: 'records_path has an empty part or goes with JSON Lines, or max_record_size is nothing.',
    cure: 'Write records_path as keys with dots between them, for instance "data.items", and max_record_size as "64MB".',
  },
  'QRN-JSON-002': {
    title: 'The file is no JSON array of records',
    cause:
      'A comma, colon or bracket is missing or too much, the file is cut off, or something stands around the array.',
    cure: 'Have the sender repeat the delivery. In JSON Lines (one record per line) a broken line is only rejected.',
  },
  'QRN-JSON-003': {
    title: 'The file is not UTF-8',
    cause: 'The file starts as UTF-16 does.',
    cure: 'Convert it, for instance with iconv -f utf-16 -t utf-8.',
  },
  'QRN-JSON-004': {
    title: 'A column is missing',
    cause: 'No record of the file has the key of a required column.',
    cure: 'Correct source_name of the column, or set required = false where it may be absent.',
  },
  'QRN-JSON-005': {
    title: 'A key is not declared',
    cause: 'A record has a key that [input] does not declare as a column.',
    cure: 'Declare it in [input], set on_extra_column = "ignore", or, where it holds the records, records_path.',
  },
  'QRN-JSON-006': {
    title: 'The records are not where records_path says',
    cause: 'A key of the path is missing, occurs twice, or does not lead to an array.',
    cure: 'Correct records_path; its keys have dots between them.',
  },
  'QRN-JSON-007': {
    title: 'A record is too long',
    cause: 'A record, or a member beside the records, takes more than max_record_size.',
    cure: 'Look for a quote or bracket that is not closed from that line on, or raise max_record_size.',
  },
  'QRN-JSON-010': {
    title: 'The file changed while it was read',
    cause: 'Reading gave other records than the scan just before.',
    cure: 'Run again once the file is complete; ready_file and min_age keep half-written files out.',
  },
} as const

export type JsonErrorCode = keyof typeof JSON_ERRORS

/** An error of this package; its hint is the table's cure unless `options` has one. */
export function jsonError(
  code: JsonErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: JSON_ERRORS[code].cure, ...options })
}
