import {
  DataTypes,
  decimalType,
  type Catalog,
  type Dataset,
  type Query,
  type Rule,
} from '@qarion/core'
import {
  aggregate,
  ascending,
  column,
  defineQuery,
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
  parameter,
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
import { describe, expect, it } from 'vitest'

import { compileQueries, type CompileContext, type Dialect } from '../src/index.ts'
import { fakeDialect } from './fake-dialect.ts'

const INTEGER = DataTypes.integer
const STRING = DataTypes.string
const AMOUNT = decimalType(12, 2)

const orders: Dataset = {
  id: 'o.landing',
  table: 'landing',
  storage: { kind: 'batches' },
  columns: [
    { name: 'id', type: INTEGER, required: true },
    { name: 'amount', type: AMOUNT, required: false },
    { name: 'note', type: STRING, required: false, default: literal(STRING, "it's") },
    { name: 'xt_batch_id', type: INTEGER, required: true },
  ],
  key: ['id'],
  sortKey: ['id'],
  isInternal: false,
}
const tags: Dataset = {
  id: 'o.tags',
  table: 'tag"s',
  storage: { kind: 'table' },
  columns: [
    { name: 'id', type: INTEGER, required: false },
    { name: 'tag', type: STRING, required: false },
    { name: 'list', type: DataTypes.json, required: false },
  ],
  key: [],
  sortKey: [],
  isInternal: false,
}
const view: Dataset = {
  ...tags,
  id: 'o.view',
  table: 'view',
  storage: {
    kind: 'view',
    queries: [
      defineQuery('q', [
        from(tags.id),
        filter(parseExpression("tag = 'v'", { columns: tags.columns })),
      ]),
    ],
  },
}

const catalog: Catalog = {
  datasets: new Map([orders, tags, view].map((dataset) => [dataset.id, dataset])),
  batches: new Map([
    [
      orders.id,
      {
        predecessor: {
          table: 'landing__b1',
          columns: ['id', 'amount'],
          constants: { xt_batch_id: 1n },
        },
        current: {
          table: 'landing__b2',
          columns: ['id', 'amount', 'note'],
          constants: { xt_batch_id: 2n },
        },
      },
    ],
  ]),
}

function compile(
  rules: readonly Rule[],
  others: readonly Query[] = [],
  more: Partial<CompileContext> = {},
) {
  return compileQueries([...others, defineQuery('q', rules)], {
    dialect: fakeDialect,
    catalog,
    parameters: { batch_id: 7n },
    ...more,
  })
}

const sqlOf = (...args: Parameters<typeof compile>): string => compile(...args).sql
const on = (
  condition: string,
  columns: readonly { name: string; type: Dataset['columns'][number]['type'] }[] = orders.columns,
) => parseExpression(condition, { columns })

describe('folding', () => {
  it('makes one SELECT of projections and filters', () => {
    expect(
      sqlOf([
        from(orders.id, 'current'),
        filter(on('amount > 1.5')),
        derive([named('twice', on('amount + amount'))]),
        rename([{ from: 'twice', to: 'double' }]),
        drop(['note', 'xt_batch_id']),
        filter(on('id <> 3')),
      ]),
    ).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", "t1"."amount" AS "amount", (CAST("t1"."amount" AS DECIMAL(13,2)) + CAST("t1"."amount" AS DECIMAL(13,2))) AS "double" FROM "landing__b2" AS "t1" WHERE ("t1"."amount" > CAST(CAST('1.5' AS DECIMAL(2,1)) AS DECIMAL(12,2))) AND ("t1"."id" <> CAST('3' AS INTEGER))"`,
    )
  })

  it('starts a new SELECT where a calculated column is used twice', () => {
    expect(
      sqlOf([
        from(tags.id),
        derive([named('x', on("tag || '!'", tags.columns))]),
        select([named('y', on('x || x', [{ name: 'x', type: STRING }]))]),
      ]),
    ).toMatchInlineSnapshot(
      `"SELECT ("t2"."x" || "t2"."x") AS "y" FROM (SELECT "t1"."id" AS "id", "t1"."tag" AS "tag", "t1"."list" AS "list", ("t1"."tag" || '!') AS "x" FROM "tag""s" AS "t1") AS "t2""`,
    )
  })

  it('joins tables directly, by equality where keys are never NULL', () => {
    const before = defineQuery('before', [
      from(orders.id, 'predecessor'),
      select([named('id', column('id', INTEGER)), named('amount', column('amount', AMOUNT))]),
    ])
    const rules = [
      from(orders.id, 'current'),
      join('before', { type: 'left', on: sameKeys(['id']), rightPrefix: 'p_' }),
      filter(
        on('amount is distinct from p_amount', [
          { name: 'amount', type: AMOUNT },
          { name: 'p_amount', type: AMOUNT },
        ]),
      ),
      select([named('id', column('id', INTEGER))]),
    ]
    expect(sqlOf(rules, [before])).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id" FROM "landing__b2" AS "t1" LEFT JOIN "landing__b1" AS "t2" ON ("t1"."id" = "t2"."id") WHERE ("t1"."amount" IS DISTINCT FROM "t2"."amount")"`,
    )
  })

  it('keeps constants of an optional side behind a SELECT, so that they are NULL without a row', () => {
    const before = defineQuery('before', [from(orders.id, 'predecessor')])
    const compiled = compile(
      [from(tags.id), join('before', { type: 'left', on: sameKeys(['id']), rightPrefix: 'p_' })],
      [before],
    )
    expect(compiled.sql).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", "t1"."tag" AS "tag", "t1"."list" AS "list", "t3"."id" AS "p_id", "t3"."amount" AS "p_amount", "t3"."note" AS "p_note", "t3"."xt_batch_id" AS "p_xt_batch_id" FROM "tag""s" AS "t1" LEFT JOIN (SELECT "t2"."id" AS "id", "t2"."amount" AS "amount", 'it''s' AS "note", $1 AS "xt_batch_id" FROM "landing__b1" AS "t2") AS "t3" ON ("t1"."id" IS NOT DISTINCT FROM "t3"."id")"`,
    )
    expect(compiled.parameters).toEqual([{ value: 1n, type: INTEGER }])
  })

  it('moves filters of the right side into ON, and keeps those of a full join inside', () => {
    const some = defineQuery('some', [
      from(tags.id),
      filter(on("tag = 'a'", tags.columns)),
      drop(['list']),
    ])
    const joined = (type: 'left' | 'full') =>
      sqlOf(
        [
          from(tags.id),
          drop(['list']),
          join('some', { type, on: sameKeys(['id']), rightPrefix: 's_' }),
        ],
        [some],
      )
    expect(joined('left')).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", "t1"."tag" AS "tag", "t2"."id" AS "s_id", "t2"."tag" AS "s_tag" FROM "tag""s" AS "t1" LEFT JOIN "tag""s" AS "t2" ON ("t1"."id" IS NOT DISTINCT FROM "t2"."id") AND ("t2"."tag" = 'a')"`,
    )
    expect(joined('full')).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", "t1"."tag" AS "tag", "t3"."id" AS "s_id", "t3"."tag" AS "s_tag" FROM "tag""s" AS "t1" FULL JOIN (SELECT "t2"."id" AS "id", "t2"."tag" AS "tag" FROM "tag""s" AS "t2" WHERE ("t2"."tag" = 'a')) AS "t3" ON ("t1"."id" IS NOT DISTINCT FROM "t3"."id")"`,
    )
  })

  it('makes a common table expression of a costly query that is read twice only', () => {
    const counted = defineQuery('counted', [
      from(tags.id),
      aggregate({ groupBy: ['id'], measures: [measure('n', 'count')] }),
    ])
    const rules = [fromQuery('counted'), union(['counted'])]
    expect(sqlOf(rules, [counted])).toMatchInlineSnapshot(
      `"WITH "xt:counted" AS (SELECT "t1"."id" AS "id", COUNT(*) AS "n" FROM "tag""s" AS "t1" GROUP BY "t1"."id") SELECT "t4"."id" AS "id", "t4"."n" AS "n" FROM (SELECT "t2"."id" AS "id", "t2"."n" AS "n" FROM "xt:counted" AS "t2" UNION ALL SELECT "t3"."id" AS "id", "t3"."n" AS "n" FROM "xt:counted" AS "t3") AS "t4""`,
    )
    expect(sqlOf([fromQuery('counted')], [counted])).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", COUNT(*) AS "n" FROM "tag""s" AS "t1" GROUP BY "t1"."id""`,
    )
  })

  it('wraps what may not be folded: grouped, windowed, limited, distinct', () => {
    const positive = filter(on('n > 1', [{ name: 'n', type: INTEGER }]))
    const number = windowColumn('n', 'row_number')
    expect(
      sqlOf([
        from(tags.id),
        aggregate({ groupBy: ['tag'], measures: [measure('n', 'count')] }),
        positive,
      ]),
    ).toMatchInlineSnapshot(
      `"SELECT "t2"."tag" AS "tag", "t2"."n" AS "n" FROM (SELECT "t1"."tag" AS "tag", COUNT(*) AS "n" FROM "tag""s" AS "t1" GROUP BY "t1"."tag") AS "t2" WHERE ("t2"."n" > CAST('1' AS INTEGER))"`,
    )
    expect(
      sqlOf([
        from(tags.id),
        drop(['list']),
        window({ partitionBy: ['tag'], orderBy: ascending('id'), columns: [number] }),
        positive,
      ]),
    ).toMatchInlineSnapshot(
      `"SELECT "t2"."id" AS "id", "t2"."tag" AS "tag", "t2"."n" AS "n" FROM (SELECT "t1"."id" AS "id", "t1"."tag" AS "tag", ROW_NUMBER() OVER (PARTITION BY "t1"."tag" ORDER BY "t1"."id" ASC NULLS FIRST) AS "n" FROM "tag""s" AS "t1") AS "t2" WHERE ("t2"."n" > CAST('1' AS INTEGER))"`,
    )
    expect(
      sqlOf([
        from(tags.id),
        drop(['list']),
        sort(ascending('id')),
        limit(2),
        sort(ascending('tag', 'last')),
      ]),
    ).toMatchInlineSnapshot(
      `"SELECT "t2"."id" AS "id", "t2"."tag" AS "tag" FROM (SELECT "t1"."id" AS "id", "t1"."tag" AS "tag" FROM "tag""s" AS "t1" ORDER BY "t1"."id" ASC NULLS FIRST LIMIT 2) AS "t2" ORDER BY "t2"."tag" ASC NULLS LAST"`,
    )
    expect(sqlOf([from(tags.id), drop(['list']), distinct(), drop(['tag'])])).toMatchInlineSnapshot(
      `"SELECT "t2"."id" AS "id" FROM (SELECT DISTINCT "t1"."id" AS "id", "t1"."tag" AS "tag" FROM "tag""s" AS "t1") AS "t2""`,
    )
  })
})

