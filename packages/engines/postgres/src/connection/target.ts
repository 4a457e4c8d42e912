import type { Secret } from '@qarion/core'

/** How far the connection is encrypted. */
export const SSL_MODES = ['prefer', 'disable', 'require', 'verify-full'] as const

export type SslMode = (typeof SSL_MODES)[number]

/** Where the server is and as whom to connect. */
export interface ConnectionTarget {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password?: Secret
  readonly sslMode: SslMode
}
