import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { DataTypes } from '@qarion/core'
import { defineQuery, from } from '@qarion/plan'
import { expect, it, vi } from 'vitest'

import { classifySqliteError, createSqliteEngine } from '../src/index.ts'
import {
  createTable,
  datasetOf,
  load,
  openDatabase,
  readRows,
  stored,
  tableOf,
  temporaryFolder,
} from './support.ts'

const dataset = datasetOf(
  'f.rows',
  [
    ['n', DataTypes.integer, 'required'],
    ['s', DataTypes.string],
  ],
  { key: ['n'] },
)
const datasets = [dataset]
const all = [defineQuery('q', [from(dataset.id)])]

it('reads a database that is not there as empty, and makes no file', async () => {
  const folder = await temporaryFolder()
  const session = await createSqliteEngine({ path: join(folder, 'no', 'data.db') }).open('read')
  expect(await session.listTables()).toEqual([])
  expect(await readRows(session, all, { datasets })).toEqual([])
  await session.close()
  expect(await readdir(folder)).toEqual([])
})

it('leaves one file behind, and reading leaves no other', async () => {
  const database = await openDatabase()
  await database.commit(stored([dataset, [[1n, 'a']]]), { datasets })
  const reader = await database.engine.open('read')
  expect(await readRows(reader, all, { datasets })).toEqual([[1n, 'a']])
  await reader.close()
  await database.session.close()
  await database.lease.release()
  const names = async (): Promise<readonly string[]> =>
    (await readdir(database.folder)).filter((name) => !name.includes('.lock'))
  expect(await names()).toEqual(['data.db'])
  const again = await database.engine.open('read')
  expect(await readRows(again, all, { datasets })).toEqual([[1n, 'a']])
  await again.close()
  expect(await names()).toEqual(['data.db'])
})

it('refuses to write in a read session', async () => {
  const database = await openDatabase()
  await database.commit([createTable(tableOf(dataset))], {})
  const reader = await database.engine.open('read')
  const unit = {
    operations: [load(tableOf(dataset), [[1n, 'a']])],
    catalog: { datasets: new Map(), batches: new Map() },
    parameters: {},
    acceptedGuards: [],
    lease: database.lease,
    signal: new AbortController().signal,
  }
  await expect(reader.commit(unit)).rejects.toMatchObject({ code: 'QRN-SQLITE-004' })
  await reader.close()
  await expect(reader.listTables()).rejects.toMatchObject({ code: 'QRN-SQL-006' })
})

it('lets a reader see the last commit while another one is written', async () => {
  const database = await openDatabase()
  await database.commit(stored([dataset, [[1n, 'a']]]), { datasets })
  const reader = await database.engine.open('read')
  const table = tableOf(dataset)
  const source = {
    batches: async function* () {
      expect(await readRows(reader, all, { datasets })).toEqual([[1n, 'a']])
      yield {
        rowCount: 1,
        columns: [
          { layout: 'int64' as const, values: new BigInt64Array([2n]) },
          { layout: 'text' as const, values: ['b'] },
        ],
      }
    },
  }
  await database.commit([{ kind: 'load', table, source, count: 'n' }], {})
  expect(await readRows(reader, all, { datasets })).toHaveLength(2)
  await reader.close()
})

it('copies a long log into the database while the session stays open', async () => {
  const database = await openDatabase()
  const rows = Array.from({ length: 20_000 }, (_, n) => [BigInt(n), 'x'.repeat(500)])
  await database.commit(stored([dataset, rows]), { datasets })
  await vi.waitFor(
    async () => expect((await stat(database.path)).size).toBeGreaterThan(10_000_000),
    10_000,
  )
  expect(await readRows(database.session, all, { datasets })).toHaveLength(20_000)
  await database.session.close()
  await database.lease.release()
  const names = await readdir(database.folder)
  expect(names.filter((name) => !name.includes('.lock'))).toEqual(['data.db'])
})

it('drops a table while its rows are still being read', async () => {
  const database = await openDatabase()
  const rows = Array.from({ length: 20_000 }, (_, n) => [BigInt(n), 'x'])
  await database.commit(stored([dataset, rows]), { datasets })
  let count = 0
  const catalog = { datasets: new Map([[dataset.id, dataset]]), batches: new Map() }
  for await (const batch of database.session.read({ queries: all, catalog, parameters: {} })) {
    if (count === 0) await database.commit([{ kind: 'drop_table', table: dataset.table }], {})
    count += batch.rowCount
  }
  expect(count).toBe(20_000)
  expect(await database.session.listTables(dataset.table)).toEqual([])
})

