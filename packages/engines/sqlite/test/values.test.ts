import {
  DataTypes,
  decimalType,
  type ColumnBatch,
  type DataType,
  type Row,
  type Value,
} from '@qarion/core'
import {
  column,
  defineInstruction,
  defineQuery,
  filter,
  from,
  literal,
  named,
  parameter,
  append,
  select,
  values,
  call,
} from '@qarion/plan'
import { expect, it } from 'vitest'

import { createTable, datasetOf, load, openDatabase, stored, tableOf } from './support.ts'

const EXTREMES: readonly (readonly [DataType, readonly (Value | null)[]])[] = [
  [DataTypes.boolean, [true, false, null]],
  [DataTypes.integer, [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 0n, null]],
  [
    decimalType(18, 2),
    [999_999_999_999_999_999n, -999_999_999_999_999_999n, 1n, 2n ** 53n + 1n, null],
  ],
  [decimalType(18, 18), [1n, null]],
  [DataTypes.float, [0, 0.1, -1.5, 1e308, 5e-324, 2 ** 53, null]],
  [
    DataTypes.string,
    [
      '',
      ' ',
      'a|b',
      '\\',
      "it's",
      '"q"',
      'é',
      'e\u0301',
      '😀',
      '\u{10ffff}',
      '\uffff',
      'line\nbreak',
      'x'.repeat(100_000),
      null,
    ],
  ],
  [DataTypes.date, [-719_162, 2_932_896, 0, -1, null]],
  [DataTypes.time, [0n, 86_399_999_999n, null]],
  [DataTypes.timestamp, [-62_135_596_800_000_000n, 253_402_300_799_999_999n, -1n, 1n, null]],
  [DataTypes.json, ['null', '{"a":[1,2.5,"x"]}', '"😀"', '12345678901234567890.5', null]],
  [DataTypes.binary, [new Uint8Array([]), new Uint8Array([0, 255, 10]), null]],
]

it.each(EXTREMES)('keeps the extremes of %o through load, write and read', async (type, list) => {
  const dataset = datasetOf('f.values', [
    ['n', DataTypes.integer],
    ['v', type],
  ])
  const copy = datasetOf('f.copy', [
    ['n', DataTypes.integer],
    ['v', type],
  ])
  const rows: Row[] = list.map((value, index) => [BigInt(index), value])
  const datasets = [dataset, copy]
  const database = await openDatabase()
  await database.commit(stored([dataset, rows], [copy, []]), { datasets })
  const query = defineQuery('q', [from(dataset.id)])
  const write = defineInstruction('i', [query], [append('q', copy.id)])
  await database.commit([{ kind: 'instruction', instruction: write }], { datasets })
  expect(await database.read([defineQuery('all', [from(copy.id)])], { datasets })).toEqual(rows)
  // bound, and found again
  for (const [index, value] of list.entries()) {
    const found = await database.read(
      [
        defineQuery('q', [
          from(dataset.id),
          filter(call('is_not_distinct', column('v', type), parameter('p', type))),
          select([named('n', column('n', DataTypes.integer))]),
        ]),
      ],
      { datasets, parameters: { p: value } },
    )
    expect(found).toEqual([[BigInt(index)]])
  }
})

it('keeps rows across many statements and batches', async () => {
  const dataset = datasetOf(
    'f.many',
    [
      ['n', DataTypes.integer, 'required'],
      ['s', DataTypes.string],
    ],
    { key: ['n'] },
  )
  const database = await openDatabase()
  for (const [round, count] of [0, 1, 49, 50, 51, 4097, 65_537].entries()) {
    const table = { ...tableOf(dataset), name: `many_${round}` }
    const rows: Row[] = Array.from({ length: count }, (_, n) => [
      BigInt(count - n),
      n % 3 === 0 ? null : `row ${n}`,
    ])
    const { rowCounts } = await database.commit([createTable(table), load(table, rows, 'n')], {})
    expect(rowCounts).toEqual({ n: count })
    const read = await database.read([defineQuery('q', [from('d')])], {
      datasets: [{ ...dataset, id: 'd', table: table.name }],
    })
    expect(read).toEqual(rows)
  }
})

it('copies no more than the rows of a batch that is a view into a large buffer', async () => {
  const dataset = datasetOf('f.view', [
    ['n', DataTypes.integer],
    ['b', DataTypes.boolean],
  ])
  const database = await openDatabase()
  const all = BigInt64Array.from({ length: 1000 }, (_, index) => BigInt(index))
  const marks = new Uint8Array(1000).fill(1, 0, 500)
  const batch: ColumnBatch = {
    rowCount: 2,
    columns: [
      { layout: 'int64', values: all.subarray(499, 501), isNull: marks.subarray(499, 501) },
      { layout: 'boolean', values: marks.subarray(499, 501) },
    ],
  }
  const source = {
    batches: async function* () {
      yield batch
      yield batch
    },
  }
  await database.commit(
    [createTable(tableOf(dataset)), { kind: 'load', table: tableOf(dataset), source, count: 'n' }],
    {},
  )
  const rows = [
    [null, true],
    [500n, false],
  ]
  expect(
    await database.read([defineQuery('q', [from(dataset.id)])], { datasets: [dataset] }),
  ).toEqual([...rows, ...rows])
  expect(all[499]).toBe(499n)
})

const HOSTILE = [
  '"; drop table x; --',
  "'; drop table x; --",
  'a"b',
  'ro\\w',
  'Ünï😀',
  'select',
  'rowid',
  'x]',
  '`',
  '?1',
  '$1',
  ':a',
]

it('takes hostile names and values for what they are', async () => {
  const database = await openDatabase()
  for (const [index, name] of HOSTILE.entries()) {
    const dataset = datasetOf(
      `f.d${index}`,
      [
        [name, DataTypes.string, 'required'],
        ['v', DataTypes.string],
      ],
      {
        table: `t ${name}`,
        key: [name],
      },
    )
    const datasets = [dataset]
    await database.commit(stored([dataset, HOSTILE.map((value) => [value, value])]), { datasets })
    const query = (equals: ReturnType<typeof literal> | ReturnType<typeof parameter>) =>
      defineQuery(`q ${name}`, [
        from(dataset.id),
        filter(call('equal', column(name, DataTypes.string), equals)),
      ])
    for (const value of HOSTILE) {
      const expected = [[value, value]]
      expect(await database.read([query(literal(DataTypes.string, value))], { datasets })).toEqual(
        expected,
      )
      const bound = query(parameter('p', DataTypes.string))
      expect(await database.read([bound], { datasets, parameters: { p: value } })).toEqual(expected)
    }
    const constant = defineQuery('c', [
      values([{ name, type: DataTypes.string }], [[literal(DataTypes.string, name)]]),
    ])
    expect(await database.read([constant], {})).toEqual([[name]])
  }
  expect(await database.session.listTables('t ')).toHaveLength(HOSTILE.length)
})
