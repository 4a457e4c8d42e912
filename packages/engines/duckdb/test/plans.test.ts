import {
  DataTypes,
  decimalType,
  isQarionError,
  vectorFromValues,
  type DataType,
  type Dataset,
  type Expression,
  type Query,
  type Row,
  type Value,
  type Write,
} from '@qarion/core'
import {
  aggregate,
  append,
  ascending,
  call,
  castTo,
  column,
  decimal,
  defineInstruction,
  defineQuery,
  derive,
  distinct,
  filter,
  from,
  fromQuery,
  integer,
  join,
  limit,
  literal,
  measure,
  merge,
  nullOf,
  overwrite,
  parseExpression,
  remove,
  replaceKeys,
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
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { catalogOf, openTestDatabase, type TestDatabase } from './support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(async () => database.close())

const { integer: INTEGER, string: STRING, json: JSON_TYPE } = DataTypes
const ODD = `a"; DROP TABLE "rows"; --`

function table(
  name: string,
  columns: readonly (readonly [string, DataType])[],
  rows: readonly (readonly Expression[])[],
): Query {
  return defineQuery(name, [
    values(
      columns.map(([column_, type]) => ({ name: column_, type })),
      rows,
    ),
  ])
}

const NULL = nullOf(INTEGER)
/** The columns of the documented examples. */
const EXAMPLE = table(
  'e',
  [
    ['n', INTEGER],
    ['x', INTEGER],
    ['s', STRING],
  ],
  [
    [integer(1), integer(1), text('b')],
    [integer(2), integer(2), text('"é')],
    [integer(3), integer(2), nullOf(STRING)],
    [integer(4), NULL, text('a')],
  ],
)
const X = column('x', INTEGER)
const N = column('n', INTEGER)
const S = column('s', STRING)
const byN = [...ascending('n')]

const rowsOf = async (...queries: readonly Query[]): Promise<readonly Row[]> =>
  database.rows(queries)

describe('rules', () => {
  it('aggregate', async () => {
    const measures = [
      measure('count', 'count'),
      measure('count_x', 'count', [X]),
      measure('different', 'count_distinct', [X]),
      measure('sum', 'sum', [X]),
      measure('min', 'min', [S]),
      measure('max', 'max', [S]),
      measure('avg', 'avg', [X]),
      measure('arg_min', 'arg_min', [N, X]),
      measure('arg_max', 'arg_max', [N, X]),
      measure('arg_null', 'arg_max', [X, N]),
      measure('collect', 'collect', [X], byN),
      measure('texts', 'collect', [S], byN),
    ]
    const query = defineQuery('q', [fromQuery('e'), aggregate({ groupBy: [], measures })])
    expect(await rowsOf(EXAMPLE, query)).toEqual([
      [
        4n,
        3n,
        2n,
        5n,
        '"é',
        'b',
        1_666_667n,
        1n,
        2n,
        null,
        '[1,2,2,null]',
        '["b","\\"é",null,"a"]',
      ],
    ])
    const none = defineQuery('q', [
      fromQuery('e'),
      filter(parseExpression('n > 9', { columns: [{ name: 'n', type: INTEGER }] })),
      aggregate({ groupBy: [], measures }),
    ])
    expect(await rowsOf(EXAMPLE, none)).toEqual([
      [0n, 0n, 0n, null, null, null, null, null, null, null, '[]', '[]'],
    ])
  })

  it('window', async () => {
    const columns = [
      windowColumn('row_number', 'row_number'),
      windowColumn('lag', 'lag', [X]),
      windowColumn('lead', 'lead', [X]),
      windowColumn('lag2', 'lag', [X, integer(2)]),
      windowColumn('first', 'first', [X]),
      windowColumn('last', 'last', [X]),
      windowColumn('sum', 'running_sum', [X]),
      windowColumn('count', 'running_count', [X]),
      windowColumn('min', 'running_min', [X]),
      windowColumn('max', 'running_max', [X]),
    ]
    const query = defineQuery('q', [
      fromQuery('e'),
      window({ partitionBy: [], orderBy: byN, columns }),
      sort(byN),
    ])
    expect((await rowsOf(EXAMPLE, query))[2]?.slice(3)).toEqual([
      3n,
      2n,
      null,
      1n,
      1n,
      null,
      5n,
      3n,
      1n,
      2n,
    ])
  })

  it('join, with and without NULL as a key', async () => {
    const right = table(
      'r',
      [
        ['x', INTEGER],
        ['v', STRING],
      ],
      [
        [integer(1), text('one')],
        [NULL, text('none')],
        [integer(7), text('seven')],
      ],
    )
    for (const [nullSafe, type, expected] of [
      [true, 'inner', 2],
      [false, 'inner', 1],
      [true, 'left', 4],
      [true, 'full', 5],
      [false, 'full', 6],
      [true, 'semi', 2],
      [false, 'semi', 1],
      [true, 'anti', 2],
      [false, 'anti', 3],
    ] as const) {
      const query = defineQuery('q', [
        fromQuery('e'),
        join('r', { type, on: [{ left: 'x', right: 'x', nullSafe }], rightPrefix: 'r_' }),
      ])
      expect([nullSafe, type, (await rowsOf(EXAMPLE, right, query)).length]).toEqual([
        nullSafe,
        type,
        expected,
      ])
    }
  })

  it('series, union, distinct, limit, sort', async () => {
    const numbers = defineQuery('n', [
      series('n', { start: integer(5), stop: integer(1), step: integer(-2) }),
    ])
    const query = defineQuery('q', [
      fromQuery('n'),
      union(['n']),
      distinct(),
      sort([{ column: 'n', direction: 'descending', nulls: 'first' }]),
      limit(2),
    ])
    expect(await rowsOf(numbers, query)).toEqual([[5n], [3n]])
    const days = defineQuery('q', [
      series('d', {
        start: literal(DataTypes.date, '2024-02-28'),
        stop: literal(DataTypes.date, '2024-03-01'),
        step: integer(1),
      }),
    ])
    expect((await rowsOf(days)).length).toBe(3)
    const times = defineQuery('q', [
      series('t', {
        start: literal(DataTypes.timestamp, '1970-01-01T00:00:00Z'),
        stop: literal(DataTypes.timestamp, '1970-01-01T00:00:01Z'),
        step: integer(500_000),
      }),
    ])
    expect(await rowsOf(times)).toEqual([[0n], [500_000n], [1_000_000n]])
    const sorted = defineQuery('q', [
      fromQuery('e'),
      select([{ name: 'x', expression: X }]),
      sort([{ column: 'x', direction: 'descending', nulls: 'last' }]),
    ])
    expect(await rowsOf(EXAMPLE, sorted)).toEqual([[2n], [2n], [1n], [null]])
  })

  it('unnest keeps elements as they stand', async () => {
    const arrays = table(
      'a',
      [['j', JSON_TYPE]],
      [
        [literal(JSON_TYPE, '[1e+21,0.1000000000000000055,"a,\\"]b",null,true]')],
        [literal(JSON_TYPE, '[]')],
        [nullOf(JSON_TYPE)],
        [literal(JSON_TYPE, '[[1,2],{"a":"]"},"x"]')],
      ],
    )
    const query = defineQuery('q', [
      fromQuery('a'),
      unnest('j', 'e', 'at'),
      select([
        { name: 'at', expression: column('at', INTEGER) },
        { name: 'e', expression: column('e', JSON_TYPE) },
      ]),
    ])
    const bySize = ([at, e]: Row): string => `${String(at)} ${String(e)}`
    expect((await rowsOf(arrays, query)).map(bySize).toSorted()).toEqual(
      [
        [1n, '1e+21'],
        [2n, '0.1000000000000000055'],
        [3n, '"a,\\"]b"'],
        [4n, 'null'],
        [5n, 'true'],
        [1n, '[1,2]'],
        [2n, '{"a":"]"}'],
        [3n, '"x"'],
      ]
        .map((row) => bySize(row as Row))
        .toSorted(),
    )
  })

  it('takes any name and any text for what it is', async () => {
    const odd = table('o', [[ODD, STRING]], [[text(ODD)], [text(`\\'; x`)]])
    const query = defineQuery('q', [
      fromQuery('o'),
      derive([{ name: `${ODD}2`, expression: column(ODD, STRING) }]),
      sort([...ascending(ODD)]),
    ])
    expect(await rowsOf(odd, query)).toEqual([
      [`\\'; x`, `\\'; x`],
      [ODD, ODD],
    ])
  })

  it('fails where a wide sum leaves 38 digits, also where 128 bits wrap', async () => {
    const wide = decimalType(38, 0)
    const nines = literal(wide, '9'.repeat(38))
    for (const copies of [2, 4, 7]) {
      const rows = table(
        'w',
        [['v', wide]],
        Array.from({ length: copies }, () => [nines]),
      )
      const query = defineQuery('q', [
        fromQuery('w'),
        aggregate({ groupBy: [], measures: [measure('s', 'sum', [column('v', wide)])] }),
      ])
      const thrown: unknown = await rowsOf(rows, query).catch((error: unknown) => error)
      expect(isQarionError(thrown) && thrown.code).toBe('QRN-EXEC-001')
    }
  })
})

describe('writes', () => {
  const target: Dataset = {
    id: 't.target',
    table: `odd ${ODD}`,
    storage: { kind: 'table' },
    columns: [
      { name: 'k', type: INTEGER, required: false },
      { name: 'v', type: STRING, required: false },
    ],
    key: ['k'],
    sortKey: ['k'],
    isInternal: false,
  }
  const source = (rows: readonly (readonly [bigint | null, string])[]): Query =>
    table(
      's',
      [
        ['k', INTEGER],
        ['v', STRING],
      ],
      rows.map(([k, v]) => [k === null ? NULL : integer(k), text(v)]),
    )
  const start: readonly (readonly [Value | null, Value])[] = [
    [null, 'none'],
    [1n, 'one'],
    [2n, 'two'],
  ]

  async function after(query: Query, write: Write): Promise<readonly Row[]> {
    const definition = { name: target.table, columns: target.columns, key: ['k'], isUnique: true }
    await database.commit([
      { kind: 'drop_table', table: target.table },
      { kind: 'create_table', table: definition },
      {
        kind: 'load',
        table: definition,
        count: 'n',
        source: {
          batches: async function* () {
            yield {
              rowCount: 3,
              columns: [
                vectorFromValues(
                  INTEGER,
                  start.map(([k]) => k),
                ),
                vectorFromValues(
                  STRING,
                  start.map(([, v]) => v),
                ),
              ],
            }
          },
        },
      },
    ])
    await database.commit(
      [{ kind: 'instruction', instruction: defineInstruction('i', [query], [write]) }],
      catalogOf(target),
    )
    return database.rows(
      [defineQuery('q', [from(target.id), sort([...ascending('k')])])],
      catalogOf(target),
    )
  }

  it('append', async () => {
    expect(await after(source([[3n, 'three']]), append('s', target.id))).toEqual([
      ...start,
      [3n, 'three'],
    ])
  })
  it('overwrite', async () => {
    expect(await after(source([[3n, 'three']]), overwrite('s', target.id))).toEqual([[3n, 'three']])
  })
  it('replace_keys, where NULL is a key', async () => {
    expect(
      await after(
        source([
          [null, 'new'],
          [2n, 'a'],
          [2n, 'b'],
        ]),
        replaceKeys('s', target.id, ['k']),
      ),
    ).toEqual([
      [null, 'new'],
      [1n, 'one'],
      [2n, expect.any(String)],
      [2n, expect.any(String)],
    ])
  })
  it('delete, where NULL is a key', async () => {
    expect(
      await after(
        source([
          [null, ''],
          [2n, ''],
        ]),
        remove('s', target.id, ['k']),
      ),
    ).toEqual([[1n, 'one']])
  })
  it('merge', async () => {
    const branches = [
      {
        when: 'matched',
        condition: parseExpression(`source_v = 'gone'`, {
          columns: [{ name: 'source_v', type: STRING }],
        }),
        action: { kind: 'delete' },
      },
      {
        when: 'matched',
        action: { kind: 'update', set: [{ name: 'v', expression: column('source_v', STRING) }] },
      },
      {
        when: 'not_matched',
        action: {
          kind: 'insert',
          set: [
            { name: 'k', expression: column('source_k', INTEGER) },
            { name: 'v', expression: column('source_v', STRING) },
          ],
        },
      },
    ] as const
    expect(
      await after(
        source([
          [1n, 'gone'],
          [2n, 'TWO'],
          [9n, 'nine'],
        ]),
        merge('s', target.id, { on: ['k'], branches }),
      ),
    ).toEqual([
      [null, 'none'],
      [2n, 'TWO'],
      [9n, 'nine'],
    ])
    const twice = after(
      source([
        [1n, 'a'],
        [1n, 'b'],
      ]),
      merge('s', target.id, { on: ['k'], branches }),
    )
    expect(await twice.catch((error: unknown) => isQarionError(error) && error.code)).toBe(
      'QRN-SQL-004',
    )
  })
})

describe('exact arithmetic on columns', () => {
  const wideDecimal = (precision: number): fc.Arbitrary<bigint> =>
    fc.oneof(
      fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }),
      fc.bigInt({ min: -1000n, max: 1000n }),
    )
  const shape = fc
    .record({ precision: fc.constantFrom(4, 9, 18, 38), scale: fc.nat(38) })
    .map(({ precision, scale }) => decimalType(precision, Math.min(scale, precision)))
  const halfAway = (numerator: bigint, denominator: bigint): bigint => {
    const [n, d] = [
      numerator < 0n ? -numerator : numerator,
      denominator < 0n ? -denominator : denominator,
    ]
    const rounded = n / d + (n % d >= d - (n % d) ? 1n : 0n)
    return numerator < 0n === denominator < 0n ? rounded : -rounded
  }
  const pad = (value: bigint, scale: number): string => {
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    return `${value < 0n ? '-' : ''}${scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`}`
  }

  it('divides as long division does', async () => {
    const pairs = fc.tuple(shape, shape).chain(([a, b]) =>
      fc.record({
        a: fc.constant(a),
        b: fc.constant(b),
        rows: fc.array(fc.tuple(wideDecimal(a.precision), wideDecimal(b.precision)), {
          minLength: 5,
          maxLength: 20,
        }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(pairs, async ({ a, b, rows }) => {
        const quotientType = call('divide', column('a', a), column('b', b)).type as ReturnType<
          typeof decimalType
        >
        const usable = rows
          .filter(([, y]) => y !== 0n)
          .map(
            ([x, y]) =>
              [
                x,
                y,
                halfAway(
                  x * 10n ** BigInt(b.scale + quotientType.scale),
                  y * 10n ** BigInt(a.scale),
                ),
              ] as const,
          )
          .filter(([, , q]) => (q < 0n ? -q : q) < 10n ** BigInt(quotientType.precision))
        if (usable.length === 0) return
        const source = table(
          's',
          [
            ['a', a],
            ['b', b],
          ],
          usable.map(([x, y]) => [literal(a, pad(x, a.scale)), literal(b, pad(y, b.scale))]),
        )
        const query = defineQuery('q', [
          fromQuery('s'),
          select([{ name: 'q', expression: call('divide', column('a', a), column('b', b)) }]),
        ])
        expect((await rowsOf(source, query)).map(([q]) => q)).toEqual(usable.map(([, , q]) => q))
      }),
      { numRuns: 15 },
    )
  }, 60_000)

  it('multiplies beyond 18 digits', async () => {
    const type = decimalType(18, 1)
    const source = table(
      's',
      [
        ['a', type],
        ['i', INTEGER],
      ],
      [[literal(type, '99999999999999999.9'), integer(2n ** 62n)]],
    )
    const query = defineQuery('q', [
      fromQuery('s'),
      select([
        { name: 'p', expression: call('multiply', column('a', type), column('a', type)) },
        { name: 'i', expression: call('multiply', column('a', type), column('i', INTEGER)) },
        { name: 't', expression: call('add', column('a', type), column('a', type)) },
      ]),
    ])
    const big = 10n ** 18n - 1n
    expect(await rowsOf(source, query)).toEqual([[big * big, big * 2n ** 62n, big * 2n]])
  })

  it('casts a wide product back', async () => {
    const product = castTo(call('multiply', decimal('1.5'), decimal('2.5')), decimalType(38, 2))
    expect(
      await rowsOf(
        defineQuery('q', [
          values([{ name: 'o', type: INTEGER }], [[integer(1)]]),
          select([{ name: 'p', expression: product }]),
        ]),
      ),
    ).toEqual([[375n]])
  })
})
