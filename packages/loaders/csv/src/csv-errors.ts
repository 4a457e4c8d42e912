import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** The errors of this package. Bad values are no errors: they are rejects. */
export const CSV_ERRORS = {
  'QRN-CSV-001': {
    title: 'A CSV option cannot be used',
    cause:
      'A delimiter, quote or escape is not one ASCII character, two are the same, or the encoding is not UTF-8.',
    cure: 'Give one character each, for instance delimiter = ";"; convert files in other encodings to UTF-8.',
  },
  'QRN-CSV-002': {
    title: 'The file has no header',
    cause: 'header is true, but the file holds no line.',
    cure: 'Have the sender repeat the delivery, or set header = false if such files have none.',
  },
  'QRN-CSV-003': {
    title: 'The file is not UTF-8',
    cause: 'The file or its header is in another encoding.',
    cure: 'Convert it, for instance with iconv -f latin1 -t utf-8.',
  },
  'QRN-CSV-004': {
    title: 'A column is missing',
    cause:
      'The header does not name a required column, or the file has fewer fields than columns are declared.',
    cure: 'Correct source_name of the column, or set required = false where it may be absent.',
  },
  'QRN-CSV-005': {
    title: 'A column is not declared',
    cause: 'The file has a column that [input] does not declare.',
    cure: 'Declare it in [input], or set on_extra_column = "ignore".',
  },
  'QRN-CSV-006': {
    title: 'The header names a column twice',
    cause: 'Two fields of the header have the same name, so it is not clear which one is meant.',
    cure: 'Have the sender name them apart, or set header = false and declare the columns by position.',
  },
  'QRN-CSV-007': {
    title: 'A quote is never closed',
    cause: 'A field starts with a quote, and the file ends before the closing one.',
    cure: 'Close the quote, double quotes within quoted fields, or set quote = "" if the file uses none.',
  },
  'QRN-CSV-008': {
    title: 'A row is too long',
    cause: 'One row takes more than 128 MiB; most often a quote is not closed.',
    cure: 'Look for a missing quote from that line on.',
  },
  'QRN-CSV-009': {
    title: 'The header is damaged',
    cause: 'The header has a quote in the wrong place or a NUL.',
    cure: 'Correct the header.',
  },
  'QRN-CSV-010': {
    title: 'The file changed while it was read',
    cause: 'Reading gave other rows than the scan just before.',
    cure: 'Run again once the file is complete; ready_file and min_age keep half-written files out.',
  },
} as const

export type CsvErrorCode = keyof typeof CSV_ERRORS

/** An error of this package; its hint is the table's cure unless `options` has one. */
export function csvError(
  code: CsvErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: CSV_ERRORS[code].cure, ...options })
}
