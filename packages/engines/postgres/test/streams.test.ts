import {
  createSecret,
  DataTypes,
  vectorFromValues,
  type ColumnBatch,
  type EngineSession,
  type TableDefinition,
} from '@qarion/core'
import { defineQuery, from } from '@qarion/plan'
import { startServer } from '@qarion/postgres-server'
import { afterEach, describe, expect, it } from 'vitest'

import { createPostgresEngine, settingsOf } from '../src/index.ts'
import { ask, catalogOf, NEVER, openTestDatabase, type TestDatabase } from './support.ts'

const TABLE: TableDefinition = {
  name: 'wide',
  columns: [
    { name: 'id', type: DataTypes.integer, required: true },
    { name: 'text', type: DataTypes.string, required: false },
  ],
  key: ['id'],
  isUnique: false,
}
const DATASET = {
  id: 't.wide',
  table: TABLE.name,
  storage: { kind: 'table' } as const,
  columns: TABLE.columns,
  key: ['id'],
  sortKey: ['id'],
  isInternal: false,
}

function* batchesOf(rows: number, width: number): Generator<ColumnBatch> {
  for (let start = 0; start < rows; start += 4096) {
    const ids = Array.from({ length: Math.min(4096, rows - start) }, (_, index) =>
      BigInt(start + index),
    )
    yield {
      rowCount: ids.length,
      columns: [
        vectorFromValues(DataTypes.integer, ids),
        vectorFromValues(
          DataTypes.string,
          ids.map((id) => String(id).padEnd(width, '·')),
        ),
      ],
    }
  }
}

function load(rows: number, width: number) {
  const source = {
    async *batches() {
      yield* batchesOf(rows, width)
    },
  }
  return [
    { kind: 'create_table', table: TABLE },
    { kind: 'load', table: TABLE, source, count: 'rows' },
  ] as const
}

const read = () => ({
  queries: [defineQuery('q', [from(DATASET.id)])],
  catalog: catalogOf(DATASET),
  parameters: {},
})

let database: TestDatabase
afterEach(() => database.close())

/** Sessions that the engine has on the server for this schema. */
async function sessionsOf({ settings }: TestDatabase): Promise<number> {
  const [row] = await ask(
    settings,
    'SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()',
    [settings.applicationName],
  )
  return Number(row?.[0])
}

describe('after a batch', () => {
  it('the server knows of tables that have grown how large they are, once', async () => {
    database = await openTestDatabase()
    const [create, filled] = load(10_000, 100)
    const table = { ...TABLE, key: [] }
    await database.commit([{ ...create, table }])
    await database.commit([{ ...filled, table }])
    const knownRows = async (): Promise<unknown> =>
      (
        await ask(
          database.settings,
          `SELECT reltuples FROM pg_class WHERE oid = '"${database.settings.schema}".wide'::regclass`,
        )
      )[0]?.[0]
    expect(await knownRows()).toBe('0')
    await database.session.checkpoint()
    expect(await knownRows()).toBe('10000')
    await ask(database.settings, `INSERT INTO "${database.settings.schema}".wide VALUES (-1, '')`)
    await database.session.checkpoint()
    expect(await knownRows()).toBe('10000')
  })
})

describe('reading', () => {
  it('holds no more than a few batches, however slow the reader is', async () => {
    database = await openTestDatabase()
    // About 200 MB, of which the reader takes one batch.
    await database.commit(load(50_000, 2000))
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed
    let batches = 0
    for await (const batch of database.session.read(read())) {
      expect(batch.rowCount).toBeLessThanOrEqual(4096)
      batches += 1
      if (batches === 1) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        const { arrayBuffers, heapUsed } = process.memoryUsage()
        expect(arrayBuffers + heapUsed - before).toBeLessThan(100_000_000)
      }
    }
    expect(batches).toBeGreaterThan(10)
  })

  it('uses a session again that was read to its end, and ends one that was not', async () => {
    database = await openTestDatabase()
    const named = { ...database.settings, applicationName: `reader ${database.settings.schema}` }
    const reader: EngineSession = await createPostgresEngine(() => named).open('read')
    try {
      await database.commit(load(20_000, 100))
      for (let round = 0; round < 3; round += 1)
        for await (const batch of reader.read(read())) expect(batch.rowCount).toBeGreaterThan(0)
      const counted = { ...database, settings: named }
      const before = await sessionsOf(counted)
      // The one that listed the tables gave the rows, too.
      expect(before).toBe(1)
      for await (const batch of reader.read(read())) {
        expect(batch.rowCount).toBeGreaterThan(0)
        break
      }
      await expect.poll(() => sessionsOf(counted)).toBe(0)
    } finally {
      await reader.close()
    }
  })

  it('goes on while another statement runs, and several at once', async () => {
    database = await openTestDatabase()
    await database.commit(load(10_000, 10))
    const counts = await Promise.all(
      Array.from({ length: 3 }, async () => {
        let rows = 0
        for await (const batch of database.session.read(read())) {
          rows += batch.rowCount
          await database.session.listTables()
        }
        return rows
      }),
    )
    expect(counts).toEqual([10_000, 10_000, 10_000])
  })

  it('while a delivery is loaded gives what is committed, even to the load itself', async () => {
    database = await openTestDatabase()
    await database.commit(load(5000, 10))
    const rows = (): Promise<readonly unknown[]> => database.rows(read().queries, read().catalog)
    const source = {
      async *batches() {
        for (const batch of batchesOf(8192, 10)) {
          expect(await rows()).toHaveLength(5000)
          yield batch
        }
      },
    }
    await database.commit([{ kind: 'load', table: TABLE, source, count: 'rows' }])
    expect(await rows()).toHaveLength(13_192)
  })

  it('a table whose column has become another type is no guess', async () => {
    database = await openTestDatabase()
    await database.commit(load(1, 1))
    await ask(database.settings, 'ALTER TABLE wide ALTER COLUMN id TYPE boolean USING true')
    await expect(database.rows(read().queries, read().catalog)).rejects.toMatchObject({
      code: expect.stringMatching(/^QRN-/),
    })
  })
})

describe('a server that is stopped', () => {
  it('in a load: retryable, and the target is as it was once the server is back', async () => {
    const server = await startServer({ isDurable: true })
    try {
      const settings = settingsOf({ url: createSecret(server.url), schema: 's' })
      database = await openTestDatabase(settings)
      await database.commit(load(10, 1))
      const source = {
        async *batches() {
          yield* batchesOf(10_000, 100)
          // As a crash: sessions are cut off, nothing is written.
          server.process.kill('SIGQUIT')
          for (;;) yield* batchesOf(4096, 100)
        },
      }
      await expect(
        database.commit([{ kind: 'load', table: TABLE, source, count: 'rows' }]),
      ).rejects.toMatchObject({ reason: 'connection', isRetryable: true })
      await expect(database.rows(read().queries, read().catalog)).rejects.toMatchObject({
        reason: 'connection',
        isRetryable: true,
      })
      await server.restart()
      // The session goes on with a connection of its own; the lease went with the old one, but nobody took it.
      expect(await database.rows(read().queries, read().catalog)).toHaveLength(10)
      await database.commit([...load(5, 1)])
      expect(await database.rows(read().queries, read().catalog)).toHaveLength(15)
      const again = await database.engine.acquireLease({
        description: 'next',
        waitMs: 0,
        signal: NEVER,
      })
      expect(again.fence).toBeGreaterThan(database.lease.fence)
      await again.release()
      await database.close()
    } finally {
      await server.stop()
    }
    database = await openTestDatabase()
  })
})
