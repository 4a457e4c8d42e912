import { DataTypes, type Query, type Row, type Rule } from '@qarion/core'
import {
  aggregate,
  ascending,
  column,
  defineQuery,
  descending,
  derive,
  distinct,
  drop,
  filter,
  from,
  fromQuery,
  integer,
  join,
  limit,
  literal,
  measure,
  named,
  parseExpression,
  rename,
  sameKeys,
  select,
  series,
  sort,
  text,
  union,
  unnest,
  values,
  window,
  windowColumn,
} from '@qarion/plan'
import { beforeAll, expect, it } from 'vitest'

import { datasetOf, openSharedDatabase, stored, type TestDatabase } from './support.ts'

const INTEGER = DataTypes.integer
const STRING = DataTypes.string
const left = datasetOf('f.left', [
  ['id', INTEGER],
  ['name', STRING],
])
const right = datasetOf('f.right', [
  ['id', INTEGER],
  ['tag', STRING],
])
const keyed = datasetOf(
  'f.keyed',
  [
    ['id', INTEGER, 'required'],
    ['v', INTEGER],
  ],
  { key: ['id'] },
)
const datasets = [left, right, keyed]

let database: TestDatabase

beforeAll(async () => {
  database = await openSharedDatabase()
  await database.commit(
    stored(
      [
        left,
        [
          [1n, 'a'],
          [2n, 'b'],
          [3n, null],
          [null, 'n'],
        ],
      ],
      [
        right,
        [
          [1n, 'x'],
          [1n, 'y'],
          [null, 'z'],
          [4n, 'w'],
        ],
      ],
      [
        keyed,
        [
          [1n, 10n],
          [2n, 20n],
          [3n, 30n],
        ],
      ],
    ),
    { datasets },
  )
})

const on = (expression: string, columns = left.columns) => parseExpression(expression, { columns })

async function read(
  rules: readonly Rule[],
  others: readonly Query[] = [],
): Promise<readonly Row[]> {
  return database.read([...others, defineQuery('q', rules)], { datasets })
}

const all = sort(ascending(['id', 'name']))
const rights = defineQuery('rights', [from(right.id)])
const byRight = sort(ascending(['id', 'name', 'r_tag']))

it('selects, derives, renames, drops and filters', async () => {
  const rules = [
    from(left.id),
    filter(on('id is not null')),
    derive([named('twice', on('id * 2')), named('name', on("coalesce(name, '-')"))]),
    rename([{ from: 'twice', to: 'double' }]),
    filter(parseExpression('double > 2', { columns: [{ name: 'double', type: INTEGER }] })),
    sort(descending('double')),
    drop(['id']),
  ]
  expect(await read(rules)).toEqual([
    ['-', 6n],
    ['b', 4n],
  ])
})

it('calculates a derived column once, however often it is used', async () => {
  const rules = [
    from(left.id),
    derive([named('x', on("coalesce(name, '-') || '!'"))]),
    derive([named('y', parseExpression('x || x', { columns: [{ name: 'x', type: STRING }] }))]),
    all,
    limit(2),
    select([named('y', column('y', STRING))]),
  ]
  expect(await read(rules)).toEqual([['n!n!'], ['a!a!']])
})

