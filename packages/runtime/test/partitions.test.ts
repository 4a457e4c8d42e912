import {
  DataTypes,
  decimalType,
  rowsOf,
  vectorFromValues,
  type Column,
  type ColumnBatch,
  type Row,
} from '@qarion/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { partitionRows, pathOfPartition } from '../src/exports/partitions.ts'

const COLUMNS: readonly Column[] = [
  { name: 'region', type: DataTypes.string, required: false },
  { name: 'day', type: DataTypes.date, required: false },
  { name: 'n', type: DataTypes.integer, required: false },
  { name: 'ok', type: DataTypes.boolean, required: false },
  { name: 'wide', type: decimalType(38, 2), required: false },
  { name: 'bytes', type: DataTypes.binary, required: false },
]

const batchOf = (rows: readonly Row[]): ColumnBatch => ({
  rowCount: rows.length,
  columns: COLUMNS.map(({ type }, at) =>
    vectorFromValues(
      type,
      rows.map((row) => row[at] ?? null),
    ),
  ),
})

/** The folders in order, each with its rows. */
async function cut(
  batches: readonly ColumnBatch[],
  partitionBy: readonly string[],
): Promise<{ folder: string; rows: Row[] }[]> {
  const result: { folder: string; rows: Row[] }[] = []
  async function* source(): AsyncGenerator<ColumnBatch> {
    yield* batches
  }
  for await (const { folder, batches: parts } of partitionRows(source(), COLUMNS, partitionBy)) {
    const rows: Row[] = []
    for await (const part of parts) rows.push(...rowsOf(part))
    result.push({ folder, rows })
  }
  return result
}

const cell = fc.tuple(
  fc.constantFrom(null, 'EU', 'US', '', '__null__'),
  fc.constantFrom(null, 0, 19_753),
)

describe('partitionRows', () => {
  it('cuts sorted rows where their values change, wherever batches end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        async (cells, rowsPerBatch) => {
          const rows = cells
            .toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1))
            .map(([region, day], index): Row => [
              region,
              day,
              index % 3 === 0 ? null : BigInt(index),
              index % 2 === 0,
              index % 4 === 0 ? null : 10n ** 30n + BigInt(index),
              index % 5 === 0 ? null : Uint8Array.of(index),
            ])
          const batches: ColumnBatch[] = [batchOf([])]
          for (let at = 0; at < rows.length; at += rowsPerBatch)
            batches.push(batchOf(rows.slice(at, at + rowsPerBatch)))
          const parts = await cut(batches, ['region', 'day'])
          expect(parts.flatMap((part) => part.rows)).toEqual(rows)
          expect(new Set(parts.map(({ folder }) => folder)).size).toBe(parts.length)
          for (const { rows: ofFolder } of parts)
            expect(
              new Set(ofFolder.map(([region, day]) => JSON.stringify([region, day]))).size,
            ).toBe(1)
        },
      ),
    )
  })

  it('names folders by the text of the value, percent-encoded', async () => {
    const folderOf = async (region: string | null): Promise<string | undefined> =>
      (await cut([batchOf([[region, 0, 1n, true, 1n, null]])], ['region', 'day']))[0]?.folder
    expect(await folderOf('EU')).toBe('region=EU/day=1970-01-01')
    expect(await folderOf(null)).toBe('region=__null__/day=1970-01-01')
    expect(await folderOf('__null__')).toBe('region=%5F_null__/day=1970-01-01')
    expect(await folderOf('a/b=c*~')).toBe('region=a%2Fb%3Dc%2A%7E/day=1970-01-01')
    expect(await folderOf('')).toBe('region=/day=1970-01-01')
    expect(await folderOf('..')).toBe('region=../day=1970-01-01')
  })

  it('without columns gives one part, also of no rows; with them no rows are no part', async () => {
    expect(await cut([], [])).toEqual([{ folder: '', rows: [] }])
    expect(await cut([batchOf([])], ['region'])).toEqual([])
  })

  it('closes its source when it is left early', async () => {
    let isOpen = true
    async function* source(): AsyncGenerator<ColumnBatch> {
      try {
        for (;;) yield batchOf([['EU', 0, 1n, true, 1n, null]])
      } finally {
        isOpen = false
      }
    }
    for await (const { batches } of partitionRows(source(), COLUMNS, ['region'])) {
      for await (const _ of batches) break
      break
    }
    expect(isOpen).toBe(false)
  })
})

it('the file of a partition lies beside the one that the path names', () => {
  expect(pathOfPartition('exports/o.csv', 'r=EU/d=1')).toBe('exports/r=EU/d=1/o.csv')
  expect(pathOfPartition('o.csv', 'r=EU')).toBe('r=EU/o.csv')
  expect(pathOfPartition('exports/o.csv', '')).toBe('exports/o.csv')
})
