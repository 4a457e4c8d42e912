import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import {
  createCsvPrinter,
  DataTypes,
  decimalType,
  type Column,
  type CsvLayout,
  type ExportedFile,
  type Row,
  type WriteFileRequest,
} from '@qarion/core'
import { ascending, defineQuery, from, sort } from '@qarion/plan'
import { arbitraryRow, batchOf, sourceOf } from '@qarion/testkit'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  catalogOf,
  columnsOf,
  datasetOf,
  openDatabase,
  type ColumnSpec,
  type TestDatabase,
} from './support.ts'

const LAYOUT: Required<CsvLayout> = {
  delimiter: ',',
  nullText: '',
  quoting: 'minimal',
  lineEnding: '\n',
}
const SETTINGS = { ...LAYOUT, hasHeader: true, compression: 'none' }

const EVERY_TYPE: readonly ColumnSpec[] = [
  ['b', DataTypes.boolean],
  ['n', DataTypes.integer],
  ['d', decimalType(18, 4)],
  ['d0', decimalType(9, 0)],
  ['d18', decimalType(18, 18)],
  ['f', DataTypes.float],
  ['s', DataTypes.string],
  ['day', DataTypes.date],
  ['clock', DataTypes.time],
  ['t', DataTypes.timestamp],
  ['j', DataTypes.json],
  ['bin', DataTypes.binary],
]

interface Attempt {
  readonly settings?: Readonly<Record<string, unknown>>
  readonly name?: string
  readonly more?: Partial<WriteFileRequest>
}

/** Stores rows, in their order, and asks the session for a file of them. */
async function write(
  database: TestDatabase,
  specs: readonly ColumnSpec[],
  rows: readonly Row[],
  { settings = {}, name = 'csv', more = {} }: Attempt = {},
): Promise<ExportedFile | undefined> {
  const dataset = datasetOf('stored', [['at', DataTypes.integer, 'required'], ...specs])
  const table = { name: dataset.table, columns: dataset.columns, key: ['at'], isUnique: true }
  const numbered = rows.map((row, index): Row => [BigInt(index), ...row])
  await database.commit([
    { kind: 'drop_table', table: table.name },
    { kind: 'create_table', table },
    { kind: 'load', table, source: sourceOf(dataset.columns, numbered), count: 'rows' },
  ])
  return database.session.writeFile?.({
    queries: [defineQuery('rows', [from('stored'), sort(ascending(['at']))])],
    catalog: catalogOf({ datasets: [dataset] }),
    parameters: {},
    path: join(database.folder, 'out.csv'),
    columns: dataset.columns,
    format: { name, settings: { ...SETTINGS, ...settings } },
    onRows: () => {},
    signal: new AbortController().signal,
    ...more,
  })
}

/** The text that the printer of JavaScript makes of the same rows. */
function printed(
  specs: readonly ColumnSpec[],
  rows: readonly Row[],
  layout: Partial<CsvLayout> = {},
): string {
  const columns: readonly Column[] = columnsOf([['at', DataTypes.integer, 'required'], ...specs])
  const printer = createCsvPrinter(columns, { ...LAYOUT, ...layout })
  const numbered = rows.map((row, index): Row => [BigInt(index), ...row])
  return printer.header() + printer.rows(batchOf(columns, numbered))
}

async function read({ folder }: TestDatabase): Promise<string> {
  return readFile(join(folder, 'out.csv'), 'utf8')
}