it.each([
  [
    'inner',
    false,
    [
      [1n, 'a', 1n, 'x'],
      [1n, 'a', 1n, 'y'],
    ],
  ],
  [
    'inner',
    true,
    [
      [null, 'n', null, 'z'],
      [1n, 'a', 1n, 'x'],
      [1n, 'a', 1n, 'y'],
    ],
  ],
  [
    'left',
    false,
    [
      [null, 'n', null, null],
      [1n, 'a', 1n, 'x'],
      [1n, 'a', 1n, 'y'],
      [2n, 'b', null, null],
      [3n, null, null, null],
    ],
  ],
  [
    'left',
    true,
    [
      [null, 'n', null, 'z'],
      [1n, 'a', 1n, 'x'],
      [1n, 'a', 1n, 'y'],
      [2n, 'b', null, null],
      [3n, null, null, null],
    ],
  ],
  [
    'full',
    false,
    [
      [null, null, null, 'z'],
      [null, null, 4n, 'w'],
      [null, 'n', null, null],
      [1n, 'a', 1n, 'x'],
      [1n, 'a', 1n, 'y'],
      [2n, 'b', null, null],
      [3n, null, null, null],
    ],
  ],
  [
    'full',
    true,
    [
      [null, null, 4n, 'w'],
      [null, 'n', null, 'z'],
      [1n, 'a', 1n, 'x'],
      [1n, 'a', 1n, 'y'],
      [2n, 'b', null, null],
      [3n, null, null, null],
    ],
  ],
  ['semi', false, [[1n, 'a']]],
  [
    'semi',
    true,
    [
      [null, 'n'],
      [1n, 'a'],
    ],
  ],
  [
    'anti',
    false,
    [
      [null, 'n'],
      [2n, 'b'],
      [3n, null],
    ],
  ],
  [
    'anti',
    true,
    [
      [2n, 'b'],
      [3n, null],
    ],
  ],
] as const)('joins %s, NULL equal to NULL: %s', async (type, nullSafe, expected) => {
  const joined = join('rights', { type, on: sameKeys(['id'], { nullSafe }), rightPrefix: 'r_' })
  const order = type === 'semi' || type === 'anti' ? all : byRight
  const rows = await read([from(left.id), joined, order], [rights])
  expect([...rows].toSorted((a, b) => (byText(a) < byText(b) ? -1 : 1))).toEqual(
    [...expected].toSorted((a, b) => (byText(a) < byText(b) ? -1 : 1)),
  )
})

it('keeps constants and filters of the right side on the right side', async () => {
  const marked = defineQuery('marked', [
    from(right.id),
    filter(on("tag <> 'y'", right.columns)),
    derive([named('mark', text('m'))]),
  ])
  const rules = [
    from(left.id),
    join('marked', { type: 'left', on: sameKeys(['id'], { nullSafe: false }), rightPrefix: 'r_' }),
    all,
    select(
      ['id', 'r_mark'].map((name) => named(name, column(name, name === 'id' ? INTEGER : STRING))),
    ),
  ]
  expect(await read(rules, [marked])).toEqual([
    [null, null],
    [1n, 'm'],
    [2n, null],
    [3n, null],
  ])
})

it('aggregates over groups and over nothing', async () => {
  const count = measure('n', 'count')
  const group = aggregate({ groupBy: ['id'], measures: [count] })
  expect(await read([from(right.id), group, sort(ascending('id'))])).toEqual([
    [null, 1n],
    [1n, 2n],
    [4n, 1n],
  ])
  const none = [
    from(right.id),
    filter(on("tag = '?'", right.columns)),
    aggregate({ groupBy: [], measures: [count] }),
  ]
  expect(await read(none)).toEqual([[0n]])
})

it('numbers rows in windows and filters by the number', async () => {
  const rules = [
    from(right.id),
    window({
      partitionBy: ['id'],
      orderBy: descending('tag'),
      columns: [windowColumn('n', 'row_number')],
    }),
    filter(parseExpression('n = 1', { columns: [{ name: 'n', type: INTEGER }] })),
    sort(ascending('id')),
    select([named('tag', column('tag', STRING))]),
  ]
  expect(await read(rules)).toEqual([['z'], ['y'], ['w']])
})

it('unites by name, distinct or not', async () => {
  const turned = defineQuery('turned', [
    from(left.id),
    select([named('name', column('name', STRING)), named('id', column('id', INTEGER))]),
  ])
  const united = [from(left.id), union(['turned'])]
  expect(await read(united, [turned])).toHaveLength(8)
  expect(await read([...united, distinct(), all], [turned])).toEqual([
    [null, 'n'],
    [1n, 'a'],
    [2n, 'b'],
    [3n, null],
  ])
})

it('sorts with NULLs where they are asked for, limits after sorting', async () => {
  const names = select([named('name', column('name', STRING))])
  expect(await read([from(left.id), sort(ascending('name')), names])).toEqual([
    [null],
    ['a'],
    ['b'],
    ['n'],
  ])
  expect(
    await read([
      from(left.id),
      sort(descending('name', 'last')),
      limit(2),
      sort(ascending('name')),
      names,
    ]),
  ).toEqual([['b'], ['n']])
  expect(await read([from(left.id), sort(descending('name')), limit(2), names])).toEqual([
    [null],
    ['n'],
  ])
})

