import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'

import { createSecret, toErrorDocument, type QarionError } from '@qarion/core'
import { startServer, type RunningServer } from '@qarion/postgres-server'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { createPostgresEngine, settingsOf, type PostgresSettings } from '../src/index.ts'
import { ask, NEVER, newSchema } from './support.ts'

/** Certificates made for these tests, valid until 2126: the server's is for `localhost` alone, and not for 127.0.0.1. */
const fixture = (name: string): string =>
  fileURLToPath(new URL(`./fixtures/tls/${name}`, import.meta.url))
const AUTHORITY = fixture('authority.pem')
const OTHER_AUTHORITY = fixture('other-authority.pem')
const IS_ENCRYPTED = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'

let server: RunningServer

beforeAll(async () => {
  server = await startServer({
    tls: {
      certificate: readFileSync(fixture('server.pem'), 'utf8'),
      key: readFileSync(fixture('server-key-of-tests-only.pem'), 'utf8'),
    },
  })
}, 60_000)

afterAll(() => server.stop())

function settingsAt(host: string, more: Readonly<Record<string, unknown>>): PostgresSettings {
  const url = new URL(server.url)
  url.hostname = host
  return settingsOf({ url: createSecret(url.href), schema: newSchema(), ...more })
}

async function isEncrypted(
  host: string,
  more: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  return (await ask(settingsAt(host, more), IS_ENCRYPTED))[0]?.[0] === 't'
}

it('verify-full: the certificate is of the authority and of the host', async () => {
  const options = { ssl_mode: 'verify-full', ssl_ca: AUTHORITY }
  expect(await isEncrypted('localhost', options)).toBe(true)
})

it('an engine over an encrypted connection takes its lease and lists its tables', async () => {
  const settings = settingsAt('localhost', { ssl_mode: 'verify-full', ssl_ca: AUTHORITY })
  const engine = createPostgresEngine(() => settings)
  const lease = await engine.acquireLease({ description: 'test', waitMs: 0, signal: NEVER })
  const session = await engine.open('write')
  expect((await session.listTables()).map(({ name }) => name)).toContain('xt_fence')
  await session.close()
  await lease.release()
})

it('require: encrypted, whoever made the certificate', async () => {
  expect(await isEncrypted('127.0.0.1', { ssl_mode: 'require' })).toBe(true)
})

it('disable, and prefer on this machine: not encrypted', async () => {
  expect(await isEncrypted('localhost', { ssl_mode: 'disable' })).toBe(false)
  expect(await isEncrypted('localhost', {})).toBe(false)
})

it('the sslmode of a URL counts', async () => {
  const url = new URL(server.url)
  url.searchParams.set('sslmode', 'require')
  const settings = settingsOf({ url: createSecret(url.href), schema: newSchema() })
  expect(await ask(settings, IS_ENCRYPTED)).toEqual([['t']])
})

it.each([
  ['an authority that is another', 'localhost', { ssl_ca: OTHER_AUTHORITY }, /certificate/],
  ['an authority that Node does not know', 'localhost', {}, /certificate/],
  ['an address that is not in it', '127.0.0.1', { ssl_ca: AUTHORITY }, /altnames/],
])('verify-full refuses the certificate: %s', async (_, host, more, wanted) => {
  const settings = settingsAt(host, { ssl_mode: 'verify-full', ...more })
  const error: QarionError = await ask(settings, IS_ENCRYPTED).then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown as QarionError,
  )
  expect(error).toMatchObject({ code: 'QRN-POSTGRES-017', reason: 'configuration' })
  expect(error.isRetryable).toBe(false)
  expect(error.message).toMatch(wanted)
  expect(error.message).toContain(`${host}:`)
  expect(error.hint).toContain('ssl_ca')
  const printed = [inspect(error, { depth: 20, showHidden: true }), error.stack].join('\n')
  const { password } = new URL(server.url)
  expect(printed + JSON.stringify(toErrorDocument(error))).not.toContain(password)
})
