import { QarionError, type ErrorReason, type QarionErrorOptions } from '@qarion/core'

/** Codes of the webhook publisher: what each means and what helps. */
export const WEBHOOK_ERRORS = {
  'QRN-WEBHOOK-001': {
    title: 'A webhook option cannot be used',
    cause:
      'The url is no http or https address or holds a password, a header is none or is set by the publisher, or a secret is not in its form.',
    cure: 'Follow the hint of the message.',
  },
  'QRN-WEBHOOK-002': {
    title: 'The receiver refuses the event',
    cause:
      'The answer was a 4xx other than 408, 425 and 429: the event will not be taken as it is.',
    cure: 'Make the receiver take it, then type `qarion publish --retry-dead`.',
  },
  'QRN-WEBHOOK-003': {
    title: 'The receiver did not take the event',
    cause: 'The answer was 408, 425, 429 or a 5xx. The event is tried again.',
    cure: 'See what the receiver logs; `qarion publish` tries again what is due.',
  },
  'QRN-WEBHOOK-004': {
    title: 'The receiver cannot be reached',
    cause: 'There was no connection, or it was closed before the answer. The event is tried again.',
    cure: 'Check url, network and certificate; `qarion publish` tries again what is due.',
  },
  'QRN-WEBHOOK-005': {
    title: 'The receiver took too long',
    cause: 'There was no whole answer within the timeout. The event is tried again.',
    cure: 'Have the receiver answer before it does its work, or raise timeout under [properties.publish].',
  },
  'QRN-WEBHOOK-006': {
    title: 'The receiver redirects',
    cause: 'The answer was a redirect. It is not followed, for the signature is not for others.',
    cure: 'Write the address that the receiver has now as url under [properties.publish].',
  },
  'QRN-WEBHOOK-007': {
    title: 'Sending was cancelled',
    cause: 'The run was interrupted while an event was sent.',
    cure: 'Type `qarion publish` again; the event is sent once more, with the same id.',
  },
} as const

export type WebhookErrorCode = keyof typeof WEBHOOK_ERRORS

/** An error of the webhook publisher; its hint is the table's cure unless `options` has one. */
export function webhookError(
  code: WebhookErrorCode,
  reason: ErrorReason,
  message: string,
  options: QarionErrorOptions = {},
): QarionError {
  return new QarionError(code, reason, message, { hint: WEBHOOK_ERRORS[code].cure, ...options })
}
