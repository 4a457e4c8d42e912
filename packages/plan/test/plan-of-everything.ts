import { DataTypes } from '@qarion/core'
import type { Dataset, FlowPlan, Query } from '@qarion/core'
import {
  aggregate,
  append,
  ascending,
  assert,
  call,
  caseWhen,
  castTo,
  checkNode,
  column,
  defineFlowDag,
  defineInstruction,
  defineQuery,
  derive,
  descending,
  distinct,
  drop,
  equal,
  exportNode,
  filter,
  from,
  fromQuery,
  ingestNode,
  integer,
  isDistinct,
  isIn,
  isNotNull,
  isNull,
  join,
  limit,
  literal,
  measure,
  merge,
  named,
  not,
  nullOf,
  or,
  overwrite,
  parameter,
  parseExpression,
  remove,
  rename,
  replace,
  replaceKeys,
  sameKeys,
  select,
  series,
  sort,
  taskNode,
  text,
  transformNode,
  union,
  unnest,
  values,
  window,
  windowColumn,
} from '@qarion/plan'

import { AMOUNT, FEED, LANDING, makeColumn, makeDataset, REJECTS, STATE } from './support.ts'

const id = column('order_id', DataTypes.integer)
const amount = column('amount', AMOUNT)
const status = column('status', DataTypes.string)
const batch = parameter('batch_id', DataTypes.integer)

/** Queries that use every rule and every kind of expression. */
export const EVERY_RULE: readonly Query[] = [
  defineQuery('current', [from('orders.landing', 'current'), drop(['tags'])], { evaluate: 'once' }),
  defineQuery('tags', [
    from('orders.landing', 'predecessor'),
    unnest('tags', 'tag', 'place'),
    select([
      named('order_id', id),
      named('tag', castTo(column('tag', DataTypes.json), DataTypes.string)),
    ]),
    distinct(),
  ]),
  defineQuery('joined', [
    fromQuery('current'),
    join('tags', {
      type: 'left',
      on: sameKeys(['order_id'], { nullSafe: false }),
      rightPrefix: 'tag_',
    }),
    filter(
      parseExpression("status in ('new', 'paid') or amount > 0", {
        columns: [
          { name: 'status', type: DataTypes.string },
          { name: 'amount', type: AMOUNT },
        ],
      }),
    ),
    derive([
      named(
        'size',
        caseWhen(
          [
            { when: isNull(amount), then: integer(0) },
            { when: not(isIn(status, [text('x')], { isNegated: true })), then: integer(1) },
          ],
          integer(2),
        ),
      ),
      named('none', caseWhen([{ when: isNotNull(status), then: nullOf(DataTypes.date) }])),
    ]),
    rename([{ from: 'tag_tag', to: 'tag' }]),
  ]),
  defineQuery('totals', [
    fromQuery('joined'),
    aggregate({
      groupBy: ['status'],
      measures: [
        measure('n', 'count'),
        measure('total', 'sum', [amount]),
        measure('tags', 'collect', [column('tag', DataTypes.string)], ascending('tag', 'last')),
      ],
    }),
    window({
      partitionBy: ['status'],
      orderBy: descending(['n', 'total']),
      columns: [
        windowColumn('place', 'row_number'),
        windowColumn('before', 'lag', [column('n', DataTypes.integer), integer(2)]),
      ],
    }),
    sort(descending('n', 'last')),
    limit(10),
  ]),
  defineQuery('days', [
    series('day', {
      start: literal(DataTypes.date, '2024-01-01'),
      stop: parameter('to', DataTypes.date),
      step: integer(1),
    }),
  ]),
  defineQuery('constants', [
    values(
      [
        { name: 'order_id', type: DataTypes.integer },
        { name: 'status', type: DataTypes.string },
      ],
      [
        [integer(1), text('a')],
        [batch, nullOf(DataTypes.string)],
      ],
    ),
    derive([named('amount', nullOf(AMOUNT))]),
    union(['current']),
  ]),
  defineQuery('negative', [
    fromQuery('current'),
    filter(or(equal(amount, literal(AMOUNT, '-1')), call('less', amount, integer(0)))),
    assert({
      guard: 'negative',
      code: 'QRN-ORDERS-001',
      message: 'negative amounts',
      hint: 'ask',
      canBeAccepted: true,
    }),
  ]),
  defineQuery('feed', [fromQuery('constants'), derive([named('xt_batch_id', batch)])]),
]

