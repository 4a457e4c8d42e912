import { randomBytes } from 'node:crypto'

import {
  createSecret,
  formatValue,
  rowsOf,
  type Catalog,
  type CommitResult,
  type Dataset,
  type Engine,
  type EngineSession,
  type Expression,
  type Lease,
  type Operation,
  type Query,
  type Row,
  type Value,
} from '@qarion/core'
import { defineQuery, parseExpression, select, values } from '@qarion/plan'
import { serverUrl } from '@qarion/postgres-server'

import { connect } from '../src/connection/connection.ts'
import { createPostgresEngine, settingsOf, type PostgresSettings } from '../src/index.ts'

export const NEVER: AbortSignal = new AbortController().signal

/** A name that no other test has. */
export function newSchema(): string {
  return `t_${randomBytes(8).toString('hex')}`
}

/** Settings of a schema on the server of this test run. */
export async function testSettings(
  schema: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<PostgresSettings> {
  return settingsOf({ url: createSecret(await serverUrl()), schema, ...more })
}

/** Rows of a statement, as texts, on a session of its own. */
export async function ask(
  settings: PostgresSettings,
  sql: string,
  parameters: readonly string[] = [],
): Promise<readonly (readonly (string | null)[])[]> {
  const connection = await connect(settings, 'write')
  try {
    return (await connection.query(sql, parameters)).rows
  } finally {
    await connection.close()
  }
}

export async function dropSchema(settings: PostgresSettings): Promise<void> {
  await ask(settings, `DROP SCHEMA IF EXISTS "${settings.schema}" CASCADE`)
}

export interface TestDatabase {
  readonly settings: PostgresSettings
  readonly engine: Engine
  readonly session: EngineSession
  readonly lease: Lease
  commit(
    operations: readonly Operation[],
    catalog?: Catalog,
    parameters?: Record<string, Value | null>,
  ): Promise<CommitResult>
  rows(
    queries: readonly Query[],
    catalog?: Catalog,
    parameters?: Record<string, Value | null>,
  ): Promise<readonly Row[]>
  close(): Promise<void>
}

export const EMPTY_CATALOG: Catalog = { datasets: new Map(), batches: new Map() }

export function catalogOf(...datasets: readonly Dataset[]): Catalog {
  return { datasets: new Map(datasets.map((dataset) => [dataset.id, dataset])), batches: new Map() }
}

/** A schema of its own, with a lease and a session that writes. */
export async function openTestDatabase(given?: PostgresSettings): Promise<TestDatabase> {
  const settings = given ?? (await testSettings(newSchema()))
  const engine = createPostgresEngine(() => settings)
  const lease = await engine.acquireLease({ description: 'test', waitMs: 0, signal: NEVER })
  const session = await engine.open('write')
  return {
    settings,
    engine,
    session,
    lease,
    commit: async (operations, catalog = EMPTY_CATALOG, parameters = {}) =>
      session.commit({ operations, catalog, parameters, acceptedGuards: [], lease, signal: NEVER }),
    rows: async (queries, catalog = EMPTY_CATALOG, parameters = {}) => {
      const rows: Row[] = []
      for await (const batch of session.read({ queries, catalog, parameters }))
        rows.push(...rowsOf(batch))
      return rows
    },
    close: async () => {
      await session.close()
      await lease.release()
      await dropSchema(settings)
    },
  }
}

/** The text form of an expression's value, NULL as null. */
export async function evaluate(database: TestDatabase, text: string): Promise<string | null> {
  return evaluateTree(database, parseExpression(text, { columns: [] }))
}

export async function evaluateTree(
  database: TestDatabase,
  expression: Expression,
): Promise<string | null> {
  const one = parseExpression('1', { columns: [] })
  const query = defineQuery('q', [
    values([{ name: 'one', type: one.type }], [[one]]),
    select([{ name: 'v', expression }]),
  ])
  const [row] = await database.rows([query])
  const value = row?.[0] ?? null
  return value === null ? null : formatValue(expression.type, value)
}
