import { DataTypes } from '@qarion/core'
import type { Query, Write } from '@qarion/core'
import {
  aggregate,
  append,
  ascending,
  call,
  caseWhen,
  castTo,
  coalesce,
  column,
  defineInstruction,
  defineQuery,
  derive,
  distinct,
  drop,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  isDistinct,
  isNotNull,
  isNull,
  join,
  lineageOf,
  literal,
  measure,
  merge,
  named,
  overwrite,
  parameter,
  remove,
  rename,
  replaceKeys,
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
  type LineageSource,
} from '@qarion/plan'
import { describe, expect, test } from 'vitest'

import { EVERY_RULE, PLAN } from './plan-of-everything.ts'
import { AMOUNT, DATASETS } from './support.ts'

const id = column('order_id', DataTypes.integer)
const amount = column('amount', AMOUNT)
const status = column('status', DataTypes.string)
const batch = parameter('batch_id', DataTypes.integer)
const STATE = from('orders.state')

/** `state.amount identity`, several ways joined by `+`. */
function describeSource({ origin, dependences }: LineageSource): string {
  const ways = dependences.join('+')
  switch (origin.kind) {
    case 'column':
      return `${origin.dataset.slice('orders.'.length)}.${origin.column} ${ways}`
    case 'dataset':
      return `${origin.dataset.slice('orders.'.length)} ${ways}`
    case 'run':
      return `:${origin.name} ${ways}`
    case 'input':
      return `input ${origin.column ?? ''} ${ways}`
    case 'constant':
      return `constant ${ways}`
  }
}

/** Sources of the columns by name; those of the rows under `*`. */
function trace(
  queries: readonly Query[],
  ...writes: readonly Write[]
): Readonly<Record<string, string>> {
  const all = lineageOf(defineInstruction('i', queries, writes), DATASETS)
  return Object.fromEntries(
    all.flatMap(({ columns, rows }) =>
      [...columns, { column: '*', sources: rows }].map(({ column: name, sources }) => [
        name,
        sources.map(describeSource).join(', '),
      ]),
    ),
  )
}

function stateOf(...rules: Query['rules']): Readonly<Record<string, string>> {
  return trace([...EARLIER, defineQuery('q', rules)], overwrite('q', 'orders.state'))
}

/** Sources of one expression over the rows of `orders.state`. */
function sourcesOf(expression: Parameters<typeof named>[1]): string | undefined {
  const name = expression.type.kind === 'string' ? 'status' : 'order_id'
  return stateOf(STATE, derive([named(name, expression)]))[name]
}

const EARLIER = [
  defineQuery('feed', [from('orders.change_feed'), drop(['xt_batch_id'])]),
  defineQuery('landing', [from('orders.landing', 'current'), drop(['tags'])]),
]

describe('expressions', () => {
  test('a bare column is the same value, what is computed is not', () => {
    expect(sourcesOf(id)).toBe('state.order_id identity')
    expect(sourcesOf(call('add', id, integer(1)))).toBe('state.order_id transformation')
    expect(sourcesOf(castTo(amount, DataTypes.string))).toBe('state.amount transformation')
  })

  test('constants and parameters are told where there is nothing else', () => {
    expect(sourcesOf(integer(1))).toBe('constant identity')
    expect(sourcesOf(call('concat', text('a'), text('b')))).toBe('constant identity')
    expect(sourcesOf(batch)).toBe(':batch_id identity')
    expect(sourcesOf(call('add', batch, integer(1)))).toBe(':batch_id transformation')
  })

  test('a choice gives one of its values, its conditions decide', () => {
    expect(sourcesOf(caseWhen([{ when: isNull(amount), then: status }], text('none')))).toBe(
      'constant identity, state.amount conditional, state.status identity',
    )
    expect(
      sourcesOf(caseWhen([{ when: equal(status, text('x')), then: call('upper', status) }])),
    ).toBe('state.status transformation+conditional')
    expect(sourcesOf(caseWhen([{ when: equal(batch, integer(1)), then: status }]))).toBe(
      ':batch_id conditional, state.status identity',
    )
    expect(sourcesOf(coalesce(status, text('none')))).toBe(
      'constant identity, state.status identity+conditional',
    )
    expect(sourcesOf(call('null_if', status, text('none')))).toBe(
      'state.status identity+conditional',
    )
  })
})

