import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  formatValue,
  rowsOf,
  vectorFromValues,
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
  type TableDefinition,
} from '@qarion/core'
import { defineQuery, parseExpression, select, values } from '@qarion/plan'

import { createPolarsLocalEngine, createPolarsMemoryEngine } from '../src/index.ts'

export const NEVER: AbortSignal = new AbortController().signal

export const EMPTY_CATALOG: Catalog = { datasets: new Map(), batches: new Map() }

export function catalogOf(...datasets: readonly Dataset[]): Catalog {
  return { datasets: new Map(datasets.map((dataset) => [dataset.id, dataset])), batches: new Map() }
}

/** An engine with a session that writes. */
export interface TestStore {
  readonly engine: Engine
  readonly session: EngineSession
  readonly lease: Lease
  /** Of the storage folder; nothing is there for an engine in memory. */
  readonly directory: string
  commit(operations: readonly Operation[], catalog?: Catalog): Promise<CommitResult>
  rows(queries: readonly Query[], catalog?: Catalog): Promise<readonly Row[]>
  close(): Promise<void>
}

export async function openTestStore(kind: 'memory' | 'local'): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), 'qarion-polars-'))
  // Characters that mean something in a pattern of paths.
  const directory = join(folder, 'st[o]re *')
  const engine =
    kind === 'memory'
      ? createPolarsMemoryEngine()
      : createPolarsLocalEngine({ storageDirectory: directory })
  const lease = await engine.acquireLease({ description: 'test', waitMs: 0, signal: NEVER })
  const session = await engine.open('write')
  return {
    engine,
    session,
    lease,
    directory,
    commit: (operations, catalog = EMPTY_CATALOG) =>
      session.commit({
        operations,
        catalog,
        parameters: {},
        acceptedGuards: [],
        lease,
        signal: NEVER,
      }),
    rows: (queries, catalog = EMPTY_CATALOG) => readRows(session, queries, catalog),
    close: async () => {
      await session.close()
      await lease.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export async function readRows(
  session: EngineSession,
  queries: readonly Query[],
  catalog: Catalog,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for await (const batch of session.read({ queries, catalog, parameters: {} }))
    rows.push(...rowsOf(batch))
  return rows
}

/** Rows that go into a table as one batch. */
export function load(table: TableDefinition, rows: readonly Row[]): Operation {
  const columns = table.columns.map(({ type }, index) =>
    vectorFromValues(
      type,
      rows.map((row) => row[index] ?? null),
    ),
  )
  return {
    kind: 'load',
    table,
    count: 'rows',
    source: {
      async *batches() {
        yield { rowCount: rows.length, columns }
      },
    },
  }
}

/** The text form of an expression's value, NULL as null. */
export async function evaluate(store: TestStore, text: string): Promise<string | null> {
  return evaluateTree(store, parseExpression(text, { columns: [] }))
}

async function evaluateTree(store: TestStore, expression: Expression): Promise<string | null> {
  const one = parseExpression('1', { columns: [] })
  const query = defineQuery('q', [
    values([{ name: 'one', type: one.type }], [[one]]),
    select([{ name: 'v', expression }]),
  ])
  const [row] = await store.rows([query])
  const value = row?.[0] ?? null
  return value === null ? null : formatValue(expression.type, value)
}
