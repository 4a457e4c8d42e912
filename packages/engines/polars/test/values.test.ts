import {
  DataTypes,
  decimalType,
  rowsOf,
  vectorFromValues,
  type DataType,
  type Row,
  type Value,
} from '@qarion/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { loadPolars, type Polars } from '../src/polars.ts'
import { elementsOf } from '../src/query/unnest.ts'
import { decodeFrame, outgoing } from '../src/values/decode.ts'
import { createFrameEncoder } from '../src/values/encode.ts'
import { decimalOfFloat, divideRounded } from '../src/values/exact.ts'

let polars: Polars
beforeAll(async () => {
  polars = await loadPolars()
})

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
const limit = 10n ** 38n - 1n

const TYPES: readonly (readonly [DataType, fc.Arbitrary<Value>])[] = [
  [DataTypes.boolean, fc.boolean()],
  [DataTypes.integer, int64],
  [decimalType(18, 4), fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })],
  [decimalType(38, 4), fc.bigInt({ min: -limit, max: limit })],
  [DataTypes.float, fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0)],
  [DataTypes.string, text],
  [DataTypes.date, fc.integer({ min: -719_162, max: 2_932_896 })],
  [DataTypes.time, fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  [
    DataTypes.timestamp,
    fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
  ],
  [DataTypes.json, text.map((value) => JSON.stringify(value))],
  [DataTypes.binary, fc.uint8Array()],
]
const COLUMNS = TYPES.map(([type], index) => ({ name: `c${index}`, type }))

describe('rows through Polars', () => {
  it('come back as they were, in batches of any size', async () => {
    const row = fc.tuple(...TYPES.map(([, values]) => fc.option(values)))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(row, { maxLength: 20 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 30 }),
        async (batches, rowsPerBatch) => {
          const encoder = createFrameEncoder(polars, COLUMNS)
          for (const rows of batches) {
            encoder.add({
              rowCount: rows.length,
              columns: COLUMNS.map(({ type }, index) =>
                vectorFromValues(
                  type,
                  rows.map((cells) => cells[index] ?? null),
                ),
              ),
            })
          }
          const frame = await outgoing(polars, encoder.finish(), COLUMNS).collect()
          const found: Row[] = []
          for (const batch of decodeFrame(frame, COLUMNS, rowsPerBatch)) {
            expect(batch.rowCount).toBeLessThanOrEqual(rowsPerBatch)
            found.push(...rowsOf(batch))
          }
          expect(found).toEqual(batches.flat())
        },
      ),
      { numRuns: 60 },
    )
  })

  it('−0 becomes 0', async () => {
    const columns = [{ name: 'x', type: DataTypes.float }]
    const encoder = createFrameEncoder(polars, columns)
    encoder.add({ rowCount: 1, columns: [{ layout: 'float64', values: Float64Array.of(-0) }] })
    const frame = await outgoing(polars, encoder.finish(), columns).collect()
    const [batch] = decodeFrame(frame, columns, 1)
    expect(batch === undefined ? [] : [...rowsOf(batch)]).toEqual([[0]])
  })
})

describe('exact arithmetic', () => {
  it.each([
    [7n, 2n, 4n],
    [-7n, 2n, -4n],
    [7n, -2n, -4n],
    [1n, 3n, 0n],
    [-1n, 2n, -1n],
  ])('%s / %s is %s', (a, b, result) => {
    expect(divideRounded(a, b)).toBe(result)
  })

  it('a float is the decimal that its digits say, where it is one', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), (number) => {
        // A power of two is exact in binary and in decimal places.
        expect(decimalOfFloat(number / 1024, 10)).toBe((BigInt(number) * 10n ** 10n) / 1024n)
      }),
    )
  })
})

describe('elements of a JSON array', () => {
  it('are those that JSON says, each as it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 })), (array) => {
        expect(elementsOf(JSON.stringify(array))).toEqual(
          array.map((element) => JSON.stringify(element)),
        )
      }),
    )
  })
})
