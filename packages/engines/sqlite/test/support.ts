import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type {
  Catalog,
  Column,
  ColumnBatch,
  CommitResult,
  DataType,
  Dataset,
  Engine,
  EngineSession,
  Lease,
  LoadSource,
  Operation,
  Query,
  Row,
  StoredBatch,
  TableDefinition,
  Value,
} from '@qarion/core'
import { rowsOf, vectorFromValues } from '@qarion/core'
import { afterAll, afterEach } from 'vitest'

import { createSqliteEngine } from '../src/index.ts'

export interface TestDatabase {
  readonly path: string
  readonly folder: string
  readonly engine: Engine
  readonly session: EngineSession
  readonly lease: Lease
  commit(operations: readonly Operation[], more?: CommitOptions): Promise<CommitResult>
  read(queries: readonly Query[], more?: ReadOptions): Promise<readonly Row[]>
}

export interface ReadOptions {
  readonly datasets?: readonly Dataset[]
  readonly batches?: Catalog['batches']
  readonly parameters?: Readonly<Record<string, Value | null>>
}

export interface CommitOptions extends ReadOptions {
  readonly acceptedGuards?: readonly string[]
  readonly lease?: Lease
  readonly signal?: AbortSignal
}

type Cleanups = (() => Promise<void>)[]

const afterTest: Cleanups = []
const afterFile: Cleanups = []

async function clean(cleanups: Cleanups): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
}

afterEach(() => clean(afterTest))
afterAll(() => clean(afterFile))

export async function temporaryFolder(cleanups: Cleanups = afterTest): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'qarion-sqlite-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A database in a folder of its own, with a lease; gone after the test. */
export function openDatabase(): Promise<TestDatabase> {
  return open(afterTest)
}

/** The same, gone after all tests of a file. */
export function openSharedDatabase(): Promise<TestDatabase> {
  return open(afterFile)
}

async function open(cleanups: Cleanups): Promise<TestDatabase> {
  const folder = await temporaryFolder(cleanups)
  const path = join(folder, 'data.db')
  const engine = createSqliteEngine({ path })
  const lease = await engine.acquireLease({
    description: 'a test',
    waitMs: 0,
    signal: new AbortController().signal,
  })
  const session = await engine.open('write')
  cleanups.push(async () => {
    await session.close()
    await lease.release()
  })
  return {
    path,
    folder,
    engine,
    session,
    lease,
    commit: (operations, more = {}) =>
      session.commit({
        operations,
        catalog: catalogOf(more),
        parameters: more.parameters ?? {},
        acceptedGuards: more.acceptedGuards ?? [],
        lease: more.lease ?? lease,
        signal: more.signal ?? new AbortController().signal,
      }),
    read: (queries, more = {}) => readRows(session, queries, more),
  }
}

export async function readRows(
  session: EngineSession,
  queries: readonly Query[],
  more: ReadOptions = {},
): Promise<readonly Row[]> {
  const rows: Row[] = []
  const request = { queries, catalog: catalogOf(more), parameters: more.parameters ?? {} }
  for await (const batch of session.read(request)) rows.push(...rowsOf(batch))
  return rows
}

export function catalogOf({ datasets = [], batches }: ReadOptions): Catalog {
  return {
    datasets: new Map(datasets.map((dataset) => [dataset.id, dataset])),
    batches: batches ?? new Map(),
  }
}

export type ColumnSpec = readonly [name: string, type: DataType, required?: 'required']

export function columnsOf(specs: readonly ColumnSpec[]): readonly Column[] {
  return specs.map(([name, type, required]) => ({ name, type, required: required === 'required' }))
}

export function datasetOf(
  id: string,
  specs: readonly ColumnSpec[],
  more: Partial<Dataset> = {},
): Dataset {
  return {
    id,
    table: id.replaceAll('.', '_'),
    storage: { kind: 'table' },
    columns: columnsOf(specs),
    key: [],
    sortKey: [],
    isInternal: false,
    ...more,
  }
}

export function tableOf(dataset: Dataset): TableDefinition {
  return { name: dataset.table, columns: dataset.columns, key: dataset.key, isUnique: false }
}

export function createTable(table: TableDefinition): Operation {
  return { kind: 'create_table', table }
}

export function batchOf(columns: readonly Column[], rows: readonly Row[]): ColumnBatch {
  return {
    rowCount: rows.length,
    columns: columns.map(({ type }, index) =>
      vectorFromValues(
        type,
        rows.map((row) => row[index] ?? null),
      ),
    ),
  }
}

export function sourceOf(columns: readonly Column[], rows: readonly Row[]): LoadSource {
  return {
    batches: async function* () {
      yield batchOf(columns, rows)
    },
  }
}

export function load(table: TableDefinition, rows: readonly Row[], count = 'rows'): Operation {
  return { kind: 'load', table, source: sourceOf(table.columns, rows), count }
}

/** Creates the datasets' tables and loads rows into them. */
export function stored(
  ...contents: readonly (readonly [Dataset, readonly Row[]])[]
): readonly Operation[] {
  return contents.flatMap(([dataset, rows]) => [
    createTable(tableOf(dataset)),
    load(tableOf(dataset), rows, dataset.id),
  ])
}

export function storedBatch(
  table: TableDefinition,
  constants: Readonly<Record<string, Value | null>> = {},
): StoredBatch {
  return { table: table.name, columns: table.columns.map(({ name }) => name), constants }
}