it('makes series of integers, days and instants', async () => {
  const of = (
    type: typeof INTEGER | typeof DataTypes.date | typeof DataTypes.timestamp,
    start: string,
    stop: string,
    step: number,
  ) =>
    read([
      series('x', { start: literal(type, start), stop: literal(type, stop), step: integer(step) }),
      sort(ascending('x')),
    ])
  expect(await of(INTEGER, '1', '7', 3)).toEqual([[1n], [4n], [7n]])
  expect(await of(INTEGER, '1', '0', 1)).toEqual([])
  expect(await of(INTEGER, '9223372036854775806', '9223372036854775807', 1)).toHaveLength(2)
  expect(await of(DataTypes.date, '2024-02-28', '2024-03-01', 1)).toEqual([
    [19781],
    [19782],
    [19783],
  ])
  expect(await of(DataTypes.date, '9999-12-30', '9999-12-31', 1)).toHaveLength(2)
  expect(
    await of(DataTypes.timestamp, '1970-01-01T00:00:00Z', '1970-01-01T00:00:01Z', 500_000),
  ).toEqual([[0n], [500_000n], [1_000_000n]])
})

it('takes JSON arrays apart without touching their elements', async () => {
  const json = DataTypes.json
  const source = values(
    [{ name: 'j', type: json }],
    [
      [literal(json, '["a\\n",12345678901234567890.5,{"k":null},null]')],
      [literal(json, null)],
      [literal(json, '[]')],
    ],
  )
  expect(await read([source, unnest('j', 'e', 'n'), drop(['j']), sort(ascending('n'))])).toEqual([
    ['"a\\n"', 1n],
    ['12345678901234567890.5', 2n],
    ['{"k":null}', 3n],
    ['null', 4n],
  ])
})

it('reads a query that is used twice as one', async () => {
  const counted = defineQuery('counted', [
    from(right.id),
    aggregate({ groupBy: ['id'], measures: [measure('n', 'count')] }),
  ])
  const second = defineQuery('second', [
    fromQuery('counted'),
    filter(on('n > 1', [{ name: 'n', type: INTEGER, required: true }])),
  ])
  const rules = [
    fromQuery('counted'),
    join('second', { type: 'inner', on: sameKeys(['id']), rightPrefix: 's_' }),
  ]
  expect(await read(rules, [counted, second])).toEqual([[1n, 2n, 1n, 2n]])
})

it('finds rows by key: the comparison of two batches needs no scan per row', async () => {
  const catalog = { datasets: new Map(datasets.map((one) => [one.id, one])), batches: new Map() }
  const before = defineQuery('before', [from(keyed.id)])
  const changed = defineQuery('changed', [
    from(keyed.id),
    join('before', { type: 'left', on: sameKeys(['id'], { nullSafe: true }), rightPrefix: 'p_' }),
    filter(
      parseExpression('v is distinct from p_v', {
        columns: [
          { name: 'v', type: INTEGER },
          { name: 'p_v', type: INTEGER },
        ],
      }),
    ),
  ])
  const gone = defineQuery('gone', [
    from(keyed.id),
    join('before', { type: 'anti', on: sameKeys(['id'], { nullSafe: true }) }),
  ])
  const { compileQueries } = await import('@qarion/kit-sql')
  const { sqliteDialect } = await import('../src/index.ts')
  const { default: Database } = await import('better-sqlite3')
  const connection = new Database(database.path, { readonly: true })
  for (const query of [changed, gone]) {
    const { sql } = compileQueries([before, query], {
      dialect: sqliteDialect,
      catalog,
      parameters: {},
    })
    expect(sql).not.toContain('WITH')
    const plan = connection
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map(({ detail }) => detail)
    expect(plan).toEqual([
      expect.stringMatching(/^SCAN/),
      expect.stringMatching(/^SEARCH .* xt_key_f_keyed \(id=\?\)/),
    ])
  }
  connection.close()
})

function byText(row: readonly unknown[]): string {
  return row.map(String).join()
}
