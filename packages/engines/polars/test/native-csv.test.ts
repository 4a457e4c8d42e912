import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { DataTypes, type DataType, type InputColumn } from '@qarion/core'
import { createCsvLoader } from '@qarion/loader-csv'
import {
  arbitraryCsvFile,
  loadNatively,
  ODD_TEXTS,
  scanAndRead,
  TEXT_TYPES,
  type TextType,
} from '@qarion/testkit'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { NEVER, openTestStore, type TestStore } from './support.ts'

let database: TestStore
let directory: string
beforeAll(async () => {
  database = await openTestStore('local')
  directory = await mkdtemp(join(tmpdir(), 'qarion-polars-csv-'))
})
afterAll(async () => {
  await database.close()
  await rm(directory, { recursive: true, force: true })
})

async function scanText(
  text: string | Buffer,
  columns: readonly InputColumn[],
  options: Record<string, unknown> = {},
  name = 'in.csv',
) {
  const path = join(directory, name)
  await writeFile(path, text)
  const loader = createCsvLoader({ projectDirectory: directory }, { sourcePath: name, ...options })
  return scanAndRead(loader, columns)
}

const column = (name: string, type: DataType, required = false): InputColumn => ({
  name,
  type,
  required,
})

describe.each(
  TEXT_TYPES.map(
    (type) =>
      [
        type.kind === 'decimal' ? `decimal(${type.precision},${type.scale})` : type.kind,
        type,
      ] as const,
  ),
)('every odd %s', (_, type) => {
  it.each(ODD_TEXTS[type.kind])('%j is taken as the loader takes it', async (text) => {
    const columns = [column('a', DataTypes.string), column('v', type)]
    const { scan, expected, rejects } = await scanText(`a,v\nx,"${text}"\ny,${text}\n`, columns)
    const { rows, isNative } = await loadNatively(database, [scan], columns)
    if (isNative) {
      expect(rejects).toBe(0)
      expect(rows).toEqual(expected)
    } else expect(rows).toEqual([])
  })
})

describe('any clean file', () => {
  it.each([gzipSync, zstdCompressSync])(
    'leaves compressed files to the loader',
    async (compress) => {
      const columns = [column('a', DataTypes.integer), column('b', DataTypes.string)]
      const { scan, expected } = await scanText(compress('a,b\n1,x\n'), columns)
      expect([scan.isClean, expected]).toEqual([true, [[1n, 'x', 2n]]])
      expect(await loadNatively(database, [scan], columns)).toEqual({ rows: [], isNative: false })
    },
  )

  it('gives the rows of the loader or is declined', async () => {
    let natives = 0
    await fc.assert(
      fc.asyncProperty(arbitraryCsvFile(fc), async ({ text, columns, options }) => {
        const { scan, expected, rejects } = await scanText(text, columns, options)
        const { rows, isNative } = await loadNatively(database, [scan], columns)
        if (!isNative) return
        natives += 1
        expect(rejects).toBe(0)
        expect(rows).toEqual(expected)
      }),
      { numRuns: 120 },
    )
    expect(natives).toBeGreaterThan(20)
  }, 120_000)
})

describe('what most files hold', () => {
  const PLAIN: Readonly<Record<TextType['kind'], readonly string[]>> = {
    boolean: ['true', 'False', 'TRUE', '1', '0'],
    integer: ['0', '-7', '+7', '9223372036854775807', '-9223372036854775808', ''],
    decimal: ['0', '-0', '1', '-1', '+1', ''],
    float: ['0', '-0.0', '1.5', '5e-324', '-1e308', '0.30000000000000004', ''],
    string: ['a', '', 'é😀', ' a ', 'null'],
    date: ['0001-01-01', '1969-12-31', '2024-02-29', '9999-12-31', ''],
    time: ['00:00:00', '23:59:59.999999', '01:02:03.1', ''],
    timestamp: [
      '2024-02-29T12:00:00Z',
      '2024-02-29 12:00:00',
      '1969-12-31T23:59:59.999999Z',
      '0001-01-01T00:00:00',
      '9999-12-31 23:59:59.5Z',
      '',
    ],
  }
  it.each(TEXT_TYPES.filter((type) => type.kind !== 'decimal' || type.precision > type.scale))(
    'is read without the loader: %j',
    async (type) => {
      const columns = [column('a', DataTypes.string), column('v', type)]
      const lines = PLAIN[type.kind].map((text) => `x,${text}\n`)
      const { scan, expected, rejects } = await scanText(`a,v\n${lines.join('')}`, columns)
      expect(rejects).toBe(0)
      expect(await loadNatively(database, [scan], columns)).toEqual({
        rows: expected,
        isNative: true,
      })
    },
  )
})

describe('files', () => {
  it.each(['one[1].csv', 'all*.csv'])('whose path is a pattern are left: %s', async (name) => {
    const { scan } = await scanText('id,name\n1,a\n', columns, {}, name)
    expect(await loadNatively(database, [scan], columns)).toEqual({ rows: [], isNative: false })
  })

  const columns = [column('id', DataTypes.integer, true), column('name', DataTypes.string)]

  it('are told apart by name and line, whatever the order of their columns', async () => {
    const first = await scanText('id,name\n1,a\n2,b\n', columns, {}, "o'ne é.csv")
    const second = await scanText('name;id\n"x;""y""";3\n', columns, { delimiter: ';' }, 'two.csv')
    const { rows, isNative } = await loadNatively(
      database,
      [first.scan, second.scan],
      columns,
      true,
    )
    expect(isNative).toBe(true)
    expect(rows).toEqual([
      [1n, 'a', 2n, "o'ne é.csv"],
      [2n, 'b', 3n, "o'ne é.csv"],
      [3n, 'x;"y"', 2n, 'two.csv'],
    ])
  })

  it('leave nothing behind when the last of them has a bad value', async () => {
    const first = await scanText('id,name\n1,a\n', columns, {}, 'one.csv')
    const second = await scanText('id,name\n1.5,a\n', columns, {}, 'two.csv')
    expect(await loadNatively(database, [first.scan, second.scan], columns)).toEqual({
      rows: [],
      isNative: false,
    })
  })

  it('without an optional column give NULL, with NULL in a required one are declined', async () => {
    const { scan } = await scanText('id,other\n1,x\n', columns, { onExtraColumn: 'ignore' })
    expect(await loadNatively(database, [scan], columns)).toEqual({
      rows: [[1n, null, 2n]],
      isNative: true,
    })
    const required = await scanText('id,name\n,x\n', columns)
    expect((await loadNatively(database, [required.scan], columns)).isNative).toBe(false)
  })

  it('of many parallel buffers keep their order and lines', async () => {
    const rowCount = 1_000_000
    const path = join(directory, 'big.csv')
    const parts: string[] = ['id,name\n']
    for (let row = 1; row <= rowCount; row += 1)
      parts.push(`${row},a name that makes the file long enough for several buffers ${row}\n`)
    await writeFile(path, parts.join(''))
    const loader = createCsvLoader({ projectDirectory: directory }, { sourcePath: 'big.csv' })
    const [found] = await loader.discover()
    const scan = await loader.scan(found!, columns, NEVER)
    const { rows, isNative } = await loadNatively(database, [scan], columns)
    expect(isNative).toBe(true)
    expect(rows.length).toBe(rowCount)
    expect(
      rows.every(([id, , line], row) => id === BigInt(row + 1) && line === BigInt(row + 2)),
    ).toBe(true)
  }, 120_000)
})
