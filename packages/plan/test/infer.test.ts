import { DataTypes, decimalType, formatType } from '@qarion/core'
import type { Expression, Query, Rule } from '@qarion/core'
import {
  aggregate,
  and,
  ascending,
  assert,
  boolean,
  call,
  column,
  defineQuery,
  derive,
  descending,
  distinct,
  drop,
  equal,
  filter,
  from,
  fromQuery,
  inferColumns,
  inferSteps,
  integer,
  isNotNull,
  join,
  keep,
  limit,
  literal,
  measure,
  named,
  nullOf,
  parameter,
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
  type PlanColumn,
} from '@qarion/plan'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { choices, type Choices } from './choices.ts'
import { AMOUNT, DATASETS, problemOf, thrownBy } from './support.ts'

const id = column('order_id', DataTypes.integer)
const amount = column('amount', AMOUNT)
const status = column('status', DataTypes.string)
const OPEN = from('orders.landing', 'current')

function show(columns: readonly PlanColumn[] | undefined): readonly string[] | undefined {
  return columns?.map(
    ({ name, type, nullable }) => `${name} ${formatType(type)}${nullable ? '?' : ''}`,
  )
}

function infer(...rules: readonly Rule[]): readonly string[] | undefined {
  return show(inferColumns([...EARLIER, { name: 'q', rules }], DATASETS).get('q'))
}

const EARLIER: readonly Query[] = [
  defineQuery('state', [from('orders.state')]),
  defineQuery('no_status', [fromQuery('state'), drop(['status'])]),
  defineQuery('texts', [fromQuery('no_status'), derive([named('status', integer(1))])]),
  defineQuery('guarded', [
    fromQuery('state'),
    assert({ guard: 'g', code: 'QRN-X-001', message: 'm', hint: 'h', canBeAccepted: true }),
  ]),
]

