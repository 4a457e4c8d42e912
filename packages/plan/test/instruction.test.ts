import { DataTypes } from '@qarion/core'
import type { Dataset, FlowPlan, MergeBranch, TaskNode, Write } from '@qarion/core'
import {
  append,
  checkDataset,
  checkFlowPlan,
  checkInstruction,
  checkNode,
  column,
  defineFlowDag,
  defineInstruction,
  defineQuery,
  derive,
  drop,
  equal,
  explainFlowPlan,
  exportNode,
  from,
  ingestNode,
  integer,
  isDistinct,
  literal,
  merge,
  named,
  orderNodes,
  overwrite,
  remove,
  replace,
  replaceKeys,
  taskNode,
  text,
  transformNode,
} from '@qarion/plan'
import { describe, expect, test } from 'vitest'

import {
  AMOUNT,
  DATASETS,
  FEED,
  LANDING,
  makeColumn,
  makeDataset,
  problemOf,
  REJECTS,
  STATE,
  thrownBy,
} from './support.ts'

const QUERIES = [
  defineQuery('rows', [from('orders.state')]),
  defineQuery('feed', [from('orders.change_feed')]),
  defineQuery('keys', [from('orders.state'), drop(['amount', 'status'])]),
  defineQuery('extra', [from('orders.state'), derive([named('extra', integer(1))])]),
  defineQuery('wrong', [from('orders.state'), derive([named('amount', integer(1))])]),
  defineQuery('no_key', [from('orders.state'), drop(['order_id'])]),
]

function check(...writes: readonly Write[]): void {
  checkInstruction(defineInstruction('i', QUERIES, writes), DATASETS)
}

const target = { id: column('order_id', DataTypes.integer), amount: column('amount', AMOUNT) }
const source = {
  id: column('source_order_id', DataTypes.integer),
  amount: column('source_amount', AMOUNT),
}
const update: MergeBranch = {
  when: 'matched',
  condition: isDistinct(target.amount, source.amount),
  action: { kind: 'update', set: [named('amount', source.amount)] },
}

function mergeOf(...branches: readonly MergeBranch[]): Write {
  return merge('rows', 'orders.state', { on: ['order_id'], branches })
}

test('writes that fit', () => {
  const problem = problemOf(() =>
    check(
      append('feed', 'orders.change_feed'),
      replace('feed', 'orders.change_feed'),
      replace('rows', 'orders.landing'),
      replaceKeys('rows', 'orders.state', ['status']),
      remove('keys', 'orders.state', ['order_id']),
      overwrite('keys', 'orders.state'),
      mergeOf(
        update,
        { when: 'matched', action: { kind: 'nothing' } },
        { when: 'not_matched', action: { kind: 'insert', set: [named('order_id', source.id)] } },
        {
          when: 'not_matched_by_source',
          condition: equal(target.id, integer(1)),
          action: { kind: 'delete' },
        },
      ),
    ),
  )
  expect(problem).toBeUndefined()
})

