import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { DataTypes, decimalType, type InputColumn } from '@qarion/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { column, load, loadFile, temporaryFolder, type Loaded } from './support.ts'

const { boolean, integer, float, string, date, time, timestamp, json } = DataTypes

let writer: DuckDBConnection
beforeAll(async () => {
  writer = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => writer.closeSync())

async function write(query: string, options = ''): Promise<string> {
  const directory = await temporaryFolder()
  await writer.run(
    `COPY (${query}) TO '${join(directory, 'a.parquet')}' (FORMAT parquet${options})`,
  )
  return directory
}

async function loadQuery(
  query: string,
  columns: readonly InputColumn[],
  options = '',
): Promise<Loaded> {
  return loadFile(await write(query, options), 'a.parquet', columns)
}

const MIXED = [
  column('id', integer, { required: true }),
  column('amount', decimalType(12, 2)),
  column('ratio', float),
  column('label', string),
  column('day', date),
  column('clock', time),
  column('at', timestamp),
  column('ok', boolean),
]

const mixed = (count: number): string => `
  SELECT i AS id, (i * 1.25)::DECIMAL(12,2) AS amount, i / 3.0::DOUBLE AS ratio,
    CASE WHEN i % 3 > 0 THEN 'label ' || i % 17 END AS label, DATE '2024-01-01' + (i % 400)::INTEGER AS day,
    make_time(i % 24, 0, 0.5) AS clock, make_timestamptz(i * 1000003) AS at, i % 2 = 0 AS ok
  FROM range(${count}) t(i) ORDER BY i`

const mixedRows = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => [
    BigInt(index),
    BigInt(index) * 125n,
    index / 3,
    index % 3 > 0 ? `label ${index % 17}` : null,
    19_723 + (index % 400),
    BigInt(index % 24) * 3_600_000_000n + 500_000n,
    BigInt(index) * 1_000_003n,
    index % 2 === 0,
  ])

describe('files that DuckDB wrote', () => {
  it.each(['', ', PARQUET_VERSION v2', ", CODEC 'zstd', ROW_GROUP_SIZE 2048"])(
    'are read in all types%s',
    async (options) => {
      const { rows, rejects } = await loadQuery(mixed(10_000), MIXED, options)
      expect(rejects).toEqual([])
      expect(rows).toEqual(mixedRows(10_000))
    },
  )

  it('with nested columns as JSON', async () => {
    const { rows, rejects } = await loadQuery(
      `SELECT {'b': [1.5, NULL], 'a': {'at': TIMESTAMP '2024-02-29 12:00:00', 'x': '\\x00'::BLOB}} AS s,
         [[1, 2], NULL, []] AS l, MAP {'k"1': 9007199254740993, 'a': NULL} AS m
       UNION ALL SELECT NULL, NULL, NULL`,
      [column('s', json), column('l', json), column('m', json)],
    )
    expect(rejects).toEqual([])
    expect(rows).toEqual([
      [
        '{"a":{"at":"2024-02-29T12:00:00Z","x":"AA=="},"b":[1.5,null]}',
        '[[1,2],null,[]]',
        '{"a":null,"k\\"1":9007199254740993}',
      ],
      [null, null, null],
    ])
  })

  it('bad values within nested columns are rejects', async () => {
    const { rows, rejects } = await loadQuery(
      "SELECT [1.0::DOUBLE] AS l UNION ALL SELECT ['nan'::DOUBLE] ORDER BY 1",
      [column('l', json)],
    )
    expect(rows).toEqual([['[1]']])
    expect(rejects.map(({ line, problems }) => [line, problems[0]?.reason])).toEqual([
      [2, 'not a finite number'],
    ])
  })

  it.each(['snappy', 'uncompressed'])(
    'whatever byte is wrong: rows, rejects or an error of ours (%s)',
    async (codec) => {
      const directory = await write(mixed(60), `, CODEC '${codec}'`)
      const good = await readFile(join(directory, 'a.parquet'))
      for (let at = 0; at < good.length; at += 13) {
        const damaged = Buffer.from(good)
        damaged[at] = (damaged[at] as number) ^ 0x55
        const outcome = await load(damaged, MIXED, { onExtraColumn: 'ignore' }).then(
          () => 'read',
          (cause: unknown) => (cause as { code?: string }).code ?? String(cause),
        )
        expect(outcome).toMatch(/^read$|^QRN-PARQUET-/)
      }
    },
  )
})
