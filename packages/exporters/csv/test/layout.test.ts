import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'

import {
  DataTypes,
  decimalType,
  isQarionError,
  type Column,
  type ResolvedOptions,
} from '@qarion/core'
import { createCsvExporter } from '@qarion/exporter-csv'
import { sourceOf } from '@qarion/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'

const columns: readonly Column[] = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'amount', type: decimalType(9, 2), required: false },
  { name: 'note; or so', type: DataTypes.string, required: false },
]
const rows = [
  [1n, 150n, 'plain'],
  [2n, null, ''],
  [3n, -5n, 'a;"b",\nc'],
  [4n, 0n, null],
]

async function exported(options: ResolvedOptions): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-csv-export-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const exporter = createCsvExporter(options)
  const { path } = await exporter.write({
    path: join(directory, `out.${exporter.extension}`),
    columns,
    batches: sourceOf(columns, rows, 2).batches(),
    signal: new AbortController().signal,
  })
  return readFile(path)
}

const PLAIN = 'id,amount,note; or so\n1,1.50,plain\n2,,""\n3,-0.05,"a;""b"",\nc"\n4,0.00,\n'

describe('the bytes of a file', () => {
  it.each([
    [{}, PLAIN],
    [
      { delimiter: ';', null_text: 'NULL', line_ending: 'crlf' },
      'id;amount;"note; or so"\r\n1;1.50;plain\r\n2;NULL;""\r\n3;-0.05;"a;""b"",\nc"\r\n4;0.00;NULL\r\n',
    ],
    [
      { quote_style: 'all', header: false },
      '"1","1.50","plain"\n"2",,""\n"3","-0.05","a;""b"",\nc"\n"4","0.00",\n',
    ],
  ])('%j', async (options, expected) => {
    expect((await exported(options)).toString()).toBe(expected)
  })

  it('compressed', async () => {
    expect(gunzipSync(await exported({ compression: 'gzip' })).toString()).toBe(PLAIN)
    expect(zstdDecompressSync(await exported({ compression: 'zstd' })).toString()).toBe(PLAIN)
  })
})

it.each([
  ['none', 'csv'],
  ['gzip', 'csv.gz'],
  ['zstd', 'csv.zst'],
])('compression %s gives files the ending %s', (compression, extension) => {
  expect(createCsvExporter({ compression }).extension).toBe(extension)
})

it.each([
  [{ delimiter: '' }],
  [{ delimiter: ';;' }],
  [{ delimiter: '"' }],
  [{ delimiter: '\n' }],
  [{ delimiter: 'é' }],
  [{ delimiter: 5 }],
  [{ null_text: 'a,b' }],
  [{ null_text: '"' }],
  [{ delimiter: 'N', null_text: 'NULL' }],
])('%j is refused', (options) => {
  let thrown: unknown
  try {
    createCsvExporter(options)
  } catch (cause) {
    thrown = cause
  }
  expect(isQarionError(thrown) && [thrown.code, thrown.reason]).toEqual([
    'QRN-CSVEXPORT-001',
    'configuration',
  ])
})