describe('columns after each rule', () => {
  const all = ['order_id integer', 'amount decimal(12,2)?', 'status string?']

  test.each<[string, readonly Rule[], readonly string[]]>([
    ['from a table', [from('orders.state')], all],
    ['from a batch', [OPEN], [...all, 'tags json?']],
    ['from a query', [fromQuery('no_status')], all.slice(0, 2)],
    [
      'values',
      [
        values(
          [
            { name: 'a', type: DataTypes.integer },
            { name: 'b', type: DataTypes.string },
          ],
          [
            [integer(1), text('x')],
            [integer(2), nullOf(DataTypes.string)],
            [integer(3), parameter('p', DataTypes.string)],
          ],
        ),
      ],
      ['a integer', 'b string?'],
    ],
    [
      'series',
      [
        series('day', {
          start: literal(DataTypes.date, '2024-01-01'),
          stop: parameter('to', DataTypes.date),
          step: integer(1),
        }),
      ],
      ['day date'],
    ],
    [
      'select',
      [OPEN, select([named('x', call('add', id, integer(1))), named('y', isNotNull(amount))])],
      ['x integer', 'y boolean'],
    ],
    [
      'keep',
      [OPEN, select(keep([{ name: 'status', type: DataTypes.string }]))],
      ['status string?'],
    ],
    [
      'derive replaces in place',
      [OPEN, drop(['tags']), derive([named('amount', integer(0)), named('z', text('a'))])],
      ['order_id integer', 'amount integer', 'status string?', 'z string'],
    ],
    [
      'rename',
      [
        from('orders.state'),
        rename([
          { from: 'amount', to: 'status' },
          { from: 'status', to: 'amount' },
        ]),
      ],
      ['order_id integer', 'status decimal(12,2)?', 'amount string?'],
    ],
    ['filter', [from('orders.state'), filter(and(isNotNull(amount), boolean(true)))], all],
    [
      'inner join',
      [
        from('orders.state'),
        join('no_status', { type: 'inner', on: sameKeys(['order_id']), rightPrefix: 'old_' }),
      ],
      [...all, 'old_order_id integer', 'old_amount decimal(12,2)?'],
    ],
    [
      'left join',
      [
        from('orders.state'),
        join('no_status', { type: 'left', on: sameKeys(['order_id']), rightPrefix: 'old_' }),
      ],
      [...all, 'old_order_id integer?', 'old_amount decimal(12,2)?'],
    ],
    [
      'full join',
      [from('orders.state'), join('no_status', { type: 'full', on: [], rightPrefix: 'old_' })],
      ['order_id integer?', ...all.slice(1), 'old_order_id integer?', 'old_amount decimal(12,2)?'],
    ],
    [
      'anti join',
      [
        from('orders.state'),
        join('no_status', { type: 'anti', on: sameKeys(['amount'], { nullSafe: false }) }),
      ],
      all,
    ],
    [
      'aggregate by a column',
      [
        OPEN,
        aggregate({
          groupBy: ['order_id'],
          measures: [
            measure('n', 'count'),
            measure('total', 'sum', [amount]),
            measure('last', 'max', [id]),
            measure('all', 'collect', [status], ascending('status')),
          ],
        }),
      ],
      ['order_id integer', 'n integer', 'total decimal(18,2)?', 'last integer', 'all json'],
    ],
    [
      'aggregate of all rows',
      [OPEN, aggregate({ groupBy: [], measures: [measure('last', 'max', [id])] })],
      ['last integer?'],
    ],
    [
      'window',
      [
        from('orders.state'),
        window({
          partitionBy: ['status'],
          orderBy: descending(['order_id']),
          columns: [
            windowColumn('n', 'row_number'),
            windowColumn('before', 'lag', [id]),
            windowColumn('total', 'running_sum', [id]),
          ],
        }),
      ],
      [...all, 'n integer', 'before integer?', 'total integer'],
    ],
    ['union', [fromQuery('state'), union(['state', 'state'])], all],
    [
      'unnest',
      [OPEN, unnest('tags', 'tag', 'place')],
      [...all, 'tags json?', 'tag json', 'place integer'],
    ],
    [
      'distinct, sort, limit',
      [from('orders.state'), distinct(), sort(ascending(['order_id'], 'last')), limit(3)],
      all,
    ],
    [
      'case and coalesce',
      [OPEN, select([named('x', call('coalesce', amount, literal(AMOUNT, '0')))])],
      ['x decimal(12,2)'],
    ],
  ])('%s', (_, rules, columns) => {
    expect(infer(...rules)).toEqual(columns)
  })

  test('one list per rule', () => {
    const query = defineQuery('q', [from('orders.state'), drop(['status']), limit(1)])
    const steps = inferSteps(query, { datasets: DATASETS, queries: new Map() })
    expect(steps.map((columns) => columns.length)).toEqual([3, 2, 2])
  })
})

/** A tree that no builder makes. */
function wrong(expression: unknown): Expression {
  return expression as Expression
}

