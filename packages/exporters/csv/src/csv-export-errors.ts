import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** The errors of this package. What goes wrong with files has codes of `@qarion/kit-files`. */
export const CSV_EXPORT_ERRORS = {
  'QRN-CSVEXPORT-001': {
    title: 'A CSV option cannot be used',
    cause:
      'The delimiter is not one ASCII character or is a quote or a line break, or null_text holds one of these.',
    cure: 'Give one character, for instance delimiter = ";", and a plain word as null_text.',
  },
} as const

export type CsvExportErrorCode = keyof typeof CSV_EXPORT_ERRORS

/** An error of this package; its hint is the table's cure unless `options` has one. */
export function csvExportError(
  code: CsvExportErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: CSV_EXPORT_ERRORS[code].cure, ...options })
}
