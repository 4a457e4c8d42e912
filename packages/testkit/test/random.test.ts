import { DataTypes, decimalType, type Column } from '@qarion/core'
import {
  arbitraryDeliveries,
  arbitraryRow,
  batchOf,
  collectRows,
  columnsOf,
  expectRows,
  sourceOf,
} from '@qarion/testkit'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'

const columns: readonly Column[] = columnsOf({
  ...DataTypes,
  small: decimalType(3, 1),
  wide: decimalType(38, 4),
})

it('makes rows that batches hold as they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryRow(fc, columns), { maxLength: 10 }), async (rows) => {
      expectRows(await collectRows(sourceOf(columns, rows, 3).batches(), columns), rows)
    }),
    { numRuns: 50 },
  )
  expect(batchOf(columns, []).columns).toHaveLength(columns.length)
})

it('makes histories with unique keys in which rows change, go and come back', () => {
  const orders = columnsOf({ a: DataTypes.string, value: DataTypes.integer, b: DataTypes.integer })
  const seen = new Set<string>()
  fc.assert(
    fc.property(arbitraryDeliveries(fc, orders, { key: ['a', 'b'] }), (deliveries) => {
      let before = new Map<string, unknown>()
      const gone = new Set<string>()
      for (const [index, rows] of deliveries.entries()) {
        const now = new Map<string, unknown>(
          rows.map(([a, value, b]) => [`${String(a)} ${String(b)}`, value] as const),
        )
        expect(now.size).toBe(rows.length)
        for (const [key, value] of now) {
          if (index > 0 && before.has(key)) seen.add(before.get(key) === value ? 'same' : 'changed')
          else if (gone.has(key)) seen.add('back')
        }
        for (const key of before.keys()) {
          if (now.has(key)) continue
          seen.add('deleted')
          gone.add(key)
        }
        before = now
      }
    }),
    { numRuns: 200, seed: 1 },
  )
  expect([...seen].toSorted()).toEqual(['back', 'changed', 'deleted', 'same'])
})
