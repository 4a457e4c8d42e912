import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { DataTypes, decimalType, type Column, type ResolvedOptions, type Row } from '@qarion/core'
import { createParquetExporter } from '@qarion/exporter-parquet'
import { sourceOf } from '@qarion/testkit'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

let reader: DuckDBConnection
beforeAll(async () => {
  reader = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => reader.closeSync())

async function exported(
  columns: readonly Column[],
  rows: readonly Row[],
  options: ResolvedOptions = {},
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-parquet-export-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const { path } = await createParquetExporter(options).write({
    path: join(directory, 'out.parquet'),
    columns,
    batches: sourceOf(columns, rows).batches(),
    signal: new AbortController().signal,
  })
  return path
}

async function query(sql: string): Promise<unknown[]> {
  return (await reader.runAndReadAll(sql)).getRowsJson()
}

const COLUMNS: readonly Column[] = [
  { name: 'b', type: DataTypes.boolean, required: false },
  { name: 'i', type: DataTypes.integer, required: true },
  { name: 'd', type: decimalType(9, 2), required: false },
  { name: 'm', type: decimalType(18, 6), required: false },
  { name: 'w', type: decimalType(38, 10), required: false },
  { name: 'f', type: DataTypes.float, required: false },
  { name: 's', type: DataTypes.string, required: false },
  { name: 'day', type: DataTypes.date, required: false },
  { name: 't', type: DataTypes.time, required: false },
  { name: 'at', type: DataTypes.timestamp, required: false },
  { name: 'j', type: DataTypes.json, required: false },
  { name: 'x', type: DataTypes.binary, required: false },
]

describe('what another reader makes of a file', () => {
  it('the types', async () => {
    const path = await exported(COLUMNS, [])
    expect(
      await query(
        `SELECT name, type, converted_type, repetition_type, precision, scale FROM parquet_schema('${path}') OFFSET 1`,
      ),
    ).toEqual([
      ['b', 'BOOLEAN', null, 'OPTIONAL', null, null],
      ['i', 'INT64', null, 'REQUIRED', null, null],
      ['d', 'INT32', 'DECIMAL', 'OPTIONAL', '9', '2'],
      ['m', 'INT64', 'DECIMAL', 'OPTIONAL', '18', '6'],
      ['w', 'FIXED_LEN_BYTE_ARRAY', 'DECIMAL', 'OPTIONAL', '38', '10'],
      ['f', 'DOUBLE', null, 'OPTIONAL', null, null],
      ['s', 'BYTE_ARRAY', 'UTF8', 'OPTIONAL', null, null],
      ['day', 'INT32', 'DATE', 'OPTIONAL', null, null],
      ['t', 'INT64', 'TIME_MICROS', 'OPTIONAL', null, null],
      ['at', 'INT64', 'TIMESTAMP_MICROS', 'OPTIONAL', null, null],
      ['j', 'BYTE_ARRAY', 'UTF8', 'OPTIONAL', null, null],
      ['x', 'BYTE_ARRAY', null, 'OPTIONAL', null, null],
    ])
    const [[instant]] = (await query(
      `SELECT logical_type FROM parquet_schema('${path}') WHERE name = 'at'`,
    )) as [[string]]
    expect(instant).toContain('isAdjustedToUTC=1')
  })

  it('the values, at both ends of their types', async () => {
    const rows: readonly Row[] = [
      [true, 2n ** 63n - 1n, 999_999_999n, 10n ** 18n - 1n, 10n ** 38n - 1n, 1e308, 'é😀', 2_932_896, 86_399_999_999n, 253_402_300_799_999_999n, '{"a":[1]}', Uint8Array.of(0, 255)],
      [false, -(2n ** 63n), -999_999_999n, -(10n ** 18n) + 1n, -(10n ** 38n) + 1n, 5e-324, '', -719_162, 0n, -62_135_596_800_000_000n, 'null', new Uint8Array()],
      [null, 2n ** 53n + 1n, null, null, null, null, null, null, null, null, null, null],
    ] // prettier-ignore
    const path = await exported(COLUMNS, rows)
    expect(
      await query(
        `SELECT b, i, d, m, w::VARCHAR, f, s, day::VARCHAR, t::TIME::VARCHAR, epoch_us("at"), j, hex(x) FROM '${path}'`,
      ),
    ).toEqual([
      [true, '9223372036854775807', '9999999.99', '999999999999.999999', `${'9'.repeat(28)}.${'9'.repeat(10)}`, 1e308, 'é😀', '9999-12-31', '23:59:59.999999', '253402300799999999', '{"a":[1]}', '00FF'],
      [false, '-9223372036854775808', '-9999999.99', '-999999999999.999999', `-${'9'.repeat(28)}.${'9'.repeat(10)}`, 5e-324, '', '0001-01-01', '00:00:00', '-62135596800000000', 'null', ''],
      [null, '9007199254740993', null, null, null, null, null, null, null, null, null, null],
    ]) // prettier-ignore
  })

  it('row groups and compression are those that were asked for', async () => {
    const columns = COLUMNS.slice(1, 2)
    const rows = Array.from({ length: 10_000 }, (_, index): Row => [BigInt(index)])
    for (const [compression, codec] of [
      ['none', 'UNCOMPRESSED'],
      ['snappy', 'SNAPPY'],
      ['gzip', 'GZIP'],
      ['zstd', 'ZSTD'],
    ]) {
      const path = await exported(columns, rows, { compression, row_group_size: 3000 })
      expect(
        await query(
          `SELECT DISTINCT row_group_id, row_group_num_rows, compression FROM parquet_metadata('${path}') ORDER BY 1`,
        ),
      ).toEqual([
        ['0', '3000', codec],
        ['1', '3000', codec],
        ['2', '3000', codec],
        ['3', '1000', codec],
      ])
      expect(await query(`SELECT count(*), sum(i) FROM '${path}'`)).toEqual([['10000', '49995000']])
    }
  })
})