describe('writes that do not fit', () => {
  test.each<[string, Write, string, RegExp]>([
    ['unknown dataset', append('rows', 'orders.stat'), 'QRN-PLAN-009', /orders.stat/],
    ['extra column', append('extra', 'orders.state'), 'QRN-PLAN-011', /extra/],
    ['another type', append('wrong', 'orders.state'), 'QRN-PLAN-002', /amount/],
    ['missing required', append('no_key', 'orders.state'), 'QRN-PLAN-011', /order_id/],
    ['replace without batch', replace('rows', 'orders.state'), 'QRN-PLAN-012', /xt_batch_id/],
    [
      'merge into batches',
      merge('rows', 'orders.landing', { on: ['order_id'], branches: [update] }),
      'QRN-PLAN-012',
      /by merge/,
    ],
    ['no scope', replaceKeys('rows', 'orders.state', []), 'QRN-PLAN-015', /scope/],
    ['unknown key', remove('rows', 'orders.state', ['x']), 'QRN-PLAN-001', /x/],
    ['key of another type', remove('wrong', 'orders.state', ['amount']), 'QRN-PLAN-002', /amount/],
    ['no branches', mergeOf(), 'QRN-PLAN-015', /no branches/],
    [
      'insert where matched',
      mergeOf({ when: 'matched', action: { kind: 'insert', set: [] } }),
      'QRN-PLAN-015',
      /insert/,
    ],
    [
      'update where not matched',
      mergeOf({ when: 'not_matched', action: { kind: 'update', set: [] } }),
      'QRN-PLAN-015',
      /update/,
    ],
    [
      'nothing set',
      mergeOf({ when: 'matched', action: { kind: 'update', set: [] } }),
      'QRN-PLAN-015',
      /Nothing/,
    ],
    [
      'key updated',
      mergeOf({ when: 'matched', action: { kind: 'update', set: [named('order_id', source.id)] } }),
      'QRN-PLAN-015',
      /matched/,
    ],
    [
      'target where not matched',
      mergeOf({
        when: 'not_matched',
        action: { kind: 'insert', set: [named('order_id', target.id)] },
      }),
      'QRN-PLAN-001',
      /order_id/,
    ],
    [
      'source where not matched by it',
      mergeOf({
        when: 'not_matched_by_source',
        condition: equal(source.id, integer(1)),
        action: { kind: 'delete' },
      }),
      'QRN-PLAN-001',
      /source_order_id/,
    ],
    [
      'insert without key',
      mergeOf({
        when: 'not_matched',
        action: { kind: 'insert', set: [named('amount', source.amount)] },
      }),
      'QRN-PLAN-011',
      /order_id/,
    ],
    [
      'condition that is none',
      mergeOf({ when: 'matched', condition: target.id, action: { kind: 'delete' } }),
      'QRN-PLAN-002',
      /boolean/,
    ],
    [
      'set another type',
      mergeOf({ when: 'matched', action: { kind: 'update', set: [named('amount', integer(1))] } }),
      'QRN-PLAN-002',
      /amount/,
    ],
    [
      'set unknown',
      mergeOf({ when: 'matched', action: { kind: 'update', set: [named('x', integer(1))] } }),
      'QRN-PLAN-001',
      /x/,
    ],
  ])('%s', (_, write, code, message) => {
    expect(thrownBy(() => check(write))).toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  test('all at once', () => {
    const error = thrownBy(() =>
      check(append('extra', 'orders.state'), append('no_key', 'orders.state')),
    )
    expect(error.code).toBe('QRN-PLAN-017')
    expect(error.problems.map((problem) => problem.code)).toEqual(['QRN-PLAN-011', 'QRN-PLAN-011'])
  })

  test('builders refuse what is wrong by itself', () => {
    expect(
      thrownBy(() => defineInstruction('i', QUERIES, [append('x', 'orders.state')])).code,
    ).toBe('QRN-PLAN-008')
    expect(thrownBy(() => defineInstruction('i', [...QUERIES, ...QUERIES], [])).code).toBe(
      'QRN-PLAN-007',
    )
    expect(thrownBy(() => defineQuery('q', [drop(['a'])])).code).toBe('QRN-PLAN-010')
    expect(thrownBy(() => defineQuery('q', [])).code).toBe('QRN-PLAN-010')
  })
})

const VIEW: Dataset = makeDataset('orders.current', STATE.columns, {
  kind: 'view',
  queries: [defineQuery('v', [from('orders.state')])],
})
const instruction = defineInstruction('apply', QUERIES, [append('feed', 'orders.change_feed')])
const NODES = [
  ingestNode({ id: 'load', title: 'Load', dataset: LANDING.id, rejects: REJECTS.id }),
  transformNode({ id: 'apply', title: 'Apply', instruction, dependsOn: ['load'] }),
  checkNode({
    id: 'check',
    title: 'Check',
    instruction,
    severity: 'warning',
    dependsOn: ['apply'],
  }),
  exportNode({
    id: 'out',
    title: 'Out',
    dataset: FEED.id,
    queries: [defineQuery('rows', [from(FEED.id)])],
    scope: 'dataset',
    exporter: 'csv',
    path: 'exports/orders.csv',
    options: { delimiter: ';' },
    dependsOn: ['apply'],
  }),
  taskNode({ id: 'task', title: 'Task', task: 'script' }),
]
const PLAN: FlowPlan = {
  datasets: [LANDING, FEED, STATE, REJECTS, VIEW],
  dag: defineFlowDag('orders', NODES),
  revert: [instruction],
}

function step(id: string, ...dependsOn: readonly string[]): TaskNode {
  return taskNode({ id, title: id, task: 't', dependsOn })
}

describe('steps', () => {
  test('know what they read and write', () => {
    expect(NODES[1]).toMatchObject({
      reads: ['orders.state', 'orders.change_feed'],
      writes: ['orders.change_feed'],
    })
  })

  test('come after those they depend on', () => {
    const dag = defineFlowDag('f', NODES.toReversed())
    expect(orderNodes(dag).map(({ id }) => id)).toEqual(['task', 'load', 'apply', 'out', 'check'])
  })

  test('with one id, unknown dependencies or a circle are refused', () => {
    expect(thrownBy(() => defineFlowDag('f', [step('a'), step('a')])).code).toBe('QRN-PLAN-007')
    expect(thrownBy(() => defineFlowDag('f', [step('load'), step('b', 'laod')]))).toMatchObject({
      code: 'QRN-PLAN-014',
      hint: 'Did you mean load?',
    })
    const circle = thrownBy(() =>
      defineFlowDag('f', [
        step('x', 'a'),
        step('a', 'b'),
        step('b', 'd', 'c'),
        step('c', 'a'),
        step('d'),
      ]),
    )
    expect(circle).toMatchObject({
      code: 'QRN-PLAN-013',
      message: expect.stringContaining('a → b → c → a'),
    })
    const loop = { flow: 'f', nodes: [step('a', 'a')] }
    expect(thrownBy(() => orderNodes(loop)).message).toContain('a → a')
    expect(thrownBy(() => explainFlowPlan({ ...PLAN, dag: loop })).code).toBe('QRN-PLAN-013')
  })

  test('a long chain is no problem', () => {
    const nodes = Array.from({ length: 3000 }, (_, index) =>
      taskNode({
        id: `s${index}`,
        title: '',
        task: 't',
        dependsOn: index === 2999 ? [] : [`s${index + 1}`],
      }),
    )
    expect(defineFlowDag('f', nodes).nodes).toHaveLength(3000)
  })
})

describe('flow plans', () => {
  test('that make sense pass', () => {
    expect(problemOf(() => checkFlowPlan(PLAN))).toBeUndefined()
    expect(
      problemOf(() =>
        checkFlowPlan({ ...PLAN, datasets: PLAN.datasets.slice(0, 4), revert: undefined }, [VIEW]),
      ),
    ).toBeUndefined()
  })

  test.each<[string, FlowPlan, string, RegExp]>([
    [
      'unknown dataset',
      { ...PLAN, datasets: [LANDING, FEED, STATE, VIEW] },
      'QRN-PLAN-009',
      /orders.rejects/,
    ],
    ['two ids', { ...PLAN, datasets: [...PLAN.datasets, STATE] }, 'QRN-PLAN-007', /two datasets/],
    [
      'one table',
      { ...PLAN, datasets: [...PLAN.datasets, { ...STATE, id: 'x.y', table: 'ORDERS_state' }] },
      'QRN-PLAN-007',
      /stored as/,
    ],
    [
      'load into a table',
      {
        ...PLAN,
        dag: {
          flow: 'f',
          nodes: [ingestNode({ id: 'l', title: '', dataset: STATE.id, rejects: REJECTS.id })],
        },
      },
      'QRN-PLAN-012',
      /not stored by batch/,
    ],
    [
      'hidden read',
      {
        ...PLAN,
        dag: {
          flow: 'f',
          nodes: [{ ...transformNode({ id: 't', title: '', instruction }), reads: [] }],
        },
      },
      'QRN-PLAN-015',
      /reads orders.state/,
    ],
    [
      'bad revert',
      { ...PLAN, revert: [defineInstruction('r', QUERIES, [append('extra', 'orders.state')])] },
      'QRN-PLAN-011',
      /instruction r/,
    ],
  ])('%s', (_, plan, code, message) => {
    expect(thrownBy(() => checkFlowPlan(plan))).toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  test('several problems come together', () => {
    const error = thrownBy(() => checkFlowPlan({ ...PLAN, datasets: [LANDING] }))
    expect(error.problems.length).toBeGreaterThan(2)
  })
})

describe('datasets', () => {
  const number = makeColumn('n', DataTypes.integer)
  test.each<[string, Dataset, string]>([
    ['no columns', makeDataset('a.b', []), 'QRN-PLAN-015'],
    ['same columns', makeDataset('a.b', [number, number]), 'QRN-PLAN-007'],
    ['unknown key', { ...makeDataset('a.b', [number]), key: ['x'] }, 'QRN-PLAN-001'],
    ['long table', { ...makeDataset('a.b', [number]), table: 'x'.repeat(64) }, 'QRN-PLAN-015'],
    [
      'default of another type',
      makeDataset('a.b', [{ ...number, default: text('x') }]),
      'QRN-PLAN-002',
    ],
    ['view with other columns', { ...VIEW, columns: [number], sortKey: [] }, 'QRN-PLAN-011'],
    ['view without queries', { ...VIEW, storage: { kind: 'view', queries: [] } }, 'QRN-PLAN-010'],
  ])('%s', (_, dataset, code) => {
    expect(thrownBy(() => checkDataset(dataset, DATASETS)).code).toBe(code)
  })

  test('may have defaults', () => {
    const problem = problemOf(() =>
      checkDataset(
        makeDataset('a.b', [{ ...number, default: literal(DataTypes.integer, '0') }]),
        DATASETS,
      ),
    )
    expect(problem).toBeUndefined()
  })

  test('that are views cannot be written', () => {
    const datasets = new Map([...DATASETS, [VIEW.id, VIEW]])
    const write = defineInstruction('i', QUERIES, [append('rows', VIEW.id)])
    expect(thrownBy(() => checkInstruction(write, datasets)).code).toBe('QRN-PLAN-012')
  })
})
