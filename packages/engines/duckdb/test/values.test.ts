import {
  DataTypes,
  decimalType,
  vectorFromValues,
  type ColumnBatch,
  type DataType,
  type TableDefinition,
  type Value,
} from '@qarion/core'
import { defineQuery, from, sort } from '@qarion/plan'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { catalogOf, openTestDatabase, type TestDatabase } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => database.close())

const EDGES: readonly (readonly [
  name: string,
  type: DataType,
  values: readonly (Value | null)[],
])[] = [
  ['boolean', DataTypes.boolean, [true, false, null]],
  ['integer', DataTypes.integer, [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, 0n, null]],
  ['decimal4', decimalType(4, 2), [9999n, -9999n, 0n, null]],
  ['decimal9', decimalType(9, 0), [999_999_999n, -1n, null]],
  ['decimal18', decimalType(18, 6), [10n ** 18n - 1n, -(10n ** 18n - 1n), null]],
  [
    'decimal38',
    decimalType(38, 10),
    [10n ** 38n - 1n, -(10n ** 38n - 1n), 1n, -1n, 2n ** 64n, -(2n ** 64n), null],
  ],
  ['float', DataTypes.float, [5e-324, 1.7976931348623157e308, 0.1, -1.5, 0, null]],
  [
    'string',
    DataTypes.string,
    [
      '',
      'a',
      'exactly 12 b',
      'exactly 13 by',
      'é😀\ud7ff\u{10ffff}',
      `'; DROP TABLE t; --`,
      'x'.repeat(100_000),
      null,
    ],
  ],
  ['date', DataTypes.date, [-719_162, 2_932_896, 0, -1, null]],
  ['time', DataTypes.time, [0n, 86_399_999_999n, 1n, null]],
  [
    'timestamp',
    DataTypes.timestamp,
    [-62_135_596_800_000_000n, 253_402_300_799_999_999n, -1n, 0n, null],
  ],
  ['json', DataTypes.json, ['{"a":[1,null]}', '1e+400', '""', null]],
  [
    'binary',
    DataTypes.binary,
    [new Uint8Array(), new Uint8Array([0, 255, 0]), new Uint8Array(1000).fill(7), null],
  ],
]

describe.each(EDGES)('%s', (name, type, values) => {
  const table: TableDefinition = {
    name: `edge_${name}`,
    columns: [
      { name: 'n', type: DataTypes.integer, required: true },
      { name: 'v', type, required: false },
    ],
    key: ['n'],
    isUnique: true,
  }
  const dataset = {
    id: `t.${name}`,
    table: table.name,
    storage: { kind: 'table' } as const,
    columns: table.columns,
    key: ['n'],
    sortKey: ['n'],
    isInternal: false,
  }

  it('comes back as it went in, also across chunks', async () => {
    const rowCount = 5000
    const all = Array.from({ length: rowCount }, (_, row) => values[row % values.length] ?? null)
    const batch: ColumnBatch = {
      rowCount,
      columns: [
        vectorFromValues(
          DataTypes.integer,
          all.map((_, row) => BigInt(row)),
        ),
        vectorFromValues(type, all),
      ],
    }
    const { rowCounts } = await database.commit([
      { kind: 'create_table', table },
      {
        kind: 'load',
        table,
        count: 'rows',
        source: {
          batches: async function* () {
            yield batch
          },
        },
      },
    ])
    expect(rowCounts['rows']).toBe(rowCount)
    const query = defineQuery('q', [
      from(dataset.id),
      sort([{ column: 'n', direction: 'ascending', nulls: 'first' }]),
    ])
    const rows = await database.rows([query], catalogOf(dataset))
    expect(rows.map((row) => row[1])).toEqual(all)
  })

  it('comes back from a literal and from a parameter', async () => {
    const {
      parseExpression,
      select,
      values: constants,
      literal,
      parameter,
    } = await import('@qarion/plan')
    const { formatValue } = await import('@qarion/core')
    const one = parseExpression('1', { columns: [] })
    for (const value of values) {
      const query = defineQuery('q', [
        constants([{ name: 'one', type: one.type }], [[one]]),
        select([
          {
            name: 'l',
            expression: literal(type, value === null ? null : formatValue(type, value)),
          },
          { name: 'p', expression: parameter('p', type) },
        ]),
      ])
      expect(await database.rows([query], undefined, { p: value })).toEqual([[value, value]])
    }
  })
})
