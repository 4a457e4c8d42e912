import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { DataTypes, decimalType, type DataType, type InputColumn } from '@qarion/core'
import { createCsvLoader } from '@qarion/loader-csv'
import { loadNatively, ODD_TEXTS, scanAndRead, type TextType } from '@qarion/testkit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { NEVER, openTestDatabase, type TestDatabase } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase({ threads: 2 })
})
afterAll(async () => database.close())

async function scanText(
  text: string | Buffer,
  columns: readonly InputColumn[],
  options: Record<string, unknown> = {},
  name = 'in.csv',
) {
  const path = join(database.directory, name)
  await writeFile(path, text)
  const loader = createCsvLoader(
    { projectDirectory: database.directory },
    { sourcePath: name, ...options },
  )
  return scanAndRead(loader, columns)
}

const TYPES: readonly TextType[] = [
  DataTypes.boolean,
  DataTypes.integer,
  decimalType(4, 0),
  decimalType(9, 2),
  decimalType(18, 6),
  decimalType(38, 10),
  decimalType(38, 38),
  DataTypes.float,
  DataTypes.string,
  DataTypes.date,
  DataTypes.time,
  DataTypes.timestamp,
]

const column = (name: string, type: DataType, required = false): InputColumn => ({
  name,
  type,
  required,
})

const GOOD: Readonly<Record<TextType['kind'], fc.Arbitrary<string>>> = {
  boolean: fc.constantFrom('true', 'false', '1', '0'),
  integer: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  decimal: fc.integer({ min: -9, max: 9 }).map((n) => (n === 0 ? '0' : '0.000').slice(0, 1)),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  string: fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .map((text) => text.replaceAll(/[\0\r\n"]/gu, '')),
  date: fc
    .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  time: fc.nat(86_399_999).map((ms) => new Date(ms).toISOString().slice(11, 23)),
  timestamp: fc
    .date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true })
    .map((date) => date.toISOString()),
}

describe.each(
  TYPES.map(
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
    if (!isNative) expect([rejects > 0, scan.isClean]).not.toEqual([false, true])
    else {
      expect(rejects).toBe(0)
      expect(rows).toEqual(expected)
    }
  })
})

describe('any clean file', () => {
  const field = (type: TextType): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 12, arbitrary: GOOD[type.kind] },
      { weight: 1, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_TEXTS[type.kind]) },
    )
  const file = fc.array(fc.constantFrom(...TYPES), { minLength: 2, maxLength: 5 }).chain((types) =>
    fc.record({
      types: fc.constant(types),
      required: fc.array(fc.boolean(), { minLength: types.length, maxLength: types.length }),
      rows: fc.array(fc.tuple(...types.map(field)), { maxLength: 12 }),
      quoting: fc.constantFrom('never', 'always', 'mixed'),
      newline: fc.constantFrom('\n', '\r\n'),
      hasBom: fc.boolean(),
      hasHeader: fc.boolean(),
      isOpenEnded: fc.boolean(),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      emptyString: fc.constantFrom('null', 'quoted'),
      nullValues: fc.constantFrom([], ['NA', 'NULL'], ['0']),
    }),
  )

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
      fc.asyncProperty(file, async (made) => {
        const columns = made.types.map((type, index) =>
          column(`c${index}`, type, made.required[index] && index > 2),
        )
        const print = (text: string, row: number, index: number): string => {
          const mustQuote = /[",;\t|]/.test(text)
          const isQuoted =
            made.quoting === 'always' || (made.quoting === 'mixed' && (row + index) % 2 === 0)
          return mustQuote || isQuoted ? `"${text.replaceAll('"', '""')}"` : text
        }
        const lines = [
          ...(made.hasHeader ? [columns.map(({ name }) => name).join(made.delimiter)] : []),
          ...made.rows.map((row, at) =>
            row.map((text, index) => print(text, at, index)).join(made.delimiter),
          ),
        ]
        const text = `${made.hasBom ? '\ufeff' : ''}${lines.join(made.newline)}${made.isOpenEnded ? '' : made.newline}`
        const options = {
          delimiter: made.delimiter,
          header: made.hasHeader,
          emptyString: made.emptyString,
          nullValues: made.nullValues,
        }
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

describe('files', () => {
  const columns = [column('id', DataTypes.integer, true), column('name', DataTypes.string)]

  it('are told apart by name and line, whatever the order of their columns', async () => {
    const first = await scanText('id,name\n1,a\n2,b\n', columns, {}, "o'ne [1]*.csv")
    const second = await scanText('name;id\n"x;""y""";3\n', columns, { delimiter: ';' }, 'two.csv')
    const { rows, isNative } = await loadNatively(
      database,
      [first.scan, second.scan],
      columns,
      true,
    )
    expect(isNative).toBe(true)
    expect(rows).toEqual([
      [1n, 'a', 2n, "o'ne [1]*.csv"],
      [2n, 'b', 3n, "o'ne [1]*.csv"],
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
    const path = join(database.directory, 'big.csv')
    const parts: string[] = ['id,name\n']
    for (let row = 1; row <= rowCount; row += 1)
      parts.push(`${row},a name that makes the file long enough for several buffers ${row}\n`)
    await writeFile(path, parts.join(''))
    const loader = createCsvLoader(
      { projectDirectory: database.directory },
      { sourcePath: 'big.csv' },
    )
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
