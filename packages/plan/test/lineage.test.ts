import { DataTypes } from '@qarion/core'
import type { Query, Write } from '@qarion/core'
import {
  aggregate,
  append,
  ascending,
  call,
  column,
  defineInstruction,
  defineQuery,
  derive,
  distinct,
  drop,
  filter,
  from,
  fromQuery,
  integer,
  isDistinct,
  isNotNull,
  join,
  lineageOf,
  measure,
  merge,
  named,
  overwrite,
  remove,
  rename,
  replaceKeys,
  sameKeys,
  select,
  sort,
  union,
  window,
  windowColumn,
} from '@qarion/plan'
import { describe, expect, test } from 'vitest'

import { EVERY_RULE, PLAN } from './plan-of-everything.ts'
import { AMOUNT, DATASETS } from './support.ts'

const id = column('order_id', DataTypes.integer)
const amount = column('amount', AMOUNT)
const STATE = from('orders.state')

function trace(
  queries: readonly Query[],
  ...writes: readonly Write[]
): Readonly<Record<string, string>> {
  const lineage = lineageOf(defineInstruction('i', queries, writes), DATASETS)
  return Object.fromEntries(
    lineage.map(({ dataset, column: name, sources }) => [
      `${dataset}.${name}`,
      sources.map((source) => `${source.dataset}.${source.column} ${source.kind}`).join(', '),
    ]),
  )
}

function feedOf(...rules: Query['rules']): Readonly<Record<string, string>> {
  return trace([...EARLIER, defineQuery('q', rules)], overwrite('q', 'orders.state'))
}

const EARLIER = [
  defineQuery('feed', [from('orders.change_feed'), drop(['xt_batch_id'])]),
  defineQuery('landing', [from('orders.landing', 'current'), drop(['tags'])]),
]

describe('kinds of lineage', () => {
  test('a column that is passed on is direct', () => {
    expect(feedOf(STATE)['orders.state.amount']).toBe('orders.state.amount direct')
    expect(
      feedOf(
        STATE,
        rename([{ from: 'order_id', to: 'x' }]),
        rename([{ from: 'x', to: 'order_id' }]),
      )['orders.state.order_id'],
    ).toBe('orders.state.order_id direct')
  })

  test('a computed column is derived, and filters reach every column', () => {
    const lineage = feedOf(
      STATE,
      filter(isNotNull(amount)),
      derive([named('order_id', call('add', id, integer(1)))]),
    )
    expect(lineage['orders.state.order_id']).toBe(
      'orders.state.amount filter, orders.state.order_id derived',
    )
    expect(lineage['orders.state.amount']).toBe('orders.state.amount direct')
  })

  test('join keys are filters', () => {
    const lineage = feedOf(
      STATE,
      join('feed', { type: 'inner', on: sameKeys(['order_id']), rightPrefix: 'f_' }),
      select([named('order_id', id), named('amount', column('f_amount', AMOUNT))]),
    )
    expect(lineage['orders.state.amount']).toBe(
      'orders.change_feed.amount direct, orders.change_feed.order_id filter, orders.state.order_id filter',
    )
    expect(
      feedOf(STATE, join('feed', { type: 'anti', on: sameKeys(['order_id']) }))[
        'orders.state.status'
      ],
    ).toBe(
      'orders.change_feed.order_id filter, orders.state.order_id filter, orders.state.status direct',
    )
  })

  test('groups pass on, measures derive', () => {
    const lineage = feedOf(
      STATE,
      aggregate({ groupBy: ['order_id'], measures: [measure('amount', 'max', [amount])] }),
    )
    expect(lineage).toEqual({
      'orders.state.order_id': 'orders.state.order_id direct',
      'orders.state.amount': 'orders.state.amount derived, orders.state.order_id filter',
    })
  })

  test('windows derive; their frame decides', () => {
    const lineage = feedOf(
      STATE,
      window({
        partitionBy: ['status'],
        orderBy: ascending('amount'),
        columns: [windowColumn('n', 'row_number')],
      }),
      select([named('order_id', column('n', DataTypes.integer))]),
    )
    expect(lineage['orders.state.order_id']).toBe(
      'orders.state.amount filter, orders.state.status filter',
    )
  })

  test('unions have both, distinct and sort decide', () => {
    expect(feedOf(STATE, union(['feed', 'landing']))['orders.state.amount']).toBe(
      'orders.change_feed.amount direct, orders.landing.amount direct, orders.state.amount direct',
    )
    expect(feedOf(fromQuery('feed'), sort(ascending('amount')))['orders.state.status']).toContain(
      'orders.change_feed.amount filter',
    )
    expect(feedOf(STATE, distinct())['orders.state.status']).toContain(
      'orders.state.order_id filter',
    )
  })
})

describe('writes', () => {
  test('scopes and keys decide', () => {
    expect(
      trace([EARLIER[0]!], replaceKeys('feed', 'orders.state', ['status']))['orders.state.amount'],
    ).toBe('orders.change_feed.amount direct, orders.change_feed.status filter')
    expect(
      trace([EARLIER[0]!], remove('feed', 'orders.state', ['order_id']))['orders.state.amount'],
    ).toBe('orders.change_feed.order_id filter')
  })

  test('a merge has its branches', () => {
    const source = column('source_amount', AMOUNT)
    const lineage = trace(
      [EARLIER[0]!],
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
            action: {
              kind: 'insert',
              set: [named('order_id', column('source_order_id', DataTypes.integer))],
            },
          },
          { when: 'matched', action: { kind: 'nothing' } },
        ],
      }),
    )
    expect(lineage).toEqual({
      'orders.state.amount':
        'orders.change_feed.amount direct, orders.change_feed.order_id filter, orders.state.amount filter, orders.state.order_id filter',
      'orders.state.order_id': 'orders.change_feed.order_id direct, orders.state.order_id filter',
    })
  })

  test('two writes of one column unite', () => {
    const lineage = trace(
      EARLIER,
      append('feed', 'orders.state'),
      append('landing', 'orders.state'),
    )
    expect(lineage['orders.state.status']).toBe(
      'orders.change_feed.status direct, orders.landing.status direct',
    )
  })
})

test('every rule and write can be traced', () => {
  const instruction = PLAN.dag.nodes.flatMap((node) =>
    node.kind === 'transform' ? [node.instruction] : [],
  )[0]!
  const lineage = lineageOf(instruction, DATASETS)
  expect(lineage.map(({ column: name }) => name)).toContain('xt_batch_id')
  const totals = defineQuery('out', [
    fromQuery('totals'),
    select([
      named('order_id', column('n', DataTypes.integer)),
      named('status', column('status', DataTypes.string)),
    ]),
  ])
  const traced = trace([...EVERY_RULE, totals], overwrite('out', 'orders.state'))
  expect(traced['orders.state.status']).toContain('orders.landing.status direct')
  expect(traced['orders.state.status']).toContain('orders.landing.tags filter')
})
