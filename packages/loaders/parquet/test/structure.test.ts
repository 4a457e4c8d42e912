import { createHash } from 'node:crypto'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { DataTypes, type InputFile } from '@qarion/core'
import { createParquetLoader } from '@qarion/loader-parquet'
import type { SchemaElement } from 'hyparquet'
import { describe, expect, it } from 'vitest'

import {
  column,
  ELEMENTS,
  errorOf,
  load,
  parquetBytes,
  signal,
  temporaryFolder,
  type StoredColumn,
} from './support.ts'

const { integer, string, json } = DataTypes
const ab = [column('a', integer), column('b')]
const many = (count: number): StoredColumn[] => [
  {
    element: ELEMENTS.int64('a'),
    data: Array.from({ length: count }, (_, index) => BigInt(index)),
  },
  {
    element: ELEMENTS.string('b'),
    data: Array.from({ length: count }, (_, index) =>
      index % 5 === 0 ? null : `value ${index % 100}`,
    ),
  },
]
const manyRows = (count: number): unknown[] =>
  Array.from({ length: count }, (_, index) => [
    BigInt(index),
    index % 5 === 0 ? null : `value ${index % 100}`,
  ])

describe('files', () => {
  it('of no rows, with and without row groups', async () => {
    for (const count of [0, 1]) {
      const { scan, rows } = await load(parquetBytes(many(count)), ab)
      expect([scan.rowCount, scan.isClean, rows]).toEqual([count, true, manyRows(count)])
    }
  })

  it('of several row groups and pages are read in order, however much at once', async () => {
    const file = parquetBytes(many(5_000), { rowGroupSize: 1_700, pageSize: 2_000 })
    for (const rowsAtOnce of [1 << 17, 1_000, 333]) {
      const { scan, rows, lines } = await load(file, ab, {}, { rowsAtOnce })
      expect([scan.rowCount, rows.length]).toEqual([5_000, 5_000])
      expect(rows).toEqual(manyRows(5_000))
      expect(lines).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1))
    }
  })

  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'LZ4_RAW', 'BROTLI'] as const)(
    'compressed with %s',
    async (codec) => {
      const { rows } = await load(parquetBytes(many(3_000), { codec }), ab)
      expect(rows).toEqual(manyRows(3_000))
    },
  )

  it('are known by the hash of their bytes, and a scan is plain data', async () => {
    const file = parquetBytes(many(10))
    const { scan } = await load(file, ab)
    expect(scan.contentHash).toBe(createHash('sha256').update(file).digest('hex'))
    expect(scan.format).toBe('parquet')
    expect(JSON.parse(JSON.stringify(scan.settings))).toEqual({
      timezone: 'UTC',
      ambiguousTime: 'earlier',
      storedTypes: [{ kind: 'integer', bits: 64, isSigned: true }, { kind: 'string' }],
    })
  })

  it('without a column that may be absent give NULL', async () => {
    const columns = [column('gone'), column('a', integer), column('x', string, { sourceName: 'b' })]
    const { rows, scan } = await load(parquetBytes(many(2)), columns)
    expect(rows).toEqual([
      [null, 0n, null],
      [null, 1n, 'value 1'],
    ])
    expect(scan.columns.map(({ fieldIndex }) => fieldIndex)).toEqual([undefined, 0, 1])
  })

  it('of which no column is read give rows of NULL', async () => {
    const { rows } = await load(parquetBytes(many(3)), [column('gone')], {
      onExtraColumn: 'ignore',
    })
    expect(rows).toEqual([[null], [null], [null]])
  })

  it('are read only where columns are declared: damage elsewhere does not matter', async () => {
    const file = parquetBytes(many(1_000), { codec: 'SNAPPY' })
    // The second column follows the first.
    const damaged = Buffer.from(file)
    damaged.fill(0xff, 2_000, 2_200)
    const one = [column('a', integer)]
    const options = { onExtraColumn: 'ignore' }
    const { rows } = await load(file, one, options)
    const damagedA = await load(damaged, one, options).then(
      ({ rows: found }) => found,
      () => 'damaged',
    )
    const damagedB = await load(damaged, [column('b')], options).then(
      ({ rows: found }) => found,
      () => 'damaged',
    )
    // The damage lies in one of the two, and only that one tells.
    expect([damagedA, damagedB].filter((found) => found === 'damaged')).toHaveLength(1)
    expect(rows).toHaveLength(1_000)
  })
})

