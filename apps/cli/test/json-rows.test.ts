import { DataTypes, decimalType, vectorFromValues, type Column } from '@qarion/core'
import { expect, it } from 'vitest'

import { toJsonText } from '../src/documents/json-text.ts'
import { jsonRows } from '../src/output/json-rows.ts'

it('integers beyond 2^53 and decimals are strings, json stands as it is', () => {
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
  expect(JSON.parse(jsonRows(columns, batch).join(''))).toEqual({
    small: 9_007_199_254_740_991,
    large: '9007199254740992',
    amount: '12.50',
    ratio: 1.5,
    document: { a: [1, 2.5] },
    'text "x"': 'é\n',
    day: '1970-01-02',
    none: null,
  })
})

it('so are integers anywhere in a document', () => {
  expect(toJsonText({ data: { count: 5n, total: -(2n ** 60n) } })).toBe(
    '{"data":{"count":5,"total":"-1152921504606846976"}}',
  )
})
