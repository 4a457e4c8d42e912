import {
  createJsonPrinter,
  DataTypes,
  decimalType,
  jsonInteger,
  vectorFromValues,
  type Column,
} from '@qarion/core'
import { expect, it } from 'vitest'

const columns: readonly Column[] = [
  { name: 'small', type: DataTypes.integer, required: true },
  { name: 'large', type: DataTypes.integer, required: true },
  { name: 'amount', type: decimalType(12, 2), required: true },
  { name: 'ratio', type: DataTypes.float, required: true },
  { name: 'document', type: DataTypes.json, required: true },
  { name: 'text "x"', type: DataTypes.string, required: true },
  { name: 'day', type: DataTypes.date, required: true },
  { name: 'none', type: DataTypes.boolean, required: false },
]
const row = [2n ** 53n - 1n, 2n ** 53n, 1250n, 1.5, '{"a":[1,2.5]}', 'é\n', 1, null]
const batch = {
  rowCount: 1,
  columns: columns.map(({ type }, index) => vectorFromValues(type, [row[index] ?? null])),
}

it('integers beyond 2^53 and decimals are strings, json stands as it is', () => {
  expect(createJsonPrinter(columns)(batch)).toEqual([
    '{"small":9007199254740991,"large":"9007199254740992","amount":"12.50","ratio":1.5,' +
      '"document":{"a":[1,2.5]},"text \\"x\\"":"é\\n","day":"1970-01-02","none":null}',
  ])
})

it('or exact numbers, for readers that keep all digits', () => {
  const print = createJsonPrinter(columns.slice(1, 3), 'exact')
  expect(print({ ...batch, columns: batch.columns.slice(1, 3) })).toEqual([
    '{"large":9007199254740992,"amount":12.50}',
  ])
})

it('no columns are empty objects', () => {
  expect(createJsonPrinter([])({ rowCount: 2, columns: [] })).toEqual(['{}', '{}'])
})

it.each([
  [0n, 0],
  [-(2n ** 53n) + 1n, -9_007_199_254_740_991],
  [2n ** 53n, '9007199254740992'],
  [2n ** 53n + 1n, '9007199254740993'],
  [-(2n ** 63n), '-9223372036854775808'],
])('the integer %s is %j', (value, expected) => {
  expect(jsonInteger(value)).toBe(expected)
})
