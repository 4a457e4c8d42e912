import { createServer, type AddressInfo, type Server } from 'node:net'
import { inspect } from 'node:util'

import { createSecret, isQarionError, toErrorDocument, type QarionError } from '@qarion/core'
import { serverUrl } from '@qarion/postgres-server'
import { afterEach, describe, expect, it } from 'vitest'

import { connect } from '../src/connection/connection.ts'
import { createPostgresEngine, settingsOf } from '../src/index.ts'
import { ask, dropSchema, NEVER, newSchema, testSettings } from './support.ts'

const PASSWORD = 'qX7-never-shown'

async function urlWith(change: (url: URL) => void): Promise<string> {
  const url = new URL(await serverUrl())
  change(url)
  return url.href
}

async function errorOfOpening(
  url: string,
  more: Record<string, unknown> = {},
): Promise<QarionError> {
  const engine = createPostgresEngine(() => settingsOf({ url: createSecret(url), ...more }))
  try {
    const session = await engine.open('read')
    try {
      await session.listTables()
    } finally {
      await session.close()
    }
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown
    throw thrown
  }
  throw new Error('nothing was thrown')
}

/** Everything that can be printed of an error, its causes included. */
function printed(error: QarionError): string {
  return [
    inspect(error, { depth: 20, showHidden: true }),
    JSON.stringify(toErrorDocument(error)),
    error.stack ?? '',
  ].join('\n')
}

describe('what is wrong with a connection is said without the password', () => {
  it('a wrong password', async () => {
    const error = await errorOfOpening(await urlWith((url) => (url.password = PASSWORD)))
    expect(error).toMatchObject({
      code: 'QRN-POSTGRES-002',
      reason: 'authentication',
      isRetryable: false,
    })
    expect(printed(error)).not.toContain(PASSWORD)
  })

  it('no password', async () => {
    const error = await errorOfOpening(await urlWith((url) => (url.password = '')))
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-002', reason: 'authentication' })
  })

  it('a server that is not there', async () => {
    const error = await errorOfOpening(`postgres://u:${PASSWORD}@127.0.0.1:1/d`)
    expect(error).toMatchObject({
      code: 'QRN-POSTGRES-001',
      reason: 'connection',
      isRetryable: true,
    })
    expect(error.message).toContain('127.0.0.1:1')
    expect(printed(error)).not.toContain(PASSWORD)
  })

  it('a host that has no address', async () => {
    const error = await errorOfOpening(`postgres://u:${PASSWORD}@nowhere.invalid/d`, {
      ssl_mode: 'disable',
    })
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-001' })
    expect(printed(error)).not.toContain(PASSWORD)
  })

  it('a database that is not there', async () => {
    const error = await errorOfOpening(await urlWith((url) => (url.pathname = '/nowhere')))
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-015', reason: 'configuration' })
    expect(printed(error)).not.toContain(new URL(await serverUrl()).password)
  })

  it('a URL that is none', async () => {
    const error = await errorOfOpening(`postgres:/u:${PASSWORD}`)
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-009' })
    expect(printed(error)).not.toContain(PASSWORD)
  })

  it('encryption that the server cannot give', async () => {
    const error = await errorOfOpening(await serverUrl(), { ssl_mode: 'require' })
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-001' })
    expect(error.message).toContain('SSL')
  })

  it('a certificate that cannot be read', async () => {
    const error = await errorOfOpening(await serverUrl(), {
      ssl_mode: 'verify-full',
      ssl_ca: '/nowhere.pem',
    })
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-009' })
    expect(error.message).toContain('/nowhere.pem')
  })
})

describe('a server that', () => {
  let server: Server | undefined
  afterEach(() => server?.close())

  async function urlOf(answer: Parameters<typeof createServer>[1]): Promise<string> {
    const listening = createServer({}, answer)
    server = listening
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    return `postgres://u:${PASSWORD}@127.0.0.1:${(listening.address() as AddressInfo).port}/d`
  }

  it('never answers is given up after connect_timeout', async () => {
    const error = await errorOfOpening(await urlOf(() => {}), { connect_timeout: 200 })
    expect(error).toMatchObject({ code: 'QRN-POSTGRES-004', reason: 'timeout', isRetryable: true })
    expect(printed(error)).not.toContain(PASSWORD)
  })

  it('hangs up at once is not there', async () => {
    const error = await errorOfOpening(await urlOf((socket) => socket.destroy()))
    expect(error).toMatchObject({ reason: 'connection', isRetryable: true })
  })
})

