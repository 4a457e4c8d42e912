import { createSecret, type Secret } from '@qarion/core'

import { postgresError } from '../postgres-errors.ts'
import { SSL_MODES, type ConnectionTarget, type SslMode } from './target.ts'

/**
 * The parts of `postgres://user:password@host:port/database?sslmode=require&host=/folder`. No message shows any of it,
 * and no error of the parser is kept, since that holds the whole text.
 */
export function parseUrl(secret: Secret): ConnectionTarget {
  const url = urlOf(secret.reveal())
  const user = decoded(url.username, 'user')
  const host =
    url.searchParams.get('host') ?? decoded(url.hostname, 'host').replace(/^\[(.*)\]$/, '$1')
  if (host === '') throw wrong('names no host')
  if (user === '') throw wrong('names no user')
  const unknown = [...url.searchParams.keys()].filter((name) => !PARAMETERS.has(name))
  if (unknown.length > 0)
    throw wrong(
      `has the parameter ${unknown.join(', ')}`,
      'Only sslmode and host are read from the URL; for the rest there are options.',
    )
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    database: decoded(url.pathname.slice(1), 'database') || user,
    user,
    ...(url.password === '' ? {} : { password: createSecret(decoded(url.password, 'password')) }),
    sslMode: sslModeOf(url.searchParams.get('sslmode')),
  }
}

const PARAMETERS: ReadonlySet<string> = new Set(['sslmode', 'host'])

function urlOf(text: string): URL {
  // A host of a socket has no name: WHATWG's parser wants one for a user.
  const url = URL.parse(text.trim().replace(/^(\w+:\/\/[^/]*@)(?=[/?])/, '$1socket'))
  if (url === null || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:'))
    throw wrong('is no postgres:// URL', BAD_URL)
  if (url.hostname === 'socket' && !url.searchParams.has('host')) throw wrong('names no host')
  return url
}

const BAD_URL =
  'Write postgres://user:password@host:port/database; in user and password, characters such as @ / : # ? % are written %40 %2F %3A %23 %3F %25.'

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw wrong(`has a % in its ${part} that escapes nothing`, BAD_URL)
  }
}

function sslModeOf(text: string | null): SslMode {
  const mode = SSL_MODES.find((known) => known === (text ?? 'prefer'))
  if (mode !== undefined) return mode
  throw wrong('has an sslmode that is not known', `sslmode is one of ${SSL_MODES.join(', ')}.`)
}

function wrong(what: string, hint?: string): Error {
  return postgresError(
    'QRN-POSTGRES-009',
    `The option url ${what}.`,
    hint === undefined ? {} : { hint },
  )
}