describe('CSV written by the engine', () => {
  it('has the bytes of the printer, whatever the rows and the layout', async () => {
    const database = await openDatabase()
    const columns = columnsOf(EVERY_TYPE)
    const layouts = fc.record({
      delimiter: fc.constantFrom(',', ';', '\t', '|', '\u0001'),
      nullText: fc.constantFrom('', '\\N', '<é>', 'NULL', '\u0001'),
      lineEnding: fc.constantFrom<'\n' | '\r\n'>('\n', '\r\n'),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryRow(fc, columns), { maxLength: 40 }),
        layouts,
        async (rows, layout) => {
          const settings = layout.nullText === layout.delimiter ? {} : layout
          const written = await write(database, EVERY_TYPE, rows, { settings })
          const text = await read(database)
          expect(text).toBe(printed(EVERY_TYPE, rows, settings))
          expect(written).toEqual({
            path: join(database.folder, 'out.csv'),
            rowCount: rows.length,
            sizeBytes: Buffer.byteLength(text),
            contentHash: createHash('sha256').update(text).digest('hex'),
          })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('tells NULL from texts that are empty or look like a mark', async () => {
    const database = await openDatabase()
    const texts = [null, '', '\u0001', '\u0001\u0001', '\u0001a', '\u0002', 'a\u0001', '\ufeff', '\ufeffa', 'a\ufeff', '"', '""', ',', 'a,b', '\r', '\n', 'é', '😀', '\u{10ffff}', 'NULL', '\\N'] // prettier-ignore
    const specs: readonly ColumnSpec[] = [
      ['s', DataTypes.string],
      ['u', DataTypes.string],
    ]
    const rows = texts.flatMap((left) => texts.map((right): Row => [left, right]))
    await write(database, specs, rows)
    expect(await read(database)).toBe(printed(specs, rows))
  })

  it('is whole over many pieces, wide tables and long texts', async () => {
    const database = await openDatabase()
    const wide = Array.from({ length: 120 }, (_, index): ColumnSpec => [
      `c "${index}"`,
      index % 2 === 0 ? DataTypes.string : decimalType(12, 2),
    ])
    const cells = (row: number): Row =>
      wide.map((_, index) => (index % 2 === 0 ? `${'ö"'.repeat(index)}${row}` : BigInt(row)))
    const rows = Array.from({ length: 2000 }, (_, row) => cells(row))
    rows.splice(1000, 0, ['€'.repeat(5_000_000), ...cells(0).slice(1)])
    const counts: number[] = []
    const written = await write(database, wide, rows, {
      more: { onRows: (count) => counts.push(count) },
    })
    expect((await read(database)) === printed(wide, rows)).toBe(true)
    expect(written?.rowCount).toBe(2001)
    expect(counts.length).toBeGreaterThan(3)
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2001)
  })

  it('without rows is the header, or nothing at all', async () => {
    const database = await openDatabase()
    expect(await write(database, EVERY_TYPE, [])).toMatchObject({ rowCount: 0 })
    expect(await read(database)).toBe('at,b,n,d,d0,d18,f,s,day,clock,t,j,bin\n')
    await write(database, EVERY_TYPE, [], { settings: { hasHeader: false } })
    expect(await read(database)).toBe('')
  })

  it('can be compressed', async () => {
    const database = await openDatabase()
    const specs: readonly ColumnSpec[] = [['s', DataTypes.string]]
    await write(database, specs, [['x'], [null]], { settings: { compression: 'gzip' } })
    const bytes = await readFile(join(database.folder, 'out.csv'))
    expect(gunzipSync(bytes).toString()).toBe('at,s\n0,x\n1,\n')
  })

  it.each<[string, Attempt]>([
    ['other formats', { name: 'parquet' }],
    ['quotes around everything', { settings: { quoting: 'all' } }],
    ['a delimiter that numbers hold', { settings: { delimiter: '-' } }],
    ['a NULL that is a number', { settings: { nullText: '-1' } }],
    ['a NULL that is a boolean', { settings: { nullText: 'true' } }],
    ['an unknown compression', { settings: { compression: 'lz4' } }],
    ['other columns than the query has', { more: { columns: columnsOf([['s', DataTypes.json]]) } }],
  ])('is left to the exporter: %s', async (_, attempt) => {
    const database = await openDatabase()
    const specs: readonly ColumnSpec[] = [['s', DataTypes.string]]
    expect(await write(database, specs, [['x']], attempt)).toBeUndefined()
    expect(await readdir(database.folder)).not.toContain('out.csv')
  })

  it('stops when it is cancelled and leaves what was there', async () => {
    const database = await openDatabase()
    await writeFile(join(database.folder, 'out.csv'), 'old')
    const before = await readdir(database.folder)
    const controller = new AbortController()
    const rows = Array.from({ length: 3000 }, (_, row): Row => [`${'x'.repeat(1000)}${row}`])
    const attempt = write(database, [['s', DataTypes.string]], rows, {
      more: { signal: controller.signal, onRows: () => controller.abort(new Error('enough')) },
    })
    await expect(attempt).rejects.toMatchObject({ reason: 'interrupted' })
    expect(await read(database)).toBe('old')
    expect(await readdir(database.folder)).toEqual(before)
    await write(database, [['s', DataTypes.string]], [['after']])
    expect(await read(database)).toBe('at,s\n0,after\n')
  })
})
