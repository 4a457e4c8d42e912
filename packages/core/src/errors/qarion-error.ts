import { isRetryableReason, type ErrorReason } from './reasons.ts'
import { redact } from './redact.ts'

const ERROR_BRAND = Symbol.for('qarion.QarionError')

/** Where in a file something stands. Lines and columns count from 1, columns in code points. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
  /** The line of text itself, so that a message can show and mark it. */
  readonly excerpt?: string
  /** Length of what is wrong, in code points. */
  readonly length?: number
}

/** Who failed; stamped by the host, never by plugin authors. */
export interface Origin {
  readonly plugin?: string
  readonly flow?: string
  readonly step?: string
  readonly batch?: number
}

export interface QarionErrorOptions {
  /** What to do next, in one sentence. */
  readonly hint?: string
  readonly cause?: unknown
  readonly place?: Place
  readonly origin?: Origin
  /** Plain JSON data for machines: counts, samples, names. */
  readonly data?: Readonly<Record<string, unknown>>
  /** Further problems of the same kind, all found at once. */
  readonly problems?: readonly QarionError[]
}

/** Stable and documented: `QRN-<AREA>-<NNN>`. */
export type ErrorCode = `QRN-${string}-${number}`

/**
 * The one error class. Message and hint are redacted when the error is made. Recognise it with `isQarionError` and
 * tell errors apart by `code` and `reason`, never with `instanceof`: two copies of this package may be in a process.
 */
export class QarionError extends Error {
  readonly code: ErrorCode
  readonly reason: ErrorReason
  readonly hint: string | undefined
  readonly place: Place | undefined
  readonly origin: Origin
  readonly data: Readonly<Record<string, unknown>>
  readonly problems: readonly QarionError[]

  constructor(
    code: ErrorCode,
    reason: ErrorReason,
    message: string,
    options: QarionErrorOptions = {},
  ) {
    super(redact(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'QarionError'
    this.code = code
    this.reason = reason
    this.hint = options.hint === undefined ? undefined : redact(options.hint)
    this.place = options.place
    this.origin = options.origin ?? {}
    this.data = options.data ?? {}
    this.problems = options.problems ?? []
    Object.defineProperty(this, ERROR_BRAND, { value: true })
  }

  /** Whether the same call may succeed later with nothing changed. */
  get isRetryable(): boolean {
    return isRetryableReason(this.reason)
  }
}

export function isQarionError(value: unknown): value is QarionError {
  return typeof value === 'object' && value !== null && ERROR_BRAND in value
}

/** The same error with what is known of its origin or place added; what it already says stays. */
export function withOrigin(error: QarionError, origin: Origin, place?: Place): QarionError {
  return new QarionError(error.code, error.reason, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...((error.place ?? place) ? { place: (error.place ?? place) as Place } : {}),
    origin: { ...origin, ...error.origin },
    data: error.data,
    problems: error.problems,
  })
}

/** What was thrown as a QarionError; what is not one becomes a fault of Qarion (`QRN-INTERNAL-001`) with its cause. */
export function toQarionError(thrown: unknown): QarionError {
  if (isQarionError(thrown)) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new QarionError('QRN-INTERNAL-001', 'internal', message, {
    cause: thrown,
    hint: 'This is a fault of Qarion or of a plugin. Please report it with the output of `qarion doctor`.',
  })
}
