import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { DataTypes, decimalType, type DataType, type InputColumn } from '@qarion/core'
import { createParquetLoader } from '@qarion/loader-parquet'
import { loadNatively, scanAndRead, type ScannedRows } from '@qarion/testkit'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openTestDatabase, type TestDatabase } from './support.ts'

const { boolean, integer, float, string, date, time, timestamp, json, binary } = DataTypes

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

const values = (...expressions: readonly string[]): string =>
  `SELECT v FROM (VALUES ${expressions.map((expression, index) => `(${index}, ${expression})`).join(', ')}) t(i, v) ORDER BY i`

describe('every type', () => {
  it.each<readonly [name: string, type: DataType, query: string]>([
    ['boolean', boolean, values('true', 'NULL', 'false')],
    ['int64', integer, values('9223372036854775807::BIGINT', 'NULL', '(-9223372036854775808)::BIGINT')],
    ['int32', integer, values('1::INTEGER', '(-2147483648)::INTEGER')],
    ['int8', integer, values('1::TINYINT', '(-128)::TINYINT')],
    ['uint32', integer, values('4294967295::UINTEGER')],
    ['uint64', integer, values('9223372036854775807::UBIGINT', 'NULL')],
    ['decimal(9,0) as integer', integer, values('5::DECIMAL(9,0)', '(-7)::DECIMAL(9,0)')],
    ['decimal of 4 digits', decimalType(9, 2), values('1.5::DECIMAL(4,2)', '(-99.99)::DECIMAL(4,2)')],
    ['decimal of 18 digits', decimalType(18, 6), values('123456789012.123456::DECIMAL(18,6)', 'NULL')],
    ['decimal of 38 digits', decimalType(38, 10), values("CAST(repeat('9', 28) || '.' || repeat('9', 10) AS DECIMAL(38,10))", 'NULL')],
    ['decimal with nothing but places', decimalType(38, 38), values("CAST('0.' || repeat('9', 38) AS DECIMAL(38,38))")],
    ['int32 as decimal', decimalType(12, 2), values('(-3)::INTEGER', 'NULL')],
    ['float64', float, values('0.1::DOUBLE', "'-0.0'::DOUBLE", '5e-324::DOUBLE', 'NULL', '1e308::DOUBLE')],
    ['float32', float, values('0.1::FLOAT', "'-0.0'::FLOAT", 'NULL')],
    ['int32 as float', float, values('7::INTEGER')],
    ['string', string, values("''", 'NULL', "'é😀'", "'a\"b,c'", 'chr(65279)', "'\uffff'")],
    ['uuid', string, values("'00112233-4455-6677-8899-aabbccddeeff'::UUID", 'NULL')],
    ['date', date, values("DATE '0001-01-01'", "DATE '9999-12-31'", 'NULL')],
    ['time', time, values("TIME '00:00:00'", "TIME '23:59:59.999999'", 'NULL')],
    ['timestamp with zone', timestamp, values("make_timestamptz(0)", 'make_timestamptz(-1)', 'make_timestamptz(253402300799999999)', 'make_timestamptz(-62135596800000000)', 'NULL')],
    ['local timestamp', timestamp, values("TIMESTAMP '2024-02-29 12:00:00.123456'", 'NULL')],
    ['timestamp in milliseconds', timestamp, values("TIMESTAMP_MS '2024-02-29 12:00:00.123'", 'NULL')],
    ['bytes', binary, values("''::BLOB", "'\\x00\\xFF'::BLOB", 'NULL')],
  ])('%s', async (_, type, query) => {
    const columns = [column('v', type)]
    const name = await copy(query)
    const { scan, expected, rejects } = await scanFile(name, columns)
    expect(rejects).toBe(0)
    expect(await loadNatively(database, [scan], columns)).toEqual({ rows: expected, isNative: true })
  }) // prettier-ignore
})

describe('what only the loader reads as it should', () => {
  it.each<readonly [name: string, type: DataType, query: string, rejects: number]>([
    ['uint64 beyond 2^63', integer, values('1::UBIGINT', '9223372036854775808::UBIGINT'), 1],
    ['NaN', float, values('1::DOUBLE', "'nan'::DOUBLE"), 1],
    ['infinity', float, values('1::FLOAT', "'-inf'::FLOAT"), 1],
    ['NUL', string, values("'a'", 'chr(0)'), 1],
    ['a year before 1', date, values("DATE '2024-01-01'", "DATE '0044-03-15 (BC)'"), 1],
    ['a year after 9999', timestamp, values("TIMESTAMP '10000-01-01 00:00:00'"), 1],
    ['24 o’clock', time, values("TIME '24:00:00'"), 1],
    ['nanoseconds', timestamp, values("TIMESTAMP_NS '2024-01-01 00:00:00.000001'"), 0],
    ['json', json, values("'{\"b\":1.0,\"a\":[]}'"), 0],
    ['structs', json, values("{'b': 1, 'a': [1.5, NULL]}", 'NULL'), 0],
    ['maps', json, values("MAP {'b': 9007199254740993, 'a': 1}"), 0],
  ])('%s', async (_, type, query, count) => {
    const columns = [column('v', type)]
    const { scan, rejects } = await scanFile(await copy(query), columns)
    expect(rejects).toBe(count)
    expect(await loadNatively(database, [scan], columns)).toEqual({ rows: [], isNative: false })
  }) // prettier-ignore

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
    const name = await copy(values("TIMESTAMP '2024-02-29 12:00:00'"))
    const vienna = await scanFile(name, columns, { timezone: 'Europe/Vienna' })
    expect((await loadNatively(database, [vienna.scan], columns)).isNative).toBe(false)
    const { scan, expected } = await scanFile(name, columns, { timezone: 'Etc/UTC' })
    expect((await loadNatively(database, [scan], columns)).rows).toEqual(expected)
    const instants = await copy(values('make_timestamptz(7)'))
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
