import { QarionError } from '../errors/qarion-error.ts'

/** The errors of this folder: what a declaration of how text is read can have wrong. */
export const VALUE_ERRORS = {
  'QRN-VALUE-001': {
    title: 'A date or time format is not understood',
    cause:
      'The `format` of a column holds a letter that is no token, or lacks a part its type needs.',
    cure: 'Use yyyy MMM MM M dd d HH H mm ss SSS SSSSSS XXX XX; put other letters in single quotes.',
  },
  'QRN-VALUE-002': {
    title: 'A separator cannot be used',
    cause:
      'A decimal or group separator is not one character, is a digit or sign, or both are the same.',
    cure: 'Give one character for each, for instance decimal_separator = "," and group_separator = ".".',
  },
  'QRN-VALUE-003': {
    title: 'A time zone is not known',
    cause: 'The name is not in the time zone data of this Node.',
    cure: 'Use a name of the IANA time zone database, for instance Europe/Vienna or UTC.',
  },
} as const

export function badFormat(format: string, what: string): QarionError {
  return new QarionError('QRN-VALUE-001', 'configuration', `The format "${format}" ${what}.`, {
    hint: VALUE_ERRORS['QRN-VALUE-001'].cure,
    data: { format },
  })
}

export function badSeparator(what: string): QarionError {
  return new QarionError('QRN-VALUE-002', 'configuration', what, {
    hint: VALUE_ERRORS['QRN-VALUE-002'].cure,
  })
}

export function unknownZone(name: string, cause?: unknown): QarionError {
  return new QarionError(
    'QRN-VALUE-003',
    'configuration',
    `The time zone "${name}" is not known.`,
    {
      hint: VALUE_ERRORS['QRN-VALUE-003'].cure,
      data: { name },
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