describe('refused', () => {
  test.each<[string, readonly Rule[], string, RegExp]>([
    ['no rules', [], 'QRN-PLAN-010', /no rules/],
    ['no source', [distinct()], 'QRN-PLAN-010', /cannot start/],
    ['two sources', [OPEN, OPEN], 'QRN-PLAN-010', /only open/],
    [
      'a rule after assert',
      [
        OPEN,
        assert({ guard: 'g', code: 'c', message: 'm', hint: 'h', canBeAccepted: true }),
        distinct(),
      ],
      'QRN-PLAN-010',
      /after the assert/,
    ],
    ['unknown dataset', [from('orders.stat')], 'QRN-PLAN-009', /orders.stat/],
    ['unknown query', [fromQuery('stat')], 'QRN-PLAN-008', /query q, rule 1 \(from\)/],
    ['a later query', [fromQuery('q')], 'QRN-PLAN-008', /no query q/],
    ['a guard as source', [fromQuery('guarded')], 'QRN-PLAN-008', /guarded/],
    ['batches without version', [from('orders.landing')], 'QRN-PLAN-012', /without a version/],
    ['a table with version', [from('orders.state', 'current')], 'QRN-PLAN-012', /with a version/],
    ['values without columns', [values([], [])], 'QRN-PLAN-015', /no columns/],
    [
      'a ragged row',
      [values([{ name: 'a', type: DataTypes.integer }], [[]])],
      'QRN-PLAN-015',
      /0 cells for 1/,
    ],
    [
      'a cell that is no constant',
      [values([{ name: 'a', type: DataTypes.integer }], [[id]])],
      'QRN-PLAN-015',
      /neither/,
    ],
    [
      'a cell of another type',
      [values([{ name: 'a', type: DataTypes.integer }], [[text('1')]])],
      'QRN-PLAN-002',
      /cell of a/,
    ],
    [
      'series of text',
      [series('s', { start: text('a'), stop: text('b'), step: integer(1) })],
      'QRN-PLAN-002',
      /series of string/,
    ],
    [
      'series back',
      [series('s', { start: integer(1), stop: integer(2), step: integer(0) })],
      'QRN-PLAN-015',
      /step/,
    ],
    [
      'series of two types',
      [
        series('s', {
          start: integer(1),
          stop: literal(DataTypes.date, '2024-01-01'),
          step: integer(1),
        }),
      ],
      'QRN-PLAN-002',
      /Start and stop/,
    ],
    ['no selected column', [OPEN, select([])], 'QRN-PLAN-015', /no columns/],
    [
      'unknown column',
      [OPEN, select([named('x', column('amout', AMOUNT))])],
      'QRN-PLAN-001',
      /column x: There is no column amout/,
    ],
    [
      'column of another type',
      [OPEN, select([named('x', column('amount', DataTypes.integer))])],
      'QRN-PLAN-002',
      /decimal\(12,2\), not integer/,
    ],
    [
      'the same name twice',
      [OPEN, select([named('x', id), named('x', id)])],
      'QRN-PLAN-007',
      /two columns x/,
    ],
    [
      'names that differ in case',
      [OPEN, derive([named('Amount', id)])],
      'QRN-PLAN-007',
      /case only/,
    ],
    [
      'derived twice',
      [OPEN, derive([named('x', id), named('x', id)])],
      'QRN-PLAN-007',
      /two columns x/,
    ],
    ['a name too long', [OPEN, select([named('é'.repeat(32), id)])], 'QRN-PLAN-015', /64 bytes/],
    ['an empty name', [OPEN, select([named('', id)])], 'QRN-PLAN-015', /0 bytes/],
    ['rename of nothing', [OPEN, rename([{ from: 'x', to: 'y' }])], 'QRN-PLAN-001', /no column x/],
    [
      'renamed twice',
      [
        OPEN,
        rename([
          { from: 'amount', to: 'y' },
          { from: 'amount', to: 'z' },
        ]),
      ],
      'QRN-PLAN-007',
      /renamed twice/,
    ],
    ['all dropped', [from('orders.rejects'), drop(['line'])], 'QRN-PLAN-015', /drops all/],
    ['filter by a number', [OPEN, filter(id)], 'QRN-PLAN-002', /integer, not boolean/],
    [
      'join on unknown',
      [OPEN, join('state', { type: 'inner', on: sameKeys(['x']) })],
      'QRN-PLAN-001',
      /x/,
    ],
    [
      'join on two types',
      [
        OPEN,
        join('state', {
          type: 'semi',
          on: [{ left: 'amount', right: 'order_id', nullSafe: true }],
        }),
      ],
      'QRN-PLAN-002',
      /not the same type/,
    ],
    [
      'join with equal names',
      [OPEN, join('state', { type: 'inner', on: [] })],
      'QRN-PLAN-007',
      /two columns/,
    ],
    [
      'empty aggregate',
      [OPEN, aggregate({ groupBy: [], measures: [] })],
      'QRN-PLAN-015',
      /no columns/,
    ],
    [
      'grouped twice',
      [OPEN, aggregate({ groupBy: ['status', 'status'], measures: [] })],
      'QRN-PLAN-007',
      /two columns/,
    ],
    [
      'collect without order',
      [OPEN, aggregate({ groupBy: [], measures: [measure('a', 'collect', [id])] })],
      'QRN-PLAN-015',
      /no order/,
    ],
    [
      'count with order',
      [
        OPEN,
        aggregate({ groupBy: [], measures: [measure('a', 'count', [id], ascending('order_id'))] }),
      ],
      'QRN-PLAN-015',
      /takes no order/,
    ],
    [
      'measure of another type',
      [
        OPEN,
        aggregate({
          groupBy: [],
          measures: [{ ...measure('a', 'count'), type: DataTypes.string }],
        }),
      ],
      'QRN-PLAN-002',
      /stated as string/,
    ],
    [
      'unknown aggregate',
      [
        OPEN,
        aggregate({
          groupBy: [],
          measures: [{ ...measure('a', 'count'), function: 'cnt' as 'count' }],
        }),
      ],
      'QRN-PLAN-004',
      /cnt/,
    ],
    [
      'window without order',
      [OPEN, window({ partitionBy: [], orderBy: [], columns: [] })],
      'QRN-PLAN-015',
      /no order/,
    ],
    [
      'window of another type',
      [
        OPEN,
        window({
          partitionBy: [],
          orderBy: ascending('order_id'),
          columns: [{ ...windowColumn('n', 'row_number'), type: DataTypes.date }],
        }),
      ],
      'QRN-PLAN-002',
      /stated as date/,
    ],
    ['union of nothing', [OPEN, union([])], 'QRN-PLAN-015', /names no query/],
    [
      'union with less',
      [fromQuery('state'), union(['no_status'])],
      'QRN-PLAN-011',
      /lacks the column status/,
    ],
    [
      'union with more',
      [fromQuery('no_status'), union(['state'])],
      'QRN-PLAN-011',
      /has the column status/,
    ],
    [
      'union of two types',
      [fromQuery('state'), union(['texts'])],
      'QRN-PLAN-002',
      /status of texts/,
    ],
    ['sort by nothing', [OPEN, sort([])], 'QRN-PLAN-015', /no column/],
    [
      'sort twice',
      [OPEN, sort([...ascending('amount'), ...ascending('amount')])],
      'QRN-PLAN-007',
      /two columns/,
    ],
    ['half a row', [OPEN, limit(0.5)], 'QRN-PLAN-015', /whole number/],
    ['unnest of a number', [OPEN, unnest('amount', 'x')], 'QRN-PLAN-002', /not json/],
    [
      'a bad literal',
      [OPEN, filter(equal(id, wrong({ kind: 'literal', type: DataTypes.integer, text: 'x' })))],
      'QRN-PLAN-006',
      /'x'/,
    ],
    [
      'a forged call',
      [OPEN, filter(wrong({ ...call('is_null', id), type: DataTypes.string }))],
      'QRN-PLAN-002',
      /stated as string/,
    ],
    [
      'a forged cast',
      [OPEN, select([named('x', wrong({ kind: 'cast', operand: id, type: DataTypes.date }))])],
      'QRN-PLAN-005',
      /cannot be cast/,
    ],
    [
      'a forged decimal',
      [OPEN, select([named('x', wrong({ kind: 'literal', type: decimalType(3, 5), text: null }))])],
      'QRN-PLAN-002',
      /is not a type/,
    ],
  ])('%s', (_, rules, code, message) => {
    const error = thrownBy(() => infer(...rules))
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
    expect(error.hint).toBeTruthy()
  })

  test('nested too deep', () => {
    let deep: Expression = id
    for (let depth = 0; depth < 600; depth += 1) deep = call('negate', deep)
    expect(thrownBy(() => infer(OPEN, select([named('x', deep)]))).code).toBe('QRN-PLAN-015')
  })

  test('two queries of one name', () => {
    const query = defineQuery('q', [from('orders.state')])
    expect(thrownBy(() => inferColumns([query, query], DATASETS)).code).toBe('QRN-PLAN-007')
  })
})

