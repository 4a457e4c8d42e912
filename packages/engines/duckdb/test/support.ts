import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  DataTypes,
  formatValue,
  rowsOf,
  type Catalog,
  type CommitResult,
  type Dataset,
  type Engine,
  type EngineSession,
  type Expression,
  type FileScan,
  type InputColumn,
  type Lease,
  type Loader,
  type Operation,
  type Query,
  type Row,
  type TableDefinition,
  type Value,
} from '@qarion/core'
import { defineQuery, from, parseExpression, select, values } from '@qarion/plan'

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

export interface NativeRows {
  readonly rows: readonly Row[]
  readonly isNative: boolean
}

/** Loads files natively; where the engine declines, no rows. */
export async function loadNatively(
  database: TestDatabase,
  scans: readonly FileScan[],
  columns: readonly InputColumn[],
  hasFile = false,
): Promise<NativeRows> {
  const table: TableDefinition = {
    name: `native_${randomUUID()}`,
    columns: [
      ...columns.map(({ name, type, required }) => ({ name, type, required })),
      { name: 'xt_source_line', type: DataTypes.integer, required: true },
      ...(hasFile ? [{ name: 'xt_source_file', type: DataTypes.string, required: true }] : []),
    ],
    key: [],
    isUnique: false,
  }
  let isNative = true
  await database.commit([
    { kind: 'create_table', table },
    {
      kind: 'load',
      table,
      count: 'rows',
      source: {
        native: {
          scans,
          lineColumn: 'xt_source_line',
          ...(hasFile ? { fileColumn: 'xt_source_file' } : {}),
        },
        batches: async function* () {
          isNative = false
          yield* []
        },
      },
    },
  ])
  const dataset = {
    id: table.name,
    table: table.name,
    storage: { kind: 'table' } as const,
    columns: table.columns,
    key: [],
    sortKey: [],
    isInternal: false,
  }
  const rows = await database.rows([defineQuery('q', [from(dataset.id)])], catalogOf(dataset))
  await database.commit([{ kind: 'drop_table', table: table.name }])
  return { rows, isNative }
}

export interface ScannedRows {
  readonly scan: FileScan
  /** Rows as the loader gives them, with their lines. */
  readonly expected: readonly Row[]
  readonly rejects: number
}

/** Scans and reads the first file that a loader finds. */
export async function scanAndRead(
  loader: Loader,
  columns: readonly InputColumn[],
): Promise<ScannedRows> {
  const [file] = await loader.discover()
  const scan = await loader.scan(file!, columns, NEVER)
  const expected: Row[] = []
  let rejects = 0
  for await (const loaded of loader.read(scan, NEVER)) {
    let row = 0
    for (const values of rowsOf(loaded.batch)) {
      expected.push([...values, BigInt(loaded.lines[row]!)])
      row += 1
    }
    rejects += loaded.rejects.length
  }
  return { scan, expected, rejects }
}