describe('columns', () => {
  it('reports every problem at once', async () => {
    const file = parquetBytes([
      { element: ELEMENTS.string('a'), data: ['1'] },
      { element: ELEMENTS.string('Name'), data: ['x'] },
      { element: ELEMENTS.string('extra'), data: ['x'] },
    ])
    const columns = [column('a', integer), column('name', string, { required: true })]
    const error = await errorOf(load(file, columns))
    expect(error.problems.map(({ code, message }) => [code, message])).toEqual([
      ['QRN-PARQUET-005', 'a.parquet has the column "Name", which is not declared.'],
      ['QRN-PARQUET-005', 'a.parquet has the column "extra", which is not declared.'],
      ['QRN-PARQUET-007', 'a.parquet: the column "a" holds string, and integer is declared.'],
      [
        'QRN-PARQUET-004',
        'a.parquet lacks the required column "name". The nearest name is "Name".',
      ],
    ])
  })

  it('of one name are refused, unless nobody reads them', async () => {
    const twice = parquetBytes([
      { element: ELEMENTS.int64('a'), data: [1n] },
      { element: ELEMENTS.string('x'), data: ['1'] },
      { element: ELEMENTS.string('x'), data: ['2'] },
    ])
    expect((await errorOf(load(twice, [column('a', integer), column('x')]))).code).toBe(
      'QRN-PARQUET-006',
    )
    const { rows } = await load(twice, [column('a', integer)], { onExtraColumn: 'ignore' })
    expect(rows).toEqual([[1n]])
  })

  it('may have any name', async () => {
    const names = ['a.b', 'ä😀', '__proto__', '1', '"', '']
    const file = parquetBytes(
      names.map((name) => ({ element: ELEMENTS.string(name), data: [name] })),
    )
    const { rows } = await load(
      file,
      names.map((name, index) => column(`c${index}`, string, { sourceName: name })),
    )
    expect(rows).toEqual([names])
  })
})

describe('nested columns', () => {
  const group = (
    name: string,
    count: number,
    more: Partial<SchemaElement> = {},
  ): SchemaElement => ({
    name,
    num_children: count,
    repetition_type: 'OPTIONAL',
    ...more,
  })
  const leaf = (name: string, more: Partial<SchemaElement>): SchemaElement => ({
    name,
    repetition_type: 'OPTIONAL',
    ...more,
  })

  it('are JSON: structs, lists, exact numbers, dates as texts', async () => {
    const file = parquetBytes(
      [
        {
          element: { name: 'v', num_children: 3 },
          data: [
            { n: 2n ** 53n + 1n, d: 1, l: ['b', null, 'a'] },
            { n: null, d: null, l: null },
            null,
            { n: 1n, d: 0, l: [] },
          ],
        },
      ],
      {
        below: new Map([
          [
            'v',
            [
              leaf('n', { type: 'INT64' }),
              leaf('d', { type: 'INT32', converted_type: 'DATE' }),
              group('l', 1, { converted_type: 'LIST', logical_type: { type: 'LIST' } }),
              { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
              leaf('element', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }),
            ],
          ],
        ]),
      },
    )
    const { rows, scan } = await load(file, [column('v', json)])
    expect(rows).toEqual([
      ['{"d":"1970-01-02","l":["b",null,"a"],"n":9007199254740993}'],
      ['{"d":null,"l":null,"n":null}'],
      [null],
      ['{"d":"1970-01-01","l":[],"n":1}'],
    ])
    expect(scan.isClean).toBe(false)
  })

  it('are read into json columns only', async () => {
    const file = parquetBytes([{ element: { name: 'v', num_children: 1 }, data: [{ n: 1n }] }], {
      below: new Map([['v', [leaf('n', { type: 'INT64' })]]]),
    })
    const error = await errorOf(load(file, [column('v')]))
    expect(error.message).toBe(
      'a.parquet: the column "v" holds list, map or struct, and string is declared.',
    )
  })
})

