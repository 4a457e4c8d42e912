import type { Duplex } from 'node:stream'

import type pg from 'pg'
import type { Client, Submittable } from 'pg'

export type PostgresDriver = Pick<typeof pg, 'Client'>

/** The driver, imported when something first connects. */
export async function loadDriver(): Promise<PostgresDriver> {
  return (await import('pg')).default
}

/** The part of the driver's protocol layer that a COPY needs; its types leave some of it out. */
export interface Wire {
  readonly stream: Duplex
  query(sql: string): void
  endCopyFrom(): void
  sendCopyFail(message: string): void
}

/** A statement that takes the messages of the server itself, as the driver calls them. */
export interface CopyStatement extends Submittable {
  handleCopyInResponse?(): void
  handleCopyData?(message: { readonly chunk: Buffer }): void
  handleCommandComplete(message: { readonly text: string }): void
  handleReadyForQuery(): void
  handleError(error: Error): void
}

export function wireOf(client: Client): Wire {
  return client.connection as unknown as Wire
}

/** Rows of a COPY by its command tag: `COPY 12`. */
export function rowsOfTag(tag: string): number {
  return Number(/^COPY (\d+)/.exec(tag)?.[1] ?? 0)
}
