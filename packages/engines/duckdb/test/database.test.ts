import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import {
  DataTypes,
  isQarionError,
  rowsOf,
  vectorFromValues,
  type Dataset,
  type Row,
  type TableDefinition,
} from '@qarion/core'
import { defineQuery, from, integer, parseExpression, select, series } from '@qarion/plan'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createDuckdbEngine } from '../src/duckdb-engine.ts'
import { catalogOf, EMPTY_CATALOG, NEVER, openTestDatabase, type TestDatabase } from './support.ts'

const WRITER = join(dirname(fileURLToPath(import.meta.url)), 'fixtures/writer.mjs')

let database: TestDatabase
beforeEach(async () => {
  database = await openTestDatabase()
})
afterEach(async () => database.close())

const TABLE: TableDefinition = {
  name: 'rows',
  columns: [{ name: 'n', type: DataTypes.integer, required: true }],
  key: [],
  isUnique: false,
}
const ROWS: Dataset = {
  id: 't.rows',
  table: 'rows',
  storage: { kind: 'table' },
  columns: TABLE.columns,
  key: [],
  sortKey: [],
  isInternal: false,
}
const ALL_ROWS = [defineQuery('q', [from(ROWS.id)])]

async function codeOf(
  work: Promise<unknown>,
): Promise<readonly [code: string, reason: string, message: string]> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!isQarionError(thrown)) throw new Error(`not a QarionError: ${String(thrown)}`)
  return [thrown.code, thrown.reason, `${thrown.message} ${thrown.hint ?? ''}`]
}

async function readRows(path: string): Promise<readonly Row[]> {
  const session = await createDuckdbEngine({ path }).open('read')
  try {
    const rows: Row[] = []
    for await (const batch of session.read({
      queries: ALL_ROWS,
      catalog: catalogOf(ROWS),
      parameters: {},
    }))
      rows.push(...rowsOf(batch))
    return rows
  } finally {
    await session.close()
  }
}

