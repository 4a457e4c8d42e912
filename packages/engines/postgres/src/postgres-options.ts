import { isSecret, type OptionDescriptor, type ResolvedOptions, type Secret } from '@qarion/core'

import { parseUrl } from './connection/parse-url.ts'
import { SSL_MODES, type ConnectionTarget, type SslMode } from './connection/target.ts'
import { postgresError } from './postgres-errors.ts'

/** Options of `[engine.config]`. */
export const POSTGRES_OPTIONS: readonly OptionDescriptor[] = Object.freeze([
  {
    name: 'url',
    type: 'secret',
    description:
      'The whole connection: `"${env:NAME}"`, and in NAME `postgres://user:password@host:port/database`.',
  },
  {
    name: 'host',
    type: 'string',
    description: 'Name or address of the server, or the folder of its socket.',
  },
  {
    name: 'port',
    type: 'integer',
    description: 'Its port. Default: 5432.',
    minimum: 1,
    maximum: 65_535,
  },
  { name: 'database', type: 'string', description: 'The database. Default: the name of the user.' },
  { name: 'user', type: 'string', description: 'The role that connects.' },
  { name: 'password', type: 'secret', description: 'Its password: `"${env:NAME}"`.' },
  {
    name: 'schema',
    type: 'string',
    description: 'The schema that holds all tables of the project; made when a run first writes.',
    default: 'public',
  },
  {
    name: 'ssl_mode',
    type: 'choice',
    description:
      "`prefer`: encrypted if the server can, and not on this machine; `require`: always; `verify-full`: and the certificate is the server's; `disable`: never. Default: prefer.",
    choices: SSL_MODES,
    isAdvanced: true,
  },
  {
    name: 'ssl_ca',
    type: 'path',
    description: 'Certificate of the authority that `verify-full` trusts. Default: those of Node.',
    isAdvanced: true,
  },
  {
    name: 'connect_timeout',
    type: 'duration',
    description: 'Connecting may take so long.',
    default: '10s',
    isAdvanced: true,
  },
  {
    name: 'statement_timeout',
    type: 'duration',
    description: 'One statement may take so long. Default: no limit.',
    isAdvanced: true,
  },
  {
    name: 'work_mem',
    type: 'size',
    description:
      'Memory that each sort of a statement may take before it goes to disk, and four times that each hash table.',
    default: '64MB',
    isAdvanced: true,
  },
  {
    name: 'application_name',
    type: 'string',
    description: 'How sessions are called in pg_stat_activity.',
    default: 'qarion',
    isAdvanced: true,
  },
] satisfies readonly OptionDescriptor[])

/** A delivery of a million rows is compared twice as fast as with the 4 MB that servers come with. */
const DEFAULT_WORK_MEM_BYTES = 64 << 20

export interface PostgresSettings {
  readonly target: ConnectionTarget
  readonly schema: string
  /** Path of a file. */
  readonly sslCa?: string
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs?: number
  readonly workMemBytes: number
  readonly applicationName: string
}

/** The checked options as settings. Throws QRN-POSTGRES-009 where they name no server or name it twice. */
export function settingsOf(options: ResolvedOptions): PostgresSettings {
  const { ssl_ca: sslCa, statement_timeout: statementTimeoutMs } = options
  return Object.freeze({
    target: targetOf(options),
    schema: textOf(options, 'schema') ?? 'public',
    ...(typeof sslCa === 'string' ? { sslCa } : {}),
    connectTimeoutMs: Number(options['connect_timeout'] ?? 10_000),
    ...(typeof statementTimeoutMs === 'number' ? { statementTimeoutMs } : {}),
    workMemBytes: Number(options['work_mem'] ?? DEFAULT_WORK_MEM_BYTES),
    applicationName: textOf(options, 'application_name') ?? 'qarion',
  })
}

const PARTS = ['host', 'port', 'database', 'user', 'password'] as const

function targetOf(options: ResolvedOptions): ConnectionTarget {
  const url = secretOf(options, 'url')
  const mode = textOf(options, 'ssl_mode') as SslMode | undefined
  if (url !== undefined) {
    const twice = PARTS.filter((name) => options[name] !== undefined)
    if (twice.length > 0)
      throw postgresError('QRN-POSTGRES-009', `Beside url there stands ${twice.join(', ')}.`, {
        hint: `Leave out url, or ${twice.join(', ')}.`,
      })
    const target = parseUrl(url)
    return mode === undefined ? target : { ...target, sslMode: mode }
  }
  const host = textOf(options, 'host')
  const user = textOf(options, 'user')
  if (host === undefined || user === undefined)
    throw postgresError(
      'QRN-POSTGRES-009',
      `There is neither url nor ${host === undefined ? 'host' : 'user'} in [engine.config].`,
    )
  const password = secretOf(options, 'password')
  return {
    host,
    port: Number(options['port'] ?? 5432),
    database: textOf(options, 'database') ?? user,
    user,
    ...(password === undefined ? {} : { password }),
    sslMode: mode ?? 'prefer',
  }
}

function textOf(options: ResolvedOptions, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function secretOf(options: ResolvedOptions, name: string): Secret | undefined {
  const value = options[name]
  if (value === undefined || isSecret(value)) return value
  throw postgresError(
    'QRN-POSTGRES-009',
    `The option ${name} is a reference that nothing resolves.`,
    {
      hint: `Write ${name} = "\${env:NAME}", and the value into the environment variable NAME.`,
    },
  )
}