/** Rules of the right shape with names, types and places that mostly do not fit. */
function makeRule(from_: Choices): Rule {
  const names = ['order_id', 'amount', 'status', 'tags', 'x', '', 'ORDER_ID']
  const queries = ['state', 'no_status', 'q', 'guarded', 'nope']
  const types = [DataTypes.integer, AMOUNT, DataTypes.string, DataTypes.json, decimalType(99, -1)]
  const name = (): string => from_.pick(names)
  const expression = (): Expression =>
    from_.pick([
      column(name(), from_.pick(types.slice(0, 4))),
      {
        kind: 'call',
        function: from_.pick(['add', 'and', 'coalesce', 'round']),
        arguments: [id, amount].slice(from_.next(3)),
        type: from_.pick(types),
      },
      { kind: 'case', branches: [], type: DataTypes.integer },
      { kind: 'in', operand: id, items: [], isNegated: false, type: from_.pick(types) },
      { kind: 'literal', type: from_.pick(types), text: from_.pick(['', '1', null]) },
    ] satisfies Expression[])
  const namedOnes = (): { name: string; expression: Expression }[] =>
    Array.from({ length: from_.next(3) }, () => ({ name: name(), expression: expression() }))
  const key = { column: name(), direction: 'ascending', nulls: 'first' } as const
  return from_.pick<Rule>([
    OPEN,
    from(from_.pick(['orders.state', 'orders.landing', 'x'])),
    fromQuery(from_.pick(queries)),
    {
      operation: 'values',
      columns: [{ name: name(), type: from_.pick(types) }],
      rows: [[expression()], []],
    },
    {
      operation: 'series',
      column: name(),
      start: expression(),
      stop: expression(),
      step: { kind: 'literal', type: from_.pick(types), text: from_.pick([null, '1', 'x']) },
    },
    { operation: 'select', columns: namedOnes() },
    { operation: 'derive', columns: namedOnes() },
    { operation: 'rename', columns: [{ from: name(), to: name() }] },
    { operation: 'drop', columns: [name()] },
    { operation: 'filter', condition: expression() },
    {
      operation: 'join',
      right: from_.pick(queries),
      type: from_.pick(['inner', 'left', 'full', 'semi', 'anti']),
      on: [{ left: name(), right: name(), nullSafe: true }],
      rightPrefix: from_.pick(['', 'r_']),
    },
    {
      operation: 'aggregate',
      groupBy: [name()],
      measures: [
        {
          name: name(),
          function: from_.pick(['sum', 'collect', 'count']),
          arguments: [expression()],
          type: from_.pick(types),
        },
      ],
    },
    {
      operation: 'window',
      partitionBy: [name()],
      orderBy: [key],
      columns: [
        {
          name: name(),
          function: 'lag',
          arguments: [expression(), expression()],
          type: from_.pick(types),
        },
      ],
    },
    { operation: 'union', queries: [from_.pick(queries)] },
    { operation: 'distinct' },
    { operation: 'sort', by: [key] },
    { operation: 'limit', count: from_.pick([0, -1, Number.NaN]) },
    { operation: 'unnest', column: name(), as: name() },
  ])
}

test('random rules give columns or a QarionError, nothing else', () => {
  let inferred = 0
  fc.assert(
    fc.property(choices, fc.integer({ min: 0, max: 5 }), (from_, count) => {
      const rules = [from_.next(3) === 0 ? makeRule(from_) : OPEN]
      for (let index = 0; index < count; index += 1) rules.push(makeRule(from_))
      const problem = problemOf(() => infer(...rules))
      if (problem === undefined) inferred += 1
      expect(problem?.code ?? 'QRN-PLAN-000').toMatch(/^QRN-PLAN-\d{3}$/)
    }),
    { numRuns: 2000 },
  )
  expect(inferred).toBeGreaterThan(100)
})
