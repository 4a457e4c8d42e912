import {
  createColumnText,
  DataTypes,
  decimalType,
  formatValue,
  vectorFromValues,
  type DataType,
  type Value,
} from '@qarion/core'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const integers = (min: bigint, max: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    fc.bigInt({ min, max }),
    fc.bigInt({ min: -1000n, max: 1000n }),
    fc.constantFrom(
      ...[min, max, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 10n ** 15n - 1n].filter(
        (value) => value >= min && value <= max,
      ),
    ),
  )
const decimals = (precision: number): fc.Arbitrary<bigint> =>
  integers(-(10n ** BigInt(precision)) + 1n, 10n ** BigInt(precision) - 1n)

const CASES: readonly (readonly [DataType, fc.Arbitrary<Value>])[] = [
  [DataTypes.boolean, fc.boolean()],
  [DataTypes.integer, integers(-(2n ** 63n), 2n ** 63n - 1n)],
  ...([0, 1, 2, 6, 15, 16, 18] as const).map(
    (scale) => [decimalType(18, scale), decimals(18)] as const,
  ),
  [decimalType(38, 10), decimals(38)],
  [DataTypes.float, fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)],
  [DataTypes.string, fc.string()],
  [DataTypes.date, fc.integer({ min: -719_162, max: 2_932_896 })],
  [DataTypes.time, fc.bigInt({ min: 0n, max: 86_399_999_999n })],
  [
    DataTypes.timestamp,
    fc.oneof(
      fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
      fc.bigInt({ min: -86_400_000_001n, max: 86_400_000_001n }),
    ),
  ],
  [DataTypes.binary, fc.uint8Array()],
]

describe('the text of a column', () => {
  it.each(CASES.map(([type, value]) => [JSON.stringify(type), type, value] as const))(
    'is that of its values: %s',
    (_, type, value) => {
      const textOf = createColumnText(type)
      fc.assert(
        fc.property(fc.array(fc.option(value)), (values) => {
          const cells = textOf(vectorFromValues(type, values))
          expect(values.map((_value, row) => cells(row))).toEqual(
            values.map((one) => (one === null ? null : formatValue(type, one))),
          )
        }),
        { numRuns: 200 },
      )
    },
  )

  it('stays right when more days are printed than are remembered', () => {
    const days = Array.from({ length: 10_000 }, (_, index) => (index * 7) % 9000)
    const cells = createColumnText(DataTypes.date)(vectorFromValues(DataTypes.date, days))
    expect(days.map((_, row) => cells(row))).toEqual(
      days.map((day) => formatValue(DataTypes.date, day)),
    )
  })
})
