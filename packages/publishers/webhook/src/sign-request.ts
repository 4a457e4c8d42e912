import { createHmac } from 'node:crypto'

/** What a receiver checks: id, time and signature, as Standard Webhooks names them. */
export function signatureHeaders(
  key: Uint8Array | undefined,
  id: string,
  nowMs: number,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1000))
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (key === undefined) return headers
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { ...headers, 'webhook-signature': `v1,${signature}` }
}

/** A text as a header can hold it: all but printable ASCII, and `"` and `%`, as percent-encoded UTF-8. */
export function headerText(text: string): string {
  return Array.from(text, (character) =>
    /^[!#$&-~]$/.test(character)
      ? character
      : Array.from(
          new TextEncoder().encode(character),
          (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
        ).join(''),
  ).join('')
}
