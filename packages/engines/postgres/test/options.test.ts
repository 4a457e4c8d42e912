import { inspect } from 'node:util'

import { createSecret, isQarionError, type QarionError } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { parseUrl } from '../src/connection/parse-url.ts'
import { settingsOf } from '../src/index.ts'

const PASSWORD = 'geheim@x'

function errorOf(work: () => unknown): QarionError {
  try {
    work()
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

describe('url', () => {
  it.each([
    [
      'postgres://u:p@h:5433/d',
      { host: 'h', port: 5433, database: 'd', user: 'u', sslMode: 'prefer' },
    ],
    ['postgresql://u@h', { host: 'h', port: 5432, database: 'u', user: 'u' }],
    [
      'postgres://u%40x:p%2F%23@[::1]:1/d%20e?sslmode=verify-full',
      { host: '::1', port: 1, database: 'd e', user: 'u@x', sslMode: 'verify-full' },
    ],
    [
      'postgres://u:p@/d?host=/run/postgresql',
      { host: '/run/postgresql', port: 5432, database: 'd', user: 'u' },
    ],
    ['  postgres://u:p@h/d\n', { host: 'h', database: 'd' }],
  ])('%s', (text, parts) => {
    expect(parseUrl(createSecret(text))).toMatchObject(parts)
  })

  it('decodes the password', () => {
    expect(parseUrl(createSecret('postgres://u:p%40%2Fq@h/d')).password?.reveal()).toBe('p@/q')
    expect(parseUrl(createSecret('postgres://u@h/d')).password).toBeUndefined()
  })

  it.each([
    ['not a URL', PASSWORD],
    ['another scheme', `mysql://u:${PASSWORD}@h/d`],
    ['no host', `postgres://u:${PASSWORD}@/d`],
    ['no user', 'postgres://h/d'],
    ['a bad port', `postgres://u:${PASSWORD}@h:99999999/d`],
    ['a bad escape', `postgres://u:${PASSWORD}%zz@h/d`],
    ['an sslmode that is none', `postgres://u:${PASSWORD}@h/d?sslmode=maybe`],
    ['a parameter that is not read', `postgres://u:${PASSWORD}@h/d?options=x`],
  ])('%s is refused without showing any of it', (_what, text) => {
    const error = errorOf(() => parseUrl(createSecret(text)))
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-009', reason: 'configuration' })
    expect(inspect(error, { depth: 10 })).not.toContain(PASSWORD)
    expect(error.cause).toBeUndefined()
  })
})

describe('settings', () => {
  it('take the parts one by one, with defaults', () => {
    const settings = settingsOf({
      host: 'h',
      user: 'u',
      password: createSecret(PASSWORD),
      schema: 's',
    })
    expect(settings).toMatchObject({
      target: { host: 'h', port: 5432, database: 'u', user: 'u', sslMode: 'prefer' },
      schema: 's',
      connectTimeoutMs: 10_000,
      applicationName: 'qarion',
    })
    expect(inspect(settings, { depth: 10 })).not.toContain(PASSWORD)
    expect(JSON.stringify(settings)).not.toContain(PASSWORD)
  })

  it('of ssl_mode go before those of the URL', () => {
    const url = createSecret('postgres://u@h/d?sslmode=disable')
    expect(settingsOf({ url }).target.sslMode).toBe('disable')
    expect(settingsOf({ url, ssl_mode: 'require' }).target.sslMode).toBe('require')
  })

  it.each([
    ['nothing', {}, 'neither url nor host'],
    ['no user', { host: 'h' }, 'neither url nor user'],
    ['a credential of a store', { host: 'h', user: 'u', password: '${credential:db}' }, 'password'],
    ['both', { url: createSecret('postgres://u@h/d'), host: 'h', port: 1 }, 'host, port'],
  ])('%s is refused', (_what, options, words) => {
    const error = errorOf(() => settingsOf(options))
    expect(error.code).toBe('QRN-POSTGRES-009')
    expect(error.message).toContain(words)
  })
})