it('names what is wrong with a file that is no database', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'data.db')
  await writeFile(path, 'not a database, but long enough to be taken for one'.repeat(100))
  await expect(createSqliteEngine({ path }).open('read')).rejects.toMatchObject({
    code: 'QRN-SQLITE-002',
    reason: 'corrupt',
  })
  await mkdir(join(folder, 'a folder'))
  await expect(
    createSqliteEngine({ path: join(folder, 'a folder') }).open('write'),
  ).rejects.toMatchObject({
    code: 'QRN-SQLITE-005',
    reason: 'file_system',
  })
})

it('tells a second runner who holds the database', async () => {
  const database = await openDatabase()
  const owner = { description: 'the second', waitMs: 0, signal: new AbortController().signal }
  await expect(database.engine.acquireLease(owner)).rejects.toMatchObject({ reason: 'locked' })
})

it('uses the space of dropped tables again, and gives it back once it is most of the file', async () => {
  const database = await openDatabase()
  const rows = Array.from({ length: 20_000 }, (_, n) => [BigInt(n), 'x'.repeat(100)])
  const sizes: number[] = []
  for (let round = 0; round < 4; round += 1) {
    const table = { ...tableOf(dataset), name: `b${round}` }
    await database.commit([createTable(table), load(table, rows)], {})
    if (round > 0) await database.commit([{ kind: 'drop_table', table: `b${round - 1}` }], {})
    await database.session.checkpoint()
    sizes.push((await stat(database.path)).size)
    expect((await stat(`${database.path}-wal`)).size).toBe(0)
  }
  const [, second = 0] = sizes
  expect(sizes.at(-1)).toBeLessThanOrEqual(second * 1.05)
  await database.commit([{ kind: 'drop_table', table: 'b3' }], {})
  await database.session.checkpoint()
  expect((await stat(database.path)).size).toBeLessThan(100_000)
})

it.each([
  ['SQLITE_BUSY', 'QRN-SQLITE-001', 'locked'],
  ['SQLITE_BUSY_SNAPSHOT', 'QRN-SQLITE-001', 'locked'],
  ['SQLITE_LOCKED', 'QRN-SQLITE-001', 'locked'],
  ['SQLITE_CORRUPT_INDEX', 'QRN-SQLITE-002', 'corrupt'],
  ['SQLITE_NOTADB', 'QRN-SQLITE-002', 'corrupt'],
  ['SQLITE_FULL', 'QRN-SQLITE-003', 'resource'],
  ['SQLITE_NOMEM', 'QRN-SQLITE-003', 'resource'],
  ['SQLITE_IOERR_NOMEM', 'QRN-SQLITE-003', 'resource'],
  ['SQLITE_READONLY_DIRECTORY', 'QRN-SQLITE-004', 'file_system'],
  ['SQLITE_CANTOPEN', 'QRN-SQLITE-005', 'file_system'],
  ['SQLITE_IOERR_WRITE', 'QRN-SQLITE-006', 'file_system'],
  ['SQLITE_CONSTRAINT_NOTNULL', 'QRN-SQLITE-007', 'execution'],
  ['SQLITE_TOOBIG', 'QRN-SQLITE-010', 'execution'],
  ['SQLITE_ERROR', 'QRN-SQLITE-008', 'execution'],
] as const)('classifies %s as %s, %s', (code, ours, reason) => {
  expect(classifySqliteError({ code, message: 'something' }, '/data.db')).toMatchObject({
    code: ours,
    reason,
  })
})

it('keeps the state before a commit that is killed', { timeout: 60_000 }, async () => {
  const database = await openDatabase()
  await database.commit(stored([dataset, [[1n, 'a']]]), { datasets })
  await database.session.close()
  await database.lease.release()
  for (const delayMs of [0, 30, 80]) {
    const child = fork(new URL('fixtures/endless-commit.ts', import.meta.url), [database.path])
    await once(child, 'message')
    await sleep(delayMs)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lease = await database.engine.acquireLease({
      description: 'after',
      waitMs: 5000,
      signal: new AbortController().signal,
    })
    const session = await database.engine.open('write')
    expect(await readRows(session, all, { datasets })).toEqual([[1n, 'a']])
    await session.close()
    await lease.release()
  }
})
