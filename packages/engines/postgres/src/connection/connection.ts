import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

import type { Client, ClientConfig, QueryArrayConfig, QueryArrayResult } from 'pg'

import { classifyPostgresError } from '../classify-error.ts'
import { postgresError } from '../postgres-errors.ts'
import type { PostgresSettings } from '../postgres-options.ts'
import { loadDriver } from './driver.ts'
import { sessionSettings } from './session-settings.ts'
import type { SslMode } from './target.ts'

/** One session of the server. */
export interface PostgresConnection {
  readonly client: Client
  /** Number of the server's process. */
  readonly processId: number
  /** False once the session is gone. */
  isOpen(): boolean
  /** Runs one statement; values are texts, the rows too. */
  query(sql: string, values?: readonly (string | null)[]): Promise<QueryRows>
  /** Ends the session, at once where a statement still runs. May be called again. */
  close(): Promise<void>
}

export interface QueryRows {
  readonly rows: readonly (readonly (string | null)[])[]
  readonly rowCount: number
  /** The server's word for what it did: `COMMIT`. */
  readonly command: string
}

const OLDEST_VERSION = 140_000

/** Opens a session with its settings made. */
export async function connect(
  settings: PostgresSettings,
  mode: 'read' | 'write',
): Promise<PostgresConnection> {
  const { host, port } = settings.target
  try {
    const connection = await openFirst(settings)
    try {
      await prepare(connection, sessionSettings(settings, mode))
      return connection
    } catch (thrown) {
      await connection.close()
      throw thrown
    }
  } catch (thrown) {
    throw classifyPostgresError(thrown, host.startsWith('/') ? host : `${host}:${port}`)
  }
}

async function openFirst(settings: PostgresSettings): Promise<PostgresConnection> {
  const { sslMode, host } = settings.target
  const isHere = host.startsWith('/') || isLoopback(host)
  if (sslMode !== 'prefer') return open(settings, sslMode)
  if (isHere) return open(settings, 'disable')
  try {
    return await open(settings, 'require')
  } catch (thrown) {
    if (!String(thrown).includes('does not support SSL')) throw thrown
    return open(settings, 'disable')
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

async function open(
  settings: PostgresSettings,
  sslMode: Exclude<SslMode, 'prefer'>,
): Promise<PostgresConnection> {
  const { target, connectTimeoutMs, applicationName } = settings
  const { Client } = await loadDriver()
  const config: ClientConfig = {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    // A function, so that the driver neither reads PGPASSWORD nor a password file.
    password: () => target.password?.reveal() ?? '',
    ssl: await sslOf(settings, sslMode),
    sslnegotiation: 'postgres',
    connectionTimeoutMillis: connectTimeoutMs,
    application_name: applicationName,
    client_encoding: 'UTF8',
    keepAlive: true,
  }
  const client = new Client(config)
  let isOpen = true
  // A session that breaks while nothing runs is noticed by what comes next.
  client.on('error', () => {
    isOpen = false
  })
  client.on('end', () => {
    isOpen = false
  })
  await client.connect()
  return {
    client,
    processId: (client as unknown as { readonly processID: number }).processID,
    isOpen: () => isOpen,
    query: (sql, values) => query(client, sql, values),
    close: async () => {
      if (!isOpen) return
      isOpen = false
      await client.end().catch(() => {})
    },
  }
}

async function sslOf(
  { sslCa }: PostgresSettings,
  mode: Exclude<SslMode, 'prefer'>,
): Promise<false | ConnectionOptions> {
  if (mode === 'disable') return false
  if (mode === 'require') return { rejectUnauthorized: false }
  if (sslCa === undefined) return { rejectUnauthorized: true }
  try {
    return { rejectUnauthorized: true, ca: await readFile(sslCa, 'utf8') }
  } catch (cause) {
    throw postgresError('QRN-POSTGRES-009', `The file ${sslCa} of ssl_ca cannot be read.`, {
      cause,
      hint: 'Check the path of ssl_ca.',
    })
  }
}

/** Texts as the server writes them. */
const AS_TEXT = { getTypeParser: () => (text: string) => text }

/** One statement by the extended protocol, which takes no second one. */
async function query(
  client: Client,
  text: string,
  values: readonly (string | null)[] = [],
): Promise<QueryRows> {
  const config: QueryArrayConfig & { readonly queryMode: 'extended' } = {
    text,
    values: [...values],
    rowMode: 'array',
    types: AS_TEXT,
    queryMode: 'extended',
  }
  const { rows, rowCount, command }: QueryArrayResult<(string | null)[]> =
    await client.query(config)
  return { rows, rowCount: rowCount ?? 0, command }
}

/** Several statements in one message. */
async function prepare({ client }: PostgresConnection, statements: string): Promise<void> {
  const results = (await client.query({
    text: statements,
    rowMode: 'array',
    types: AS_TEXT,
  })) as unknown as readonly QueryArrayResult<string[]>[]
  const [version = '0', encoding = ''] = results.at(-1)?.rows[0] ?? []
  if (Number(version) < OLDEST_VERSION)
    throw postgresError(
      'QRN-POSTGRES-014',
      `The server has version ${version}; 14 is the oldest that works.`,
    )
  if (encoding !== 'UTF8')
    throw postgresError(
      'QRN-POSTGRES-014',
      `The database stores texts as ${encoding}, not as UTF8.`,
    )
}
