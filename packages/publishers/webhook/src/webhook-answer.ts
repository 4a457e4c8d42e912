import type { QarionError } from '@qarion/core'

import { webhookError } from './webhook-errors.ts'

/** Answers with these 4xx may be others the next time. */
const PASSING = new Set([408, 425, 429])
const MAX_READ_BYTES = 4096
const MAX_SHOWN_LENGTH = 200

/** Why the event was not taken; `undefined` where it was. Reads of the body what a message can show. */
export async function refusalOf(
  response: Response,
  { nowMs, hide }: { readonly nowMs: () => number; readonly hide: (text: string) => string },
): Promise<QarionError | undefined> {
  const { status } = response
  if (status >= 200 && status < 300) {
    await response.body?.cancel()
    return undefined
  }
  const said = hide(await beginningOf(response))
  const message = `the receiver answered ${status}${said === '' ? '' : `: ${said}`}`
  const data = { status }
  if (status >= 300 && status < 400)
    return webhookError('QRN-WEBHOOK-006', 'configuration', `the receiver answered ${status}`, {
      data,
    })
  if (status >= 400 && status < 500 && !PASSING.has(status))
    return webhookError('QRN-WEBHOOK-002', 'data', message, { data })
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), nowMs())
  return webhookError('QRN-WEBHOOK-003', 'connection', message, {
    data: { ...data, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  })
}

/** Seconds or a date, as milliseconds from now. */
export function readRetryAfter(text: string | null, nowMs: number): number | undefined {
  if (text === null) return undefined
  if (/^\s*\d{1,10}\s*$/.test(text)) return Number(text) * 1000
  const time = /[a-z]{3}, /i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : Math.max(0, time - nowMs)
}

/** The first words of a body that is a text. */
async function beginningOf(response: Response): Promise<string> {
  const type = response.headers.get('content-type') ?? ''
  const { body } = response
  if (body === null) return ''
  if (!/^(?:text\/plain|application\/(?:[\w.+-]+\+)?json)\b/i.test(type)) {
    await body.cancel()
    return ''
  }
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  // Leaving the loop early cancels what is left of the body.
  for await (const part of body) {
    text += decoder.decode(part, { stream: true })
    size += part.length
    if (size >= MAX_READ_BYTES) break
  }
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_SHOWN_LENGTH).toWellFormed()
}
