import { createHmac } from 'node:crypto'

import { createSecret, type ResolvedOptions } from '@qarion/core'
import { createWebhookPublisher, toWebhookSettings } from '@qarion/publisher-webhook'
import {
  expectError,
  startReceiver,
  testEvent,
  type Answer,
  type HttpReceiver,
} from '@qarion/testkit'
import { afterEach, describe, expect, it } from 'vitest'

const NO_SIGNAL = new AbortController().signal
const NOW_MS = Date.UTC(2024, 4, 1, 6, 0, 0, 700)
const noStore = (): Promise<never> => Promise.reject(new Error('no store'))

let receiver: HttpReceiver
afterEach(() => receiver?.close())

async function publisherFor(options: ResolvedOptions = {}, answer?: Answer) {
  receiver = await startReceiver(answer)
  return createWebhookPublisher(
    await toWebhookSettings({ url: receiver.url, ...options }, noStore),
    () => NOW_MS,
  )
}

describe('a request', () => {
  it('is a POST of the event in the JSON format of CloudEvents', async () => {
    const publisher = await publisherFor({ headers: { 'X-Tenant': 'north', 'x-number': 7 } })
    await publisher.publish(testEvent({ key: 'a|b', sequence: 3n }), NO_SIGNAL)
    const [request] = receiver.requests
    expect(request).toMatchObject({ method: 'POST', url: '/events' })
    expect(request?.headers).toMatchObject({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'x-tenant': 'north',
      'x-number': '7',
      'webhook-id': 't|1|a|b|3',
      'webhook-timestamp': '1714543200',
    })
    expect(request?.headers).not.toHaveProperty('webhook-signature')
    expect(request?.body).toBe(
      '{"specversion":"1.0","id":"t|1|a|b|3","source":"/raw/t","type":"t.new","subject":"a|b","time":"2024-05-01T06:00:00Z","datacontenttype":"application/json","partitionkey":"a|b","sequence":"0000000000000000003","data":{"id":"a|b","n":3}}',
    )
  })

  it('has attributes as headers in binary mode', async () => {
    const publisher = await publisherFor({ mode: 'binary' })
    await publisher.publish(testEvent({ key: 'é "1"' }), NO_SIGNAL)
    const [request] = receiver.requests
    expect(request?.headers).toMatchObject({
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-type': 't.new',
      'ce-subject': '%C3%A9%20%221%22',
    })
    expect(request?.body).toBe('{"id":"é \\"1\\"","n":1}')
  })

  it.each([
    ['any text', 'any text'],
    [`whsec_${Buffer.from('raw bytes').toString('base64')}`, 'raw bytes'],
  ])('is signed with %s', async (secret, key) => {
    const publisher = await publisherFor({ secret: createSecret(secret) })
    await publisher.publish(testEvent({ key: 'é' }), NO_SIGNAL)
    const { headers, body } = receiver.requests[0] as (typeof receiver.requests)[number]
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed, 'utf8').digest('base64')}`,
    )
  })

  it('carries a secret authorization', async () => {
    const publisher = await publisherFor({ authorization: createSecret('Bearer abc') })
    await publisher.publish(testEvent(), NO_SIGNAL)
    expect(receiver.requests[0]?.headers['authorization']).toBe('Bearer abc')
  })

  it('asks the store for credentials', async () => {
    receiver = await startReceiver()
    const settings = await toWebhookSettings(
      { url: receiver.url, secret: { kind: 'credential', id: 'hook' } },
      async (id) => createSecret(`secret of ${id}`),
    )
    expect(Buffer.from(settings.key ?? []).toString()).toBe('secret of hook')
  })
})

const text =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body)
  }

describe('an answer', () => {
  it.each([200, 201, 202, 204])('%i: taken', async (status) => {
    const publisher = await publisherFor({}, text(status, status === 204 ? '' : 'thanks'))
    await publisher.publish(testEvent(), NO_SIGNAL)
    expect(receiver.requests.length).toBe(1)
  })

  it.each([400, 401, 403, 404, 405, 409, 410, 413, 422, 451, 499])(
    '%i: never taken',
    async (status) => {
      const publisher = await publisherFor({}, text(status, 'no  such\nschema'))
      const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL), {
        code: 'QRN-WEBHOOK-002',
        reason: 'data',
      })
      expect(error.message).toBe(`the receiver answered ${status}: no such schema`)
    },
  )

  it.each([408, 425, 429, 500, 502, 503, 504, 599])('%i: tried again', async (status) => {
    const publisher = await publisherFor({}, text(status))
    const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL), {
      code: 'QRN-WEBHOOK-003',
    })
    expect([error.isRetryable, error.data]).toEqual([true, { status }])
  })

  it.each([
    ['120', 120_000],
    ['Wed, 01 May 2024 06:01:00 GMT', 59_300],
    ['Wed, 01 May 2024 05:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['1e9', undefined],
  ])('with Retry-After: %s', async (retryAfter, retryAfterMs) => {
    const publisher = await publisherFor({}, text(503, '', { 'retry-after': retryAfter }))
    const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL))
    expect(error.data['retryAfterMs']).toBe(retryAfterMs)
  })

  it.each([301, 302, 303, 307, 308])('%i: not followed', async (status) => {
    const other = await startReceiver()
    try {
      const publisher = await publisherFor(
        { secret: createSecret('s3cret') },
        text(status, '', { location: `${other.url}?token=x` }),
      )
      const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL), {
        code: 'QRN-WEBHOOK-006',
        reason: 'configuration',
      })
      expect(`${error.message} ${error.hint}`).not.toContain('token')
      expect(other.requests).toEqual([])
    } finally {
      await other.close()
    }
  })

  it('that shows secrets is not shown as it is', async () => {
    const publisher = await publisherFor(
      { secret: createSecret('s3cret'), authorization: createSecret('Bearer abc') },
      (request, response) => {
        response
          .writeHead(400, { 'content-type': 'application/problem+json' })
          .end(JSON.stringify({ got: request.headers['authorization'], key: 's3cret' }))
      },
    )
    const { message } = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL))
    expect(message).not.toMatch(/s3cret|abc/)
  })

  it('without end is not read to the end', async () => {
    const publisher = await publisherFor({ timeout: 5000 }, (_request, response) => {
      response.writeHead(500, { 'content-type': 'text/plain' })
      const timer = setInterval(() => response.write('x'.repeat(1000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL))
    expect([error.code, error.message.length < 300]).toEqual(['QRN-WEBHOOK-003', true])
  })

  it('that is no text is not shown', async () => {
    const publisher = await publisherFor({}, text(400, '<html>', { 'content-type': 'text/html' }))
    const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL))
    expect(error.message).toBe('the receiver answered 400')
  })
})

describe('no answer', () => {
  it('within the timeout', async () => {
    const publisher = await publisherFor({ timeout: 100 }, () => undefined)
    const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL), {
      code: 'QRN-WEBHOOK-005',
      reason: 'timeout',
    })
    expect(error.message).toBe('the receiver did not answer within 100 ms')
  })

  it('but a closed connection', async () => {
    const publisher = await publisherFor({}, (_request, response) => response.destroy())
    const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL), {
      code: 'QRN-WEBHOOK-004',
    })
    expect(error.isRetryable).toBe(true)
  })

  it('from an address where nobody listens', async () => {
    const publisher = await publisherFor()
    await receiver.close()
    const error = await expectError(() => publisher.publish(testEvent(), NO_SIGNAL), {
      code: 'QRN-WEBHOOK-004',
    })
    expect(error.message).toBe('no answer (ECONNREFUSED)')
  })

  it('before the run was cancelled', async () => {
    const controller = new AbortController()
    const publisher = await publisherFor({}, () => controller.abort())
    const error = await expectError(() => publisher.publish(testEvent(), controller.signal))
    expect([error.code, error.reason]).toEqual(['QRN-WEBHOOK-007', 'interrupted'])
  })
})

describe('options that cannot be used', () => {
  it.each<[string, ResolvedOptions, RegExp]>([
    ['no address', { url: 'receiver' }, /no address/],
    ['another protocol', { url: 'file:///etc/passwd' }, /no address/],
    ['a password in the url', { url: 'https://a:pw@receiver.example/' }, /password/],
    [
      'an authorization that could be read on its way',
      { url: 'http://receiver.example/', authorization: createSecret('Bearer abc') },
      /readable/,
    ],
    ['a line break in authorization', { authorization: createSecret('a\nb') }, /header/],
    ['a header without a name', { headers: { 'a b': 'x' } }, /no name/],
    ['a header of the publisher', { headers: { 'Webhook-Id': 'x' } }, /not yours/],
    ['authorization among headers', { headers: { Authorization: 'x' } }, /not yours/],
    ['a line break in a header', { headers: { 'x-a': 'a\r\nb: c' } }, /cannot be sent/],
    ['a secret that is no base64', { secret: createSecret('whsec_!!') }, /base64/],
  ])('%s', async (_, options, message) => {
    const error = await expectError(
      () => toWebhookSettings({ url: 'https://receiver.example/', ...options }, noStore),
      { code: 'QRN-WEBHOOK-001', reason: 'configuration' },
    )
    expect(error.message).toMatch(message)
    expect(`${error.message} ${error.hint}`).not.toMatch(/pw|abc|!!/)
  })
})