describe('rules', () => {
  test('names may change, values stay', () => {
    const lineage = stateOf(
      STATE,
      rename([{ from: 'order_id', to: 'x' }]),
      rename([{ from: 'x', to: 'order_id' }]),
    )
    expect(lineage).toEqual({
      order_id: 'state.order_id identity',
      amount: 'state.amount identity',
      status: 'state.status identity',
      '*': '',
    })
  })

  test('a filter decides over rows', () => {
    const lineage = stateOf(STATE, filter(isNotNull(amount)))
    expect(lineage['order_id']).toBe('state.order_id identity')
    expect(lineage['*']).toBe('state.amount filter')
  })

  test('keys of a join decide over rows, of both sides', () => {
    const lineage = stateOf(
      STATE,
      join('feed', { type: 'inner', on: sameKeys(['order_id']), rightPrefix: 'f_' }),
      select([named('order_id', id), named('amount', column('f_amount', AMOUNT))]),
    )
    expect(lineage).toEqual({
      order_id: 'state.order_id identity',
      amount: 'change_feed.amount identity',
      '*': 'change_feed.order_id join, state.order_id join',
    })
    const anti = stateOf(STATE, join('feed', { type: 'anti', on: sameKeys(['order_id']) }))
    expect(anti['status']).toBe('state.status identity')
    expect(anti['*']).toBe('change_feed.order_id join, state.order_id join')
  })

  test('groups pass on and decide over rows, measures aggregate', () => {
    const lineage = stateOf(
      STATE,
      aggregate({ groupBy: ['order_id'], measures: [measure('amount', 'max', [amount])] }),
    )
    expect(lineage).toEqual({
      order_id: 'state.order_id identity',
      amount: 'state.amount aggregation',
      '*': 'state.order_id group_by',
    })
  })

  test('a count of rows comes from the datasets as a whole', () => {
    const counted = stateOf(
      STATE,
      union(['feed']),
      aggregate({ groupBy: [], measures: [measure('order_id', 'count')] }),
    )
    expect(counted['order_id']).toBe('change_feed aggregation, state aggregation')
  })

  test('what a measure is ordered by decides which value it is', () => {
    const least = stateOf(
      STATE,
      aggregate({ groupBy: [], measures: [measure('status', 'arg_min', [status, amount])] }),
    )
    expect(least['status']).toBe('state.amount sort, state.status aggregation')
    const collected = stateOf(
      STATE,
      aggregate({
        groupBy: [],
        measures: [measure('n', 'collect', [status], ascending('order_id'))],
      }),
      select([named('status', castTo(column('n', DataTypes.json), DataTypes.string))]),
    )
    expect(collected['status']).toBe('state.order_id sort, state.status aggregation')
  })

  test('a window computes; its frame decides over its columns alone', () => {
    const lineage = stateOf(
      STATE,
      window({
        partitionBy: ['status'],
        orderBy: ascending('amount'),
        columns: [
          windowColumn('n', 'row_number'),
          windowColumn('before', 'lag', [amount]),
          windowColumn('total', 'running_sum', [id]),
        ],
      }),
      select([
        named('order_id', column('total', DataTypes.integer)),
        named('amount', column('before', AMOUNT)),
        named('status', castTo(column('n', DataTypes.integer), DataTypes.string)),
      ]),
    )
    expect(lineage).toEqual({
      order_id: 'state.amount window, state.order_id aggregation, state.status window',
      amount: 'state.amount transformation+window, state.status window',
      status: 'state aggregation, state.amount window, state.status window',
      '*': '',
    })
  })

  test('a union has both; distinct, sort and unnest decide over rows', () => {
    expect(stateOf(STATE, union(['feed', 'landing']))['amount']).toBe(
      'change_feed.amount identity, landing.amount identity, state.amount identity',
    )
    expect(stateOf(fromQuery('feed'), sort(ascending('amount')))['*']).toBe(
      'change_feed.amount sort',
    )
    expect(stateOf(STATE, distinct())['*']).toBe(
      'state.amount group_by, state.order_id group_by, state.status group_by',
    )
    const elements = stateOf(
      from('orders.landing', 'current'),
      unnest('tags', 'tag', 'place'),
      select([
        named('order_id', column('place', DataTypes.integer)),
        named('status', castTo(column('tag', DataTypes.json), DataTypes.string)),
      ]),
    )
    expect(elements).toEqual({
      order_id: 'landing.tags transformation',
      status: 'landing.tags transformation',
      '*': 'landing.tags filter',
    })
  })

  test('rows that stand in the plan come from constants and parameters', () => {
    const lineage = stateOf(
      values(
        [
          { name: 'order_id', type: DataTypes.integer },
          { name: 'status', type: DataTypes.string },
        ],
        [
          [integer(1), text('a')],
          [batch, text('b')],
        ],
      ),
    )
    expect(lineage).toEqual({
      order_id: ':batch_id identity, constant identity',
      status: 'constant identity',
      '*': '',
    })
    const days = defineQuery('days', [
      series('day', {
        start: literal(DataTypes.date, '2024-01-01'),
        stop: parameter('to', DataTypes.date),
        step: integer(1),
      }),
      select([named('status', castTo(column('day', DataTypes.date), DataTypes.string))]),
    ])
    expect(trace([days], append('days', 'orders.state'))['status']).toBe(':to transformation')
  })
})

