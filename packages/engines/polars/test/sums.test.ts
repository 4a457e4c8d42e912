import {
  DataTypes,
  decimalType,
  formatValue,
  isQarionError,
  type DataType,
  type Value,
} from '@qarion/core'
import { aggregate, column, defineQuery, fromQuery, literal, measure, values } from '@qarion/plan'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { divideRounded } from '../src/values/exact.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
beforeAll(async () => {
  store = await openTestStore('memory')
})
afterAll(() => store.close())

const TOP = 10n ** 38n - 1n

/** Sum and average of the numbers, or the code of the failure. */
async function sumAndAverage(
  type: DataType,
  numbers: readonly (bigint | null)[],
): Promise<readonly unknown[] | string> {
  const cells = numbers.map((number: Value | null) => [
    literal(type, number === null ? null : formatValue(type, number)),
  ])
  const x = column('x', type)
  const queries = [
    defineQuery('t', [values([{ name: 'x', type }], cells)]),
    defineQuery('q', [
      fromQuery('t'),
      aggregate({
        groupBy: [],
        measures: [measure('sum', 'sum', [x]), measure('avg', 'avg', [x])],
      }),
    ]),
  ]
  try {
    return (await store.rows(queries))[0] ?? []
  } catch (thrown) {
    if (isQarionError(thrown)) return thrown.code
    throw thrown
  }
}

describe('sums', () => {
  it.each([
    [[TOP, -TOP, TOP], TOP],
    [[-TOP], -TOP],
    [[TOP, TOP, -TOP, -TOP, 5n, null], 5n],
  ])('of numbers of 38 digits are exact on the way: %s', async (numbers, sum) => {
    const count = BigInt(numbers.filter((number) => number !== null).length)
    expect(await sumAndAverage(decimalType(38, 6), numbers)).toEqual([
      sum,
      divideRounded(sum, count),
    ])
  })

  it('that do not fit their type fail, those over no values are NULL', async () => {
    expect(await sumAndAverage(decimalType(38, 6), [TOP, 1n])).toBe('QRN-EXEC-001')
    expect(await sumAndAverage(decimalType(18, 0), [10n ** 18n - 1n, 1n])).toBe('QRN-EXEC-001')
    expect(await sumAndAverage(decimalType(38, 6), [null])).toEqual([null, null])
    expect(await sumAndAverage(DataTypes.integer, [])).toEqual([null, null])
  })

  it('and averages are those of exact arithmetic', async () => {
    const number = fc.bigInt({ min: -(10n ** 11n), max: 10n ** 11n })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(decimalType(12, 2), decimalType(38, 2)),
        fc.array(fc.option(number), { minLength: 1, maxLength: 12 }),
        async (type, numbers) => {
          const there = numbers.filter((one) => one !== null)
          const sum = there.reduce((total, one) => total + one, 0n)
          expect(await sumAndAverage(type, numbers)).toEqual(
            there.length === 0
              ? [null, null]
              : [sum, divideRounded(sum * 10n ** 4n, BigInt(there.length))],
          )
        },
      ),
      { numRuns: 40 },
    )
  })
})
