import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { DataTypes, decimalType, type ColumnBatch, type InputColumn } from '@qarion/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { toDatabaseSettings } from '../src/database-options.ts'
import { createRowReader } from '../src/row-reader.ts'
import { readSpool, writeSpool } from '../src/spool.ts'
import { parseTablePath } from '../src/table-path.ts'
import { createWatermark } from '../src/watermark.ts'

const LOAD = {
  sourcePath: '.',
  minAgeMs: 0,
  allowedPaths: [],
  timezone: 'UTC',
  ambiguousTime: 'earlier',
  nullValues: ['n/a'],
  emptyString: 'null',
  onExtraColumn: 'fail',
} as const
const column = (name: string, type: InputColumn['type'], required = false): InputColumn => ({
  name,
  type,
  required,
})

describe('names of tables', () => {
  it.each([
    ['a', ['a']],
    ['crm.customers', ['crm', 'customers']],
    ['"a.b"."c""d"', ['a.b', 'c"d']],
    [' crm . "x y" ', ['crm', 'x y']],
  ])('%s', (text, path) => {
    expect(parseTablePath(text)).toEqual(path)
  })

  it.each(['', '.', 'a.', 'a b', '"a', 'a"b"'])('refuses %j', (text) => {
    expect(() => parseTablePath(text)).toThrow(
      expect.objectContaining({ code: 'QRN-DATABASE-001' }),
    )
  })
})

describe('options', () => {
  it.each([
    [{}],
    [{ table: 'a', query: 'b' }],
    [{ table: 'a', connection: 'c', environment: 'd' }],
    [{ table: 'a', overlap: 1000 }],
    [{ query: 'a', overlap_units: 1 }],
  ])('refuses %j', (options) => {
    expect(() => toDatabaseSettings(options)).toThrow(
      expect.objectContaining({ code: 'QRN-DATABASE-001' }),
    )
  })
})

describe('watermarks', () => {
  const boundOf = (type: InputColumn['type'], greatest: string, overlap: object = {}): unknown => {
    const watermark = createWatermark(
      { column: 'w', overlapMs: 0, overlapUnits: 0, ...overlap },
      [column('id', DataTypes.integer), column('w', type)],
      LOAD,
    )
    const value = watermark.parse(greatest)
    if (value === undefined) return undefined
    const bound = watermark.lowerBound(value)
    return [watermark.format(bound), watermark.conditionFrom(bound).text]
  }

  it('go back by the overlap, exactly', () => {
    expect(boundOf(DataTypes.integer, '9007199254740993', { overlapUnits: 2 })).toEqual([
      '9007199254740991',
      '9007199254740991',
    ])
    expect(boundOf(decimalType(12, 2), '10.05', { overlapUnits: 1 })).toEqual(['9.05', '9.05'])
    expect(boundOf(DataTypes.date, '2024-03-01', { overlapMs: 1 })).toEqual([
      '2024-02-29',
      '2024-02-29',
    ])
    expect(boundOf(DataTypes.string, 'é')).toEqual(['é', 'é'])
    expect(boundOf(DataTypes.integer, 'x')).toBeUndefined()
  })

  it('ask for timestamps by a date that leaves none out, whatever their zone', () => {
    expect(boundOf(DataTypes.timestamp, '2024-03-01T00:30:00Z', { overlapMs: 3_600_000 })).toEqual([
      '2024-02-29T23:30:00Z',
      '2024-02-27',
    ])
  })

  it.each([
    [DataTypes.float, {}],
    [DataTypes.boolean, {}],
    [DataTypes.json, {}],
    [DataTypes.timestamp, { format: 'dd.MM.yyyy' }],
  ])('refuse %j', (type, more) => {
    expect(() =>
      createWatermark(
        { column: 'w', overlapMs: 0, overlapUnits: 0 },
        [{ ...column('w', type), ...more }],
        LOAD,
      ),
    ).toThrow(expect.objectContaining({ code: 'QRN-DATABASE-006' }))
  })
})

describe('kept reads', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'qarion-spool-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  async function* inPortions(rows: number, size: number): AsyncGenerator<ColumnBatch> {
    for (let from = 0; from < rows; from += size) {
      const count = Math.min(size, rows - from)
      const values = Array.from({ length: count }, (_, row) =>
        (from + row) % 7 === 0 ? null : `${from + row}\n"😀\u2028`,
      )
      yield {
        rowCount: count,
        columns: [
          { layout: 'text', values },
          { layout: 'text', values },
        ],
      }
    }
  }

  it('the same rows give the same bytes in whatever portions they come', async () => {
    const [first, second] = await Promise.all(
      [1000, 7777].map((size) =>
        writeSpool(join(directory, `${size}`), inPortions(60_001, size), 2, () => true),
      ),
    )
    expect(first?.contentHash).toBe(second?.contentHash)
    expect(first).toMatchObject({
      rowCount: 60_001,
      sizeBytes: (await readFile(join(directory, '1000'))).length,
    })
    let rows = 0
    for await (const [texts] of readSpool(first?.path as string, new AbortController().signal)) {
      expect(texts?.[0]).toBe(rows % 7 === 0 ? null : `${rows}\n"😀\u2028`)
      rows += texts?.length ?? 0
    }
    expect(rows).toBe(60_001)
  })

  it('rows that are not kept leave no trace', async () => {
    const kept = await writeSpool(
      join(directory, 'a'),
      inPortions(10, 3),
      2,
      ([text]) => text !== null,
    )
    expect(kept.rowCount).toBe(8)
    const none = await writeSpool(join(directory, 'b'), inPortions(10, 3), 2, () => false)
    expect(none).toMatchObject({ rowCount: 0, sizeBytes: 0 })
  })
})

describe('rows', () => {
  it('what does not fit is a reject with its key; the rest is typed', () => {
    const read = createRowReader(
      [
        column('id', DataTypes.integer, true),
        column('d', DataTypes.date),
        column('s', DataTypes.string, true),
      ],
      LOAD,
    )
    const { batch, lines, rejects } = read(
      [
        ['1', '2', null, '4'],
        ['2024-02-30', null, 'n/a', '2024-02-29'],
        ['x', '', 'y', null],
      ],
      11,
    )
    expect(batch.rowCount).toBe(1)
    expect([...lines]).toEqual([12])
    expect(
      rejects.map(({ line, problems, values }) => [line, problems[0]?.column, values]),
    ).toEqual([
      [11, 'd', { id: 1n, s: 'x' }],
      [13, 'id', { d: null, s: 'y' }],
      [14, 's', { id: 4n, d: 19_782 }],
    ])
    expect(rejects[0]?.rawText).toBe('["1","2024-02-30","x"]')
  })
})