describe('sources', () => {
  it('reads a batch that is absent as no rows of the right columns', () => {
    const none = { ...catalog, batches: new Map() }
    expect(sqlOf([from(orders.id, 'current')], [], { catalog: none })).toMatchInlineSnapshot(
      `"SELECT CAST(NULL AS INTEGER) AS "id", CAST(NULL AS DECIMAL(12,2)) AS "amount", CAST(NULL AS STRING) AS "note", CAST(NULL AS INTEGER) AS "xt_batch_id" WHERE 1 = 0"`,
    )
  })

  it('reads a missing column as its default, a constant as bound value, printed where nothing can be bound', () => {
    expect(sqlOf([from(orders.id, 'predecessor')])).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", "t1"."amount" AS "amount", 'it''s' AS "note", $1 AS "xt_batch_id" FROM "landing__b1" AS "t1""`,
    )
    expect(sqlOf([from(orders.id, 'predecessor')], [], { values: 'print' })).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", "t1"."amount" AS "amount", 'it''s' AS "note", CAST('1' AS INTEGER) AS "xt_batch_id" FROM "landing__b1" AS "t1""`,
    )
  })

  it('reads what is stored, not what is declared', () => {
    const stored = new Map([['landing__b2', { kind: 'table', columns: new Set(['id']) } as const]])
    expect(
      sqlOf([from(orders.id, 'current'), select([named('amount', column('amount', AMOUNT))])], [], {
        stored,
      }),
    ).toMatchInlineSnapshot(
      `"SELECT CAST(NULL AS DECIMAL(12,2)) AS "amount" FROM "landing__b2" AS "t1""`,
    )
    expect(
      sqlOf([from(tags.id), select([named('id', column('id', INTEGER))])], [], { stored }),
    ).toMatchInlineSnapshot(`"SELECT CAST(NULL AS INTEGER) AS "id" WHERE 1 = 0"`)
  })

  it('inlines views', () => {
    expect(
      sqlOf([from(view.id), select([named('id', column('id', INTEGER))])]),
    ).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id" FROM "tag""s" AS "t1" WHERE ("t1"."tag" = 'v')"`,
    )
  })

  it('makes rows of constants and series', () => {
    expect(
      sqlOf([
        values(
          [
            { name: 'a', type: INTEGER },
            { name: 'b', type: STRING },
          ],
          [
            [integer(1), text("'")],
            [parameter('batch_id', INTEGER), literal(STRING, null)],
          ],
        ),
      ]),
    ).toMatchInlineSnapshot(
      `"SELECT "t1"."a" AS "a", "t1"."b" AS "b" FROM (WITH rows("a", "b") AS (VALUES (CAST('1' AS INTEGER), ''''), ($1, CAST(NULL AS STRING))) SELECT "a", "b" FROM rows) AS "t1""`,
    )
    expect(sqlOf([values([{ name: 'a', type: INTEGER }], [])])).toMatchInlineSnapshot(
      `"SELECT CAST(NULL AS INTEGER) AS "a" WHERE 1 = 0"`,
    )
    expect(
      sqlOf([series('n', { start: integer(1), stop: integer(9), step: integer(2) })]),
    ).toMatchInlineSnapshot(
      `"SELECT "t1"."n" AS "n" FROM (WITH RECURSIVE steps("n") AS (SELECT CAST('1' AS INTEGER) WHERE CAST('1' AS INTEGER) <= CAST('9' AS INTEGER) UNION ALL SELECT "n" + 2 FROM steps WHERE "n" + 2 <= CAST('9' AS INTEGER)) SELECT "n" FROM steps) AS "t1""`,
    )
  })

  it('takes arrays apart', () => {
    expect(
      sqlOf([from(tags.id), unnest('list', 'one', 'place'), drop(['list', 'tag'])]),
    ).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id", "t2".element AS "one", "t2".ordinal AS "place" FROM "tag""s" AS "t1", JSON_TABLE("t1"."list", '$[*]' COLUMNS (ordinal FOR ORDINALITY, element JSON PATH '$')) AS "t2""`,
    )
  })

  it('reads what is staged', () => {
    const kept = defineQuery('kept', [from(tags.id)])
    const staged = new Map([
      ['kept', { table: 'stage_1', columns: [{ name: 'id', type: INTEGER }] }],
    ])
    expect(sqlOf([fromQuery('kept')], [kept], { staged })).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id" FROM temp."stage_1" AS "t1""`,
    )
  })
})

const expression = (condition: string): string =>
  sqlOf([from(orders.id, 'current'), select([named('x', on(condition))])])

describe('expressions', () => {
  it('compares numbers in one type and converts to the type of the result', () => {
    expect(expression('amount = id')).toMatchInlineSnapshot(
      `"SELECT (CAST("t1"."amount" AS DECIMAL(21,2)) = CAST("t1"."id" AS DECIMAL(21,2))) AS "x" FROM "landing__b2" AS "t1""`,
    )
    expect(expression('amount in (1, 2.5)')).toMatchInlineSnapshot(
      `"SELECT (CAST("t1"."amount" AS DECIMAL(21,2)) IN (CAST(CAST('1' AS INTEGER) AS DECIMAL(21,2)), CAST(CAST('2.5' AS DECIMAL(2,1)) AS DECIMAL(21,2)))) AS "x" FROM "landing__b2" AS "t1""`,
    )
    expect(expression('case when id = 1 then amount else 0 end')).toMatchInlineSnapshot(
      `"SELECT CASE WHEN ("t1"."id" = CAST('1' AS INTEGER)) THEN "t1"."amount" ELSE CAST(CAST('0' AS INTEGER) AS DECIMAL(12,2)) END AS "x" FROM "landing__b2" AS "t1""`,
    )
    expect(expression('null_if(amount, id)')).toMatchInlineSnapshot(
      `"SELECT CASE WHEN (CAST("t1"."amount" AS DECIMAL(21,2)) = CAST("t1"."id" AS DECIMAL(21,2))) THEN CAST(NULL AS DECIMAL(12,2)) ELSE "t1"."amount" END AS "x" FROM "landing__b2" AS "t1""`,
    )
    expect(expression('amount / 0')).toMatchInlineSnapshot(
      `"SELECT CASE WHEN CAST('0' AS INTEGER) = 0 THEN FAIL('QRN-EXEC-002') ELSE CAST(("t1"."amount" / CAST('0' AS INTEGER)) AS DECIMAL(18,6)) END AS "x" FROM "landing__b2" AS "t1""`,
    )
  })

  it('binds a parameter once, wherever it stands', () => {
    const both = parseExpression(':batch_id = id or :batch_id > 1', {
      columns: orders.columns,
      parameters: new Map([['batch_id', INTEGER]]),
    })
    const compiled = compile([
      from(orders.id, 'current'),
      filter(both),
      select([named('id', column('id', INTEGER))]),
    ])
    expect(compiled.sql).toMatchInlineSnapshot(
      `"SELECT "t1"."id" AS "id" FROM "landing__b2" AS "t1" WHERE (($1 = "t1"."id") OR ($1 > CAST('1' AS INTEGER)))"`,
    )
    expect(compiled.parameters).toEqual([{ value: 7n, type: INTEGER }])
  })
})

describe.each(['exists', 'join', 'lookup'] as const)('membership %s', (membership) => {
  const dialect: Dialect = { ...fakeDialect, membership }
  const others = [
    defineQuery('other', [
      from(orders.id, 'current'),
      select([named('id', column('id', INTEGER))]),
    ]),
  ]
  const kept = (type: 'semi' | 'anti', nullSafe: boolean): string =>
    sqlOf(
      [from(tags.id), drop(['list']), join('other', { type, on: sameKeys(['id'], { nullSafe }) })],
      others,
      { dialect },
    )

  it('keeps and leaves out', () => {
    expect([
      kept('semi', false),
      kept('semi', true),
      kept('anti', false),
      kept('anti', true),
    ]).toMatchSnapshot()
  })
})

const failing = (rules: readonly Rule[]) => () => compile(rules)

it('names what a broken plan names', () => {
  const broken = expect.objectContaining({ code: 'QRN-SQL-001' })
  expect(failing([from('o.nothing')])).toThrow(broken)
  expect(failing([fromQuery('nothing')])).toThrow(broken)
  expect(failing([from(tags.id), drop(['nothing'])])).toThrow(broken)
  expect(failing([from(tags.id), filter(call1())])).toThrow(broken)
  expect(failing([from(tags.id), derive([named('x', parameter('nothing', INTEGER))])])).toThrow(
    broken,
  )
})

function call1() {
  return parseExpression('nothing = 1', { columns: [{ name: 'nothing', type: INTEGER }] })
}
