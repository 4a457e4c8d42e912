import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
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

import { createDuckdbEngine } from '../src/duckdb-engine.ts'

export const NEVER: AbortSignal = new AbortController().signal

export interface TestDatabase {
  readonly path: string
  readonly directory: string
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

export async function openTestDatabase(
  settings: { readonly memoryLimitBytes?: number; readonly threads?: number } = {},
): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-duckdb-'))
  const path = join(directory, 'test.duckdb')
  const engine = createDuckdbEngine({ path, ...settings })
  const lease = await engine.acquireLease({ description: 'test', waitMs: 0, signal: NEVER })
  const session = await engine.open('write')
  return {
    path,
    directory,
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
      await rm(directory, { recursive: true, force: true })
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
