import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** The errors of this package. What goes wrong with files has codes of `@qarion/kit-files`. */
export const NDJSON_ERRORS = {
  'QRN-NDJSON-001': {
    title: 'Not a file of events',
    cause: 'The file is there and does not hold lines of JSON, so nothing is appended to it.',
    cure: 'Name another file as path under [properties.publish], or move this one away.',
  },
  'QRN-NDJSON-002': {
    title: 'Writing was cancelled',
    cause: 'The run was interrupted before an event was written, or the publisher is closed.',
    cure: 'Type `qarion publish` again.',
  },
} as const

export type NdjsonErrorCode = keyof typeof NDJSON_ERRORS

/** An error of this package; its hint is the table's cure unless `options` has one. */
export function ndjsonError(
  code: NdjsonErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: NDJSON_ERRORS[code].cure, ...options })
}