describe('a session', () => {
  it('has its own settings, whatever the role is set to', async () => {
    const settings = await testSettings(newSchema())
    const role = `r_${settings.schema}`
    const schema = `Odd "schema" ${settings.schema}`
    await ask(settings, `CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`)
    const [[database] = []] = await ask(settings, 'SELECT quote_ident(current_database())')
    await ask(settings, `GRANT CREATE ON DATABASE ${database} TO ${role}`)
    try {
      for (const [name, value] of [
        ['TimeZone', "'Asia/Tokyo'"],
        ['DateStyle', "'German, DMY'"],
        ['extra_float_digits', '-10'],
        ['standard_conforming_strings', 'off'],
        ['bytea_output', "'escape'"],
        ['search_path', "'nowhere'"],
        ['client_encoding', "'LATIN1'"],
        ['default_transaction_read_only', 'on'],
        ['default_transaction_isolation', "'serializable'"],
        ['statement_timeout', '1'],
        ['idle_in_transaction_session_timeout', '1'],
        ['transform_null_equals', 'on'],
      ])
        await ask(settings, `ALTER ROLE ${role} SET ${name} = ${value}`)
      const url = await urlWith((address) => {
        address.username = role
        address.password = PASSWORD
      })
      const own = settingsOf({ url: createSecret(url), schema })
      const engine = createPostgresEngine(() => own)
      const lease = await engine.acquireLease({ description: 'test', waitMs: 0, signal: NEVER })
      await lease.release()
      const [row] = await ask(
        own,
        `SELECT current_schema(), current_setting('TimeZone'), date '2024-02-01'::text, (0.1::float8 + 0.2)::text,
           'a\\b', '\\x00ff'::bytea::text, current_setting('transaction_isolation'), (NULL = NULL)::text`,
      )
      expect(row).toEqual([
        schema,
        'UTC',
        '2024-02-01',
        '0.30000000000000004',
        'a\\b',
        '\\x00ff',
        'read committed',
        null,
      ])
    } finally {
      await ask(settings, `DROP OWNED BY ${role}`)
      await ask(settings, `DROP ROLE ${role}`)
    }
  })

  it('ends a statement after statement_timeout', async () => {
    const connection = await connect(
      await testSettings(newSchema(), { statement_timeout: 50 }),
      'read',
    )
    await expect(connection.query('SELECT pg_sleep(5)')).rejects.toMatchObject({ code: '57014' })
    await connection.close()
  })

  it('takes one statement at a time', async () => {
    const connection = await connect(await testSettings(newSchema()), 'read')
    await expect(connection.query('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: '42601' })
    expect((await connection.query('SELECT $1', ["'; --"])).rows).toEqual([["'; --"]])
    await connection.close()
  })

  it('that reads cannot write', async () => {
    const settings = await testSettings(newSchema())
    const connection = await connect(settings, 'read')
    await expect(connection.query('CREATE TABLE public.t (n INT)')).rejects.toMatchObject({
      code: '25006',
    })
    await connection.close()
  })

  it('without rights to make the schema says so', async () => {
    const settings = await testSettings(newSchema())
    const role = `r_${settings.schema}`
    await ask(settings, `CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`)
    try {
      const url = await urlWith((address) => {
        address.username = role
        address.password = PASSWORD
      })
      const engine = createPostgresEngine(() =>
        settingsOf({ url: createSecret(url), schema: settings.schema }),
      )
      const owner = { description: 'test', waitMs: 0, signal: NEVER }
      await expect(engine.acquireLease(owner)).rejects.toMatchObject({
        code: 'QRN-POSTGRES-003',
        reason: 'authorization',
      })
      // A schema made for it is enough.
      await ask(settings, `CREATE SCHEMA ${settings.schema} AUTHORIZATION ${role}`)
      await (await engine.acquireLease(owner)).release()
    } finally {
      await dropSchema(settings)
      await ask(settings, `DROP ROLE ${role}`)
    }
  })
})