const source = {
  id: column('source_order_id', DataTypes.integer),
  amount: column('source_amount', AMOUNT),
}

const APPLY = defineInstruction('apply', EVERY_RULE, [
  append('feed', 'orders.change_feed'),
  replace('feed', 'orders.change_feed'),
  replaceKeys('constants', 'orders.state', ['status']),
  overwrite('constants', 'orders.state'),
  remove('tags', 'orders.state', ['order_id']),
  merge('constants', 'orders.state', {
    on: ['order_id'],
    branches: [
      {
        when: 'matched',
        condition: isDistinct(amount, source.amount),
        action: { kind: 'update', set: [named('amount', source.amount)] },
      },
      { when: 'matched', action: { kind: 'nothing' } },
      { when: 'not_matched', action: { kind: 'insert', set: [named('order_id', source.id)] } },
      { when: 'not_matched_by_source', action: { kind: 'delete' } },
    ],
  }),
])

const VIEW: Dataset = {
  ...makeDataset(
    'orders.current',
    [
      ...STATE.columns,
      { ...makeColumn('new', DataTypes.integer), default: integer(1), description: 'new' },
    ],
    {
      kind: 'view',
      queries: [defineQuery('v', [from('orders.state'), derive([named('new', integer(1))])])],
    },
  ),
  description: 'what is "current"',
}

/** A plan with every kind of dataset, step, write and rule. */
export const PLAN: FlowPlan = {
  datasets: [LANDING, FEED, { ...STATE, key: ['order_id'], isInternal: true }, REJECTS, VIEW],
  dag: defineFlowDag('orders', [
    ingestNode({ id: 'load', title: 'Load', dataset: LANDING.id, rejects: REJECTS.id }),
    transformNode({ id: 'apply', title: 'Apply', instruction: APPLY, dependsOn: ['load'] }),
    checkNode({
      id: 'check',
      title: 'Check',
      instruction: defineInstruction('check', [EVERY_RULE[0]!], []),
      severity: 'error',
      dependsOn: ['apply'],
    }),
    exportNode({
      id: 'out',
      title: 'Out',
      dataset: FEED.id,
      queries: [
        defineQuery('rows', [
          from(FEED.id),
          filter(equal(column('xt_batch_id', DataTypes.integer), batch)),
          sort(ascending('order_id')),
        ]),
      ],
      scope: 'batch',
      batch: 5,
      exporter: 'csv',
      path: 'exports/orders_{batch_id}.csv',
      partitionBy: ['status'],
      onExisting: 'replace',
      options: { path: 'x', columns: ['a', null, 1, true], more: { deep: {} } },
      dependsOn: ['apply'],
    }),
    taskNode({ id: 'task', title: 'Task', task: 'script', reads: ['other.table'] }),
    taskNode({
      id: 'choose',
      title: 'Choose',
      task: 'conditional',
      dependsOn: ['task'],
      asks: ['task'],
      branches: { yes: ['statement'], no: [] },
      triggers: 'other',
    }),
    taskNode({
      id: 'statement',
      title: 'Statement',
      task: 'transformation',
      dependsOn: ['choose'],
      reads: ['other.table'],
      statement: {
        pieces: [
          { kind: 'text', text: 'select a from ' },
          { kind: 'dataset', dataset: 'other.table' },
          { kind: 'text', text: ' where a = ' },
          { kind: 'parameter', name: 'batch_id', type: DataTypes.integer },
        ],
      },
    }),
  ]),
  revert: [defineInstruction('revert', [EVERY_RULE[0]!], [overwrite('current', 'orders.state')])],
}