describe('damaged files', () => {
  const good = parquetBytes(many(2_000), { codec: 'GZIP' })

  it.each([
    ['an empty file', Buffer.alloc(0), 'QRN-PARQUET-001', 'a.parquet is empty.'],
    ['a text', Buffer.from('a,b\n1,2\n3,4\n'), 'QRN-PARQUET-001', 'a.parquet is not Parquet: it starts with "a,b\\n", not "PAR1".'],
    ['three bytes', Buffer.from('PAR'), 'QRN-PARQUET-001', 'a.parquet is not Parquet: it starts with "PAR", not "PAR1".'],
    ['the signature alone', Buffer.from('PAR1'), 'QRN-PARQUET-002', 'a.parquet is cut off: after 4 bytes it ends without the footer of a Parquet file.'],
    ['half a file', good.subarray(0, good.length / 2), 'QRN-PARQUET-002', 'ends without the footer'],
    ['an encrypted file', Buffer.from('PARE0000000000PARE'), 'QRN-PARQUET-008', 'a.parquet is encrypted.'],
    ['an encrypted footer', Buffer.from('PAR10000000000PARE'), 'QRN-PARQUET-008', 'a.parquet is encrypted.'],
    ['a footer longer than the file', Buffer.from('PAR1\xff\xff\xff\x7fPAR1', 'latin1'), 'QRN-PARQUET-002', 'a.parquet has a damaged footer'],
    ['a footer of zeros', Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(20), Buffer.from([20, 0, 0, 0]), Buffer.from('PAR1')]), 'QRN-PARQUET-002', 'a.parquet has a damaged footer'],
    ['a file without its middle', Buffer.concat([good.subarray(0, 100), good.subarray(-700)]), 'QRN-PARQUET-002', 'a.parquet is cut off: the column'],
  ] as const)('%s', async (_, content, code, message) => {
    const error = await errorOf(load(content, ab))
    expect([error.code, error.reason, error.place?.file]).toEqual([code, 'data', 'a.parquet'])
    expect(error.message).toContain(message)
  }) // prettier-ignore

  it('data that cannot be decompressed names column and byte', async () => {
    const damaged = Buffer.from(good)
    damaged.fill(0xaa, 100, 400)
    const error = await errorOf(load(damaged, ab))
    expect([error.code, error.place]).toEqual(['QRN-PARQUET-003', { file: 'a.parquet' }])
    expect(error.message).toMatch(
      /^a\.parquet: the column "a" is damaged in row group 1: .*, in the page at byte 4\.$/,
    )
  })

  it('whatever byte is wrong: rows, rejects or an error of ours', async () => {
    const small = parquetBytes(many(20), { codec: 'SNAPPY' })
    for (let at = 0; at < small.length; at += 1) {
      const damaged = Buffer.from(small)
      damaged[at] = (damaged[at] as number) ^ 0x55
      const outcome = await load(damaged, ab, { onExtraColumn: 'ignore' }).then(
        () => 'read',
        (cause: unknown) => (cause as { code?: string }).code ?? String(cause),
      )
      expect(outcome).toMatch(/^read$|^QRN-PARQUET-/)
    }
  })

  it('a codec that nobody reads any more', async () => {
    const lzo = parquetBytes(many(3), { codec: 'UNCOMPRESSED' })
    // The codec of each chunk follows its path: the third of the enumeration is LZO.
    const index = lzo.lastIndexOf(Buffer.from([0x15, 0x00, 0x16, 0x06]))
    expect(index).toBeGreaterThan(0)
    lzo[index + 1] = 6
    const error = await errorOf(load(lzo, ab))
    expect([error.code, error.reason]).toEqual(['QRN-PARQUET-009', 'unsupported'])
  })

  it('a file that changed between scan and read', async () => {
    const projectDirectory = await temporaryFolder()
    const path = join(projectDirectory, 'a.parquet')
    await writeFile(path, parquetBytes(many(3)))
    const loader = createParquetLoader({ projectDirectory }, { sourcePath: 'a.parquet' })
    const [file] = (await loader.discover()) as [InputFile]
    const scan = await loader.scan(file, ab, signal)
    const read = async (): Promise<void> => {
      for await (const { batch } of loader.read(scan, signal)) expect(batch.rowCount).toBe(3)
    }
    await read()
    await writeFile(path, parquetBytes(many(4)))
    expect((await errorOf(read())).code).toBe('QRN-PARQUET-010')
    await appendFile(path, 'x')
    expect((await errorOf(read())).code).toBe('QRN-PARQUET-002')
  })
})