function startWriter(path: string, mode = 'busy'): ChildProcess {
  return spawn(process.execPath, [WRITER, path, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
}

function fill(count: number): readonly Parameters<TestDatabase['commit']>[0][number][] {
  const values = Array.from({ length: count }, (_, row) => BigInt(row * 7919) ** 2n % 2n ** 62n)
  return [
    { kind: 'drop_table', table: TABLE.name },
    { kind: 'create_table', table: TABLE },
    {
      kind: 'load',
      table: TABLE,
      count: 'n',
      source: {
        batches: async function* () {
          yield { rowCount: count, columns: [vectorFromValues(DataTypes.integer, values)] }
        },
      },
    },
  ]
}

describe('opening', () => {
  it('for reading makes no file and sees an empty database', async () => {
    const path = join(database.directory, 'none', 'missing.duckdb')
    const session = await createDuckdbEngine({ path }).open('read')
    expect(await session.listTables()).toEqual([])
    await session.close()
    expect(existsSync(path)).toBe(false)
    expect(existsSync(dirname(path))).toBe(false)
  })

  it.each([
    ['text', 'this is no database, whatever its name says'],
    ['an empty file', ''],
    ['SQLite', `SQLite format 3\0${'\0'.repeat(5000)}`],
    ['a cut database', `\0\0\0\0\0\0\0\0DUCK${'\0'.repeat(40)}`],
  ])('of %s is refused as corrupt', async (_, content) => {
    const path = join(database.directory, 'other.duckdb')
    await writeFile(path, content)
    for (const mode of ['read', 'write'] as const)
      expect((await codeOf(createDuckdbEngine({ path }).open(mode))).slice(0, 2)).toEqual([
        'QRN-DUCKDB-002',
        'corrupt',
      ])
  })

  it('of a folder is refused', async () => {
    expect((await codeOf(createDuckdbEngine({ path: database.directory }).open('read')))[0]).toBe(
      'QRN-DUCKDB-002',
    )
  })

  it('twice in a process shares one instance; what one commits the others see', async () => {
    await database.commit(fill(10))
    const other = createDuckdbEngine({ path: database.path })
    const [reader, writer] = [await other.open('read'), await other.open('write')]
    expect((await reader.listTables('rows')).map(({ name, columns }) => [name, columns])).toEqual([
      ['rows', ['n']],
    ])
    expect((await writer.listTables('rows')).length).toBe(1)
    await reader.close()
    await writer.close()
    expect((await database.rows(ALL_ROWS, catalogOf(ROWS))).length).toBe(10)
  })

  it('for writing while this process reads lets the reader go on', async () => {
    const path = join(database.directory, 'second.duckdb')
    const engine = createDuckdbEngine({ path })
    await (await engine.open('write')).close()
    const reader = await engine.open('read')
    expect(await reader.listTables()).toEqual([])
    const lease = await engine.acquireLease({ description: 'x', waitMs: 0, signal: NEVER })
    const writer = await engine.open('write')
    await writer.commit({
      operations: fill(5),
      catalog: EMPTY_CATALOG,
      parameters: {},
      acceptedGuards: [],
      lease,
      signal: NEVER,
    })
    expect((await reader.listTables('rows')).length).toBe(1)
    await writer.close()
    await reader.close()
    await lease.release()
  })

  it('while another process holds the file names it', async () => {
    const path = join(database.directory, 'held.duckdb')
    const holder = startWriter(path, 'idle')
    await once(holder.stdout as NodeJS.ReadableStream, 'data')
    for (const mode of ['read', 'write'] as const) {
      const [code, reason, message] = await codeOf(createDuckdbEngine({ path }).open(mode))
      expect([code, reason]).toEqual(['QRN-DUCKDB-001', 'locked'])
      expect(message).toContain(String(holder.pid))
    }
    const lease = createDuckdbEngine({ path }).acquireLease({
      description: 'second',
      waitMs: 100,
      signal: NEVER,
    })
    expect((await codeOf(lease))[1]).toBe('locked')
    holder.kill('SIGKILL')
    await once(holder, 'exit')
    const taken = await createDuckdbEngine({ path }).acquireLease({
      description: 'third',
      waitMs: 5000,
      signal: NEVER,
    })
    expect(taken.fence).toBe(2n)
    await taken.release()
  })
})

describe('transactions', () => {
  it('of a lease that was taken over are refused', async () => {
    const stale = { fence: database.lease.fence - 1n, release: async () => undefined }
    const commit = database.session.commit({
      operations: fill(1),
      catalog: EMPTY_CATALOG,
      parameters: {},
      acceptedGuards: [],
      lease: stale,
      signal: NEVER,
    })
    expect((await codeOf(commit)).slice(0, 2)).toEqual(['QRN-SQL-003', 'locked'])
    expect(await database.session.listTables('rows')).toEqual([])
  })

  it('that fail leave the state before, and the session usable', async () => {
    await database.commit(fill(3))
    const broken = {
      kind: 'load',
      table: TABLE,
      count: 'n',
      source: {
        batches: async function* () {
          yield { rowCount: 1, columns: [vectorFromValues(DataTypes.integer, [null])] }
        },
      },
    } as const
    expect((await codeOf(database.commit([...fill(1), broken])))[0]).toBe('QRN-DUCKDB-005')
    expect((await database.rows(ALL_ROWS, catalogOf(ROWS))).length).toBe(3)
    await database.commit(fill(4))
    expect((await database.rows(ALL_ROWS, catalogOf(ROWS))).length).toBe(4)
  })

  it('are whole after SIGKILL at any moment', async () => {
    const path = join(database.directory, 'killed.duckdb')
    let last = 0n
    for (let round = 0; round < 6; round += 1) {
      const writer = startWriter(path)
      let said = ''
      writer.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      await once(writer.stdout as NodeJS.ReadableStream, 'data')
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 400))
      writer.kill('SIGKILL')
      await once(writer, 'exit')
      const rows = await readRows(path).catch((error: unknown) =>
        isQarionError(error) && last === 0n ? [] : Promise.reject(error),
      )
      const batches = new Set(rows.map(([n]) => n as bigint))
      const acknowledged = BigInt(said.trim().split('\n').at(-1)?.replace('ready', '0') ?? 0)
      if (rows.length === 0) expect(acknowledged).toBe(0n)
      else {
        expect([rows.length, batches.size]).toEqual([20_000, 1])
        const [batch = 0n] = batches
        if (acknowledged > 0n)
          expect(batch === acknowledged || batch === acknowledged + 1n).toBe(true)
        last = batch
      }
    }
  }, 60_000)

  it('replace without growing the file', async () => {
    const sizes: number[] = []
    for (let cycle = 0; cycle < 12; cycle += 1) {
      await database.commit(fill(200_000))
      await database.session.checkpoint()
      sizes.push(statSync(database.path).size)
    }
    // Old and new rows lie side by side until the checkpoint, so sizes alternate.
    expect(Math.max(...sizes.slice(-3))).toBeLessThanOrEqual(Math.max(...sizes.slice(0, 3)))
    expect((await readdir(database.directory)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  }, 60_000)
})

describe('cancelling', () => {
  const one = parseExpression('1', { columns: [] })
  const long = defineQuery('q', [
    series('n', { start: integer(1), stop: integer(50_000_000), step: integer(1) }),
    select([
      {
        name: 'v',
        expression: parseExpression(`mod(n * 7, 3)`, { columns: [{ name: 'n', type: one.type }] }),
      },
    ]),
  ])

  it('a read interrupts DuckDB', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 100)
    const work = async (): Promise<void> => {
      for await (const batch of database.session.read({
        queries: [long],
        catalog: EMPTY_CATALOG,
        parameters: {},
        signal: controller.signal,
      }))
        void batch
    }
    expect((await codeOf(work())).slice(0, 2)).toEqual(['QRN-SQL-007', 'interrupted'])
  })

  it('a read that is left early gives its connection back', async () => {
    await database.commit(fill(50_000))
    for await (const batch of database.session.read({
      queries: ALL_ROWS,
      catalog: catalogOf(ROWS),
      parameters: {},
    })) {
      expect(batch.rowCount).toBeGreaterThan(0)
      break
    }
    await database.commit(fill(2))
  })
})
