import { isSecret, type ResolvedOptions, type Secret } from '@qarion/core'

import { webhookError } from './webhook-errors.ts'

export interface WebhookSettings {
  readonly url: string
  /** Key of the signature; absent: requests are not signed. */
  readonly key: Uint8Array | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly mode: 'structured' | 'binary'
  readonly timeoutMs: number
  readonly concurrency: number
  /** Texts that no message may show. */
  readonly secrets: readonly string[]
}

const STANDARD_PREFIX = 'whsec_'
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i
// eslint-disable-next-line no-control-regex -- a header holds none of them
const NOT_IN_HEADERS = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/
/** Headers that the publisher sets, or that would change what is sent. */
const OWN_HEADERS =
  /^(?:webhook-.*|ce-.*|content-.*|transfer-encoding|host|connection|expect|user-agent|authorization|proxy-.*|cookie)$/i

/** The settings that checked options describe. `secret` gives what a reference to a credential stands for. */
export async function toWebhookSettings(
  options: ResolvedOptions,
  secret: (id: string) => Promise<Secret>,
): Promise<WebhookSettings> {
  const reveal = async (value: unknown): Promise<string | undefined> => {
    if (value === undefined) return undefined
    if (isSecret(value)) return value.reveal()
    return typeof value === 'string' ? value : (await secret((value as { id: string }).id)).reveal()
  }
  const url = checkedUrl(await reveal(options['url']))
  const signing = await reveal(options['secret'])
  const authorization = await reveal(options['authorization'])
  if (authorization !== undefined) checkAuthorization(url, authorization)
  const headers = checkedHeaders((options['headers'] ?? {}) as Readonly<Record<string, unknown>>)
  return {
    url: url.href,
    key: signing === undefined ? undefined : keyOf(signing),
    headers: {
      ...headers,
      ...(authorization === undefined ? {} : { authorization }),
    },
    mode: options['mode'] === 'binary' ? 'binary' : 'structured',
    timeoutMs: (options['timeout'] as number | undefined) ?? 30_000,
    concurrency: (options['concurrency'] as number | undefined) ?? 4,
    secrets: [signing, authorization, ...Object.values(headers)].filter(
      (text): text is string => text !== undefined && text.length > 3,
    ),
  }
}

function optionError(message: string, hint: string): Error {
  return webhookError('QRN-WEBHOOK-001', 'configuration', message, { hint })
}

function checkedUrl(text: string | undefined): URL {
  const url = URL.canParse(text ?? '') ? new URL(text ?? '') : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw optionError(
      'url is no address that events can be sent to',
      'Write for instance url = "https://receiver.example/events".',
    )
  if (url.username !== '' || url.password !== '')
    throw optionError(
      'url holds a name or a password',
      'Put it into authorization = "${env:RECEIVER_AUTHORIZATION}".',
    )
  return url
}

function checkAuthorization(url: URL, authorization: string): void {
  if (NOT_IN_HEADERS.test(authorization) || authorization === '')
    throw optionError('authorization cannot be sent as a header', 'Write one line of plain text.')
  const isHere = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol === 'http:' && !isHere)
    throw optionError(
      `authorization would be readable on its way to ${url.host}`,
      'Use an address that begins with https.',
    )
}

function checkedHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (!HEADER_NAME.test(name))
        throw optionError(`"${name.slice(0, 60)}" is no name of a header`, 'Correct the name.')
      if (OWN_HEADERS.test(name))
        throw optionError(
          `the header "${name}" is not yours to set`,
          /^(?:authorization|proxy-authorization|cookie)$/i.test(name)
            ? 'Use authorization = "${env:…}".'
            : 'Remove it: the publisher sets it.',
        )
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      if (NOT_IN_HEADERS.test(text))
        throw optionError(`the value of the header "${name}" cannot be sent`, 'Write plain text.')
      return [name.toLowerCase(), text]
    }),
  )
}

/** As Standard Webhooks has it: the bytes of the base64 after `whsec_`; of another text its own bytes. */
function keyOf(secret: string): Uint8Array {
  if (!secret.startsWith(STANDARD_PREFIX)) return new TextEncoder().encode(secret)
  const encoded = secret.slice(STANDARD_PREFIX.length)
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(encoded))
    throw optionError('secret begins with whsec_ and does not go on in base64', 'Correct secret.')
  return Buffer.from(encoded, 'base64')
}
