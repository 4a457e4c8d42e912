import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import {
  DataTypes,
  decimalType,
  type DataType,
  type ExportedFile,
  type Row,
  type WriteFileRequest,
} from '@qarion/core'
import { createParquetLoader } from '@qarion/loader-parquet'
import {
  column,
  defineQuery,
  equal,
  filter,
  from,
  not,
  parameter,
  parseExpression,
  select,
  sort,
  ascending,
} from '@qarion/plan'
import { arbitraryRow, scanAndRead, sourceOf, tableOf, testDataset } from '@qarion/testkit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { catalogOf, NEVER, openTestDatabase, type TestDatabase } from './support.ts'

const TYPES: Readonly<Record<string, DataType>> = {
  at: DataTypes.integer,
  b: DataTypes.boolean,
  d: decimalType(9, 2),
  m: decimalType(18, 6),
  w: decimalType(38, 10),
  f: DataTypes.float,
  s: DataTypes.string,
  day: DataTypes.date,
  clock: DataTypes.time,
  t: DataTypes.timestamp,
  j: DataTypes.json,
  'bin "x"': DataTypes.binary,
}
const SETTINGS = { compression: 'snappy', rowGroupSize: 122_880 }

let database: TestDatabase
let reader: DuckDBConnection
beforeAll(async () => {
  database = await openTestDatabase({ threads: 2 })
  reader = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(async () => {
  reader.closeSync()
  await database.close()
})

const query = async (sql: string): Promise<unknown[]> =>
  (await reader.runAndReadAll(sql)).getRowsJson()
const target = (): string => join(database.directory, 'out.parquet')

/** Stores rows and asks the session for a file of them in the order of `at`, without the one that is -1. */
async function write(
  types: Readonly<Record<string, DataType>>,
  rows: readonly Row[],
  settings: Readonly<Record<string, unknown>> = {},
  more: Partial<WriteFileRequest> = {},
): Promise<ExportedFile | undefined> {
  const dataset = testDataset('stored', types, { key: ['at'] })
  const table = tableOf(dataset)
  await database.commit([
    { kind: 'drop_table', table: table.name },
    { kind: 'create_table', table },
    { kind: 'load', table, source: sourceOf(dataset.columns, rows), count: 'rows' },
  ])
  const at = column('at', DataTypes.integer)
  return database.session.writeFile?.({
    queries: [
      defineQuery('rows', [
        from('stored'),
        filter(not(equal(at, parameter('without', DataTypes.integer)))),
        sort(ascending(['at'])),
      ]),
    ],
    catalog: catalogOf(dataset),
    parameters: { without: -1n },
    path: target(),
    columns: dataset.columns,
    format: { name: 'parquet', settings: { ...SETTINGS, ...settings } },
    onRows: () => {},
    signal: NEVER,
    ...more,
  })
}

async function readBack(types: Readonly<Record<string, DataType>>): Promise<readonly Row[]> {
  const loader = createParquetLoader(
    { projectDirectory: database.directory },
    { sourcePath: 'out.parquet' },
  )
  const columns = Object.entries(types).map(([name, type]) => ({ name, type, required: false }))
  const { expected, rejects } = await scanAndRead(loader, columns)
  expect(rejects).toBe(0)
  return expected.map((row) => row.slice(0, -1))
}

describe('Parquet written by the engine', () => {
  it('gives the rows back, whatever they are', async () => {
    const { columns } = testDataset('any', TYPES)
    const others = columns.filter(({ name }) => name !== 'at')
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryRow(fc, others), { maxLength: 30 }),
        fc.constantFrom('none', 'snappy', 'gzip', 'zstd'),
        async (cells, compression) => {
          const rows = cells.map((row, index): Row => [BigInt(index), ...row])
          const left: Row = [-1n, ...others.map(() => null)]
          const written = await write(TYPES, [left, ...rows].toReversed(), { compression })
          expect(await readBack(TYPES)).toEqual(rows)
          const bytes = await readFile(target())
          expect(written).toEqual({
            path: target(),
            rowCount: rows.length,
            sizeBytes: bytes.length,
            contentHash: createHash('sha256').update(bytes).digest('hex'),
          })
        },
      ),
      { numRuns: 40 },
    )
  })

  it('has the types of the exporter', async () => {
    await write(TYPES, [])
    expect(
      await query(
        `SELECT name, type, precision, scale FROM parquet_schema('${target()}') OFFSET 1`,
      ),
    ).toEqual([
      ['at', 'INT64', null, null],
      ['b', 'BOOLEAN', null, null],
      ['d', 'INT32', '9', '2'],
      ['m', 'INT64', '18', '6'],
      ['w', 'FIXED_LEN_BYTE_ARRAY', '38', '10'],
      ['f', 'DOUBLE', null, null],
      ['s', 'BYTE_ARRAY', null, null],
      ['day', 'INT32', null, null],
      ['clock', 'INT64', null, null],
      ['t', 'INT64', null, null],
      ['j', 'BYTE_ARRAY', null, null],
      ['bin "x"', 'BYTE_ARRAY', null, null],
    ])
    const [[instant]] = (await query(
      `SELECT logical_type FROM parquet_schema('${target()}') WHERE name = 't'`,
    )) as [[string]]
    expect(instant).toContain('isAdjustedToUTC=1')
  })

  it('has the order, the row groups and the codec that were asked for', async () => {
    const types = { at: DataTypes.integer }
    const rows = Array.from({ length: 300_000 }, (_, index): Row => [BigInt(index)])
    const counts: number[] = []
    await write(
      types,
      rows.toReversed(),
      { compression: 'zstd', rowGroupSize: 20_480 },
      {
        onRows: (count) => counts.push(count),
      },
    )
    expect(counts).toEqual([300_000])
    expect(
      await query(`SELECT count(*), count(*) FILTER (WHERE "at" <> i) FROM (
        SELECT "at", row_number() OVER () - 1 AS i FROM read_parquet('${target()}'))`),
    ).toEqual([['300000', '0']])
    expect(
      await query(
        `SELECT compression, max(row_group_num_rows), count(*) FROM parquet_metadata('${target()}') GROUP BY 1`,
      ),
    ).toEqual([['ZSTD', '20480', '15']])
  })

  it.each<[string, Record<string, unknown>, Partial<WriteFileRequest>]>([
    ['other formats', {}, { format: { name: 'csv', settings: SETTINGS } }],
    ['row groups that are no vectors', { rowGroupSize: 3000 }, {}],
    ['an unknown codec', { compression: 'brotli' }, {}],
  ])('is left to the exporter: %s', async (_, settings, more) => {
    const path = join(database.directory, 'none.parquet')
    expect(await write({ at: DataTypes.integer }, [], settings, { path, ...more })).toBeUndefined()
    expect(await readdir(database.directory)).not.toContain('none.parquet')
  })

  it('stops when it is cancelled and leaves what was there', async () => {
    await writeFile(target(), 'old')
    const before = await readdir(database.directory)
    const controller = new AbortController()
    const rows = Array.from({ length: 400_000 }, (_, index): Row => [BigInt(index), `${index}`])
    const types = { at: DataTypes.integer, s: DataTypes.string }
    const attempt = write(types, rows, { compression: 'gzip' }, { signal: controller.signal })
    const isWriting = setInterval(() => {
      if (readdirSync(database.directory).length > before.length)
        controller.abort(new Error('enough'))
    }, 1)
    try {
      await expect(attempt).rejects.toMatchObject({ reason: 'interrupted' })
    } finally {
      clearInterval(isWriting)
    }
    expect(await readFile(target(), 'utf8')).toBe('old')
    expect(await readdir(database.directory)).toEqual(before)
  })

  it('tells what fails in running the query, and leaves nothing', async () => {
    const before = await readdir(database.directory)
    const path = join(database.directory, 'failed.parquet')
    const columns = [{ name: 'at', type: DataTypes.integer, required: false }]
    const tooLarge = parseExpression('at * 9223372036854775807', { columns })
    const attempt = write(
      { at: DataTypes.integer },
      [[2n]],
      {},
      {
        path,
        queries: [
          defineQuery('rows', [
            from('stored'),
            select([{ name: 'at', expression: tooLarge }]),
            sort(ascending(['at'])),
          ]),
        ],
      },
    )
    await expect(attempt).rejects.toMatchObject({ code: 'QRN-EXEC-001' })
    expect(await readdir(database.directory)).toEqual(before)
  })
})
