import { quoteIdentifier } from '@qarion/kit-sql'

import type { PostgresConnection } from '../connection/connection.ts'

/** Holds one row: who writes to the schema, or did last. */
export const LEASE_TABLE = 'xt_lease'

const COLUMNS = [
  'id BIGINT PRIMARY KEY',
  'fence BIGINT NOT NULL',
  'description TEXT NOT NULL',
  'pid BIGINT NOT NULL',
  'started_at TEXT',
  'host TEXT NOT NULL',
  'machine TEXT NOT NULL',
  'session_pid INTEGER NOT NULL',
  'since TIMESTAMPTZ NOT NULL',
  'heartbeat_at TIMESTAMPTZ NOT NULL',
  'released_at TIMESTAMPTZ',
] as const

/** Makes the schema and the table of the lease, each only if it is not there: the right to make them may be lacking. */
export async function ensureLeaseTable(
  connection: PostgresConnection,
  schema: string,
): Promise<void> {
  const { rows } = await connection.query(
    'SELECT to_regclass($1) IS NOT NULL, EXISTS (SELECT FROM pg_namespace WHERE nspname = $2)',
    [`${quoteIdentifier(schema)}.${LEASE_TABLE}`, schema],
  )
  const [hasTable, hasSchema] = rows[0] ?? []
  if (hasTable === 't') return
  // Of two that do so at once, one may fail on the other's row of the catalog; it is there then.
  if (hasSchema !== 't')
    await unlessThere(connection, `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)}`)
  await unlessThere(connection, `CREATE TABLE IF NOT EXISTS ${LEASE_TABLE} (${COLUMNS.join(', ')})`)
}

/** A row of the catalog, a schema, a table or its index is there: which of them depends on the moment. */
const IS_THERE: ReadonlySet<unknown> = new Set(['23505', '42P06', '42P07'])

async function unlessThere(connection: PostgresConnection, sql: string): Promise<void> {
  try {
    await connection.query(sql)
  } catch (thrown) {
    if (!IS_THERE.has((thrown as { readonly code?: unknown }).code)) throw thrown
  }
}
