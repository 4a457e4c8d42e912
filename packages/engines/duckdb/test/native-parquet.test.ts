import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { DataTypes, decimalType, type DataType, type InputColumn } from '@qarion/core'
import { createParquetLoader } from '@qarion/loader-parquet'
import {
  loadNatively,
  PARQUET_ODDITIES,
  PARQUET_VALUES,
  scanAndRead,
  type ScannedRows,
} from '@qarion/testkit'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestDatabase, type TestDatabase } from './support.ts'

const { integer, string, timestamp } = DataTypes

let database: TestDatabase
let writer: DuckDBConnection
beforeAll(async () => {
  database = await openTestDatabase({ threads: 2 })
  writer = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(async () => {
  writer.closeSync()
  await database.close()
})

const column = (name: string, type: DataType, more: Partial<InputColumn> = {}): InputColumn => ({
  name,
  type,
  required: false,
  ...more,
})

async function scanFile(
  name: string,
  columns: readonly InputColumn[],
  options: Record<string, unknown> = {},
): Promise<ScannedRows> {
  const loader = createParquetLoader(
    { projectDirectory: database.directory },
    { sourcePath: name, ...options },
  )
  return scanAndRead(loader, columns)
}

/** Has DuckDB write what a query gives. */
async function copy(query: string, name = 'in.parquet', options = ''): Promise<string> {
  const path = join(database.directory, name).replaceAll("'", "''")
  await writer.run(`COPY (${query}) TO '${path}' (FORMAT parquet${options})`)
  return name
}

describe('every type', () => {
  it.each(PARQUET_VALUES)('$name', async ({ type, query }) => {
    const columns = [column('v', type)]
    const { scan, expected, rejects } = await scanFile(await copy(query), columns)
    expect(rejects).toBe(0)
    expect(await loadNatively(database, [scan], columns)).toEqual({
      rows: expected,
      isNative: true,
    })
  })
})

describe('what only the loader reads as it should', () => {
  it.each(PARQUET_ODDITIES)('$name', async ({ type, query, rejects: count }) => {
    const columns = [column('v', type)]
    const { scan, rejects } = await scanFile(await copy(query), columns)
    expect(rejects).toBe(count)
    expect(await loadNatively(database, [scan], columns)).toEqual({ rows: [], isNative: false })
  })

  it('a text that is not UTF-8, and more digits than the file says', async () => {
    const bytes = new ByteWriter()
    const parquet = new ParquetWriter({
      writer: bytes,
      codec: 'UNCOMPRESSED',
      schema: [
        { name: 'root', num_children: 2 },
        { name: 's', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
        { name: 'd', type: 'INT32', converted_type: 'DECIMAL', precision: 3, scale: 1, repetition_type: 'OPTIONAL' },
      ],
    }) // prettier-ignore
    void parquet.write({
      columnData: [
        { name: 's', data: ['a', Uint8Array.of(0xe4)] },
        { name: 'd', data: [1n, 1000n] },
      ],
    })
    void parquet.finish()
    await writeFile(join(database.directory, 'odd.parquet'), bytes.getBytes())
    for (const only of [column('s', string), column('d', decimalType(3, 1))]) {
      const { scan, rejects } = await scanFile('odd.parquet', [only], { onExtraColumn: 'ignore' })
      expect([scan.isClean, rejects]).toEqual([true, 1])
      expect((await loadNatively(database, [scan], [only])).isNative).toBe(false)
    }
  })

  it('local times of another zone, and those of UTC by any name', async () => {
    const columns = [column('v', timestamp)]
    const name = await copy("SELECT TIMESTAMP '2024-02-29 12:00:00' AS v")
    const vienna = await scanFile(name, columns, { timezone: 'Europe/Vienna' })
    expect((await loadNatively(database, [vienna.scan], columns)).isNative).toBe(false)
    const { scan, expected } = await scanFile(name, columns, { timezone: 'Etc/UTC' })
    expect((await loadNatively(database, [scan], columns)).rows).toEqual(expected)
    const instants = await copy('SELECT make_timestamptz(7) AS v')
    const other = await scanFile(instants, columns, { timezone: 'Europe/Vienna' })
    expect(await loadNatively(database, [other.scan], columns)).toEqual({
      rows: [[7n, 1n]],
      isNative: true,
    })
  })
})

describe('files', () => {
  const columns = [column('id', integer, { required: true }), column('name', string)]

  it('are told apart by name and row, whatever the order of their columns', async () => {
    const first = await copy(
      "SELECT 1 AS id, 'a' AS name UNION ALL SELECT 2, NULL",
      "o'ne [1]*.parquet",
    )
    const second = await copy("SELECT 'x' AS name, 3::BIGINT AS id", 'two.parquet')
    const scans = [(await scanFile(first, columns)).scan, (await scanFile(second, columns)).scan]
    const { rows, isNative } = await loadNatively(database, scans, columns, true)
    expect(isNative).toBe(true)
    expect(rows).toEqual([
      [1n, 'a', 1n, "o'ne [1]*.parquet"],
      [2n, null, 2n, "o'ne [1]*.parquet"],
      [3n, 'x', 1n, 'two.parquet'],
    ])
  })

  it('leave nothing behind when the last of them has a bad value', async () => {
    const first = await scanFile(await copy("SELECT 1 AS id, 'a' AS name", 'one.parquet'), columns)
    const second = await scanFile(
      await copy("SELECT NULL::BIGINT AS id, 'a' AS name", 'two.parquet'),
      columns,
    )
    expect(second.rejects).toBe(1)
    expect(await loadNatively(database, [first.scan, second.scan], columns)).toEqual({
      rows: [],
      isNative: false,
    })
  })

  it('without an optional column give NULL; names may differ and need quotes', async () => {
    const more = [column('id', integer), column('gone', decimalType(9, 2)), column('x', string, { sourceName: 'The "x"' })] // prettier-ignore
    const name = await copy(`SELECT 1 AS id, 'a' AS "The ""x""", 'b' AS extra`)
    const { scan } = await scanFile(name, more, { onExtraColumn: 'ignore' })
    expect(await loadNatively(database, [scan], more)).toEqual({
      rows: [[1n, null, 'a', 1n]],
      isNative: true,
    })
  })

  it('whose columns differ in case only go through the loader', async () => {
    const bytes = new ByteWriter()
    const parquet = new ParquetWriter({
      writer: bytes,
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'a', type: 'INT64', repetition_type: 'OPTIONAL' },
        { name: 'A', type: 'INT64', repetition_type: 'OPTIONAL' },
      ],
    })
    void parquet.write({ columnData: [{ name: 'a', data: [1n] }, { name: 'A', data: [2n] }] }) // prettier-ignore
    void parquet.finish()
    await writeFile(join(database.directory, 'case.parquet'), bytes.getBytes())
    const upper = [column('v', integer, { sourceName: 'A' })]
    const { scan, expected } = await scanFile('case.parquet', upper, { onExtraColumn: 'ignore' })
    expect([scan.isClean, expected]).toEqual([false, [[2n, 1n]]])
    expect((await loadNatively(database, [scan], upper)).isNative).toBe(false)
  })

  it.each(['snappy', 'zstd', 'gzip', 'brotli', 'lz4_raw', 'uncompressed'])(
    'of several row groups keep order and numbers, compressed with %s',
    async (codec) => {
      const rowCount = 30_000
      const name = await copy(
        `SELECT i AS id, CASE WHEN i % 7 > 0 THEN 'name ' || i % 50 END AS name FROM range(1, ${rowCount + 1}) t(i) ORDER BY i`,
        'big.parquet',
        `, ROW_GROUP_SIZE 5000, CODEC '${codec}'`,
      )
      const { scan, expected } = await scanFile(name, columns)
      expect([scan.rowCount, expected.length]).toEqual([rowCount, rowCount])
      const { rows, isNative } = await loadNatively(database, [scan], columns)
      expect(isNative).toBe(true)
      expect(rows).toEqual(expected)
    },
  )
})