describe('writes', () => {
  const [feed] = EARLIER as [Query, ...Query[]]

  test('scopes and keys decide over rows', () => {
    const scoped = trace([feed], replaceKeys('feed', 'orders.state', ['status']))
    expect(scoped['amount']).toBe('change_feed.amount identity')
    expect(scoped['*']).toBe('change_feed.status filter')
    expect(trace([feed], remove('feed', 'orders.state', ['order_id']))).toEqual({
      '*': 'change_feed.order_id filter',
    })
  })

  test('a merge has its branches: conditions of an update decide over values, others over rows', () => {
    const source = column('source_amount', AMOUNT)
    const lineage = trace(
      [feed],
      merge('feed', 'orders.state', {
        on: ['order_id'],
        branches: [
          {
            when: 'matched',
            condition: isDistinct(amount, source),
            action: { kind: 'update', set: [named('amount', source)] },
          },
          {
            when: 'not_matched',
            condition: isNotNull(column('source_status', DataTypes.string)),
            action: {
              kind: 'insert',
              set: [named('order_id', column('source_order_id', DataTypes.integer))],
            },
          },
          {
            when: 'not_matched_by_source',
            condition: isNull(status),
            action: { kind: 'delete' },
          },
          { when: 'matched', action: { kind: 'nothing' } },
        ],
      }),
    )
    expect(lineage).toEqual({
      amount: 'change_feed.amount identity+conditional, state.amount conditional',
      order_id: 'change_feed.order_id identity',
      '*': 'change_feed.order_id join, change_feed.status filter, state.order_id join, state.status filter',
    })
  })

  test('several writes of one dataset add up', () => {
    const lineage = trace(
      EARLIER,
      append('feed', 'orders.state'),
      append('landing', 'orders.state'),
    )
    expect(lineage['status']).toBe('change_feed.status identity, landing.status identity')
  })
})

test('every rule and write can be traced', () => {
  const instruction = PLAN.dag.nodes.flatMap((node) =>
    node.kind === 'transform' ? [node.instruction] : [],
  )[0]!
  const lineage = lineageOf(instruction, DATASETS)
  expect(lineage.map(({ dataset }) => dataset)).toEqual(['orders.change_feed', 'orders.state'])
  expect(lineage[0]!.columns.map((entry) => entry.column)).toContain('xt_batch_id')
  const totals = defineQuery('out', [
    fromQuery('totals'),
    select([named('order_id', column('n', DataTypes.integer)), named('status', status)]),
  ])
  const traced = trace([...EVERY_RULE, totals], overwrite('out', 'orders.state'))
  expect(traced['status']).toBe('landing.status identity')
  expect(traced['order_id']).toBe('landing aggregation')
  expect(traced['*']).toContain('landing.tags filter+group_by')
})
