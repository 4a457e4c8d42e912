import { DataTypes, type ExportNode, type FlowPlan } from '@qarion/core'
import {
  ascending,
  checkFlowPlan,
  column,
  defineFlowDag,
  defineQuery,
  equal,
  explainFlowPlan,
  exportNode,
  filter,
  from,
  keep,
  lineageOfQueries,
  parameter,
  parsePathTemplate,
  parsePlan,
  select,
  serializePlan,
  sort,
} from '@qarion/plan'
import { describe, expect, test } from 'vitest'

import { AMOUNT, DATASETS, FEED, problemOf, thrownBy } from './support.ts'

const ROWS = defineQuery('rows', [
  from(FEED.id),
  filter(equal(column('xt_batch_id', DataTypes.integer), parameter('batch_id', DataTypes.integer))),
  sort(ascending('order_id')),
])

const node = (changes: Partial<ExportNode> = {}): ExportNode => ({
  ...exportNode({
    id: 'export',
    title: 'Export',
    dataset: FEED.id,
    queries: [ROWS],
    scope: 'batch',
    exporter: 'csv',
    path: 'out/{batch_id}.csv',
  }),
  ...changes,
})

const planOf = (exported: ExportNode): FlowPlan => ({
  datasets: [],
  dag: defineFlowDag('orders_export', [exported]),
  revert: undefined,
})

describe('an export step', () => {
  test('reads what its queries read, and refuses files of others unless told otherwise', () => {
    expect(node()).toMatchObject({
      reads: [FEED.id],
      writes: [],
      partitionBy: [],
      onExisting: 'fail',
    })
    expect('batch' in node()).toBe(false)
  })

  test('over a dataset of another flow is sound once that is known', () => {
    expect(problemOf(() => checkFlowPlan(planOf(node()), [FEED]))).toBeUndefined()
    expect(thrownBy(() => checkFlowPlan(planOf(node()))).message).toContain(FEED.id)
  })

  test('comes back from text as it was', () => {
    const plan = planOf(node({ batch: 3, partitionBy: ['status'], onExisting: 'replace' }))
    expect(parsePlan(serializePlan(plan))).toStrictEqual(plan)
  })

  test.each<[string, Partial<ExportNode>, string, RegExp]>([
    ['no query', { queries: [] }, 'QRN-PLAN-015', /no query/],
    ['a folder per unknown column', { partitionBy: ['statu'] }, 'QRN-PLAN-001', /statu/],
    ['a batch of the whole', { scope: 'dataset', batch: 3 }, 'QRN-PLAN-015', /batch 3/],
    ['a hidden read', { reads: [] }, 'QRN-PLAN-015', /reads orders.change_feed/],
    ['a path that is none', { path: 'out/{day}.csv' }, 'QRN-PLAN-018', /\{day\}/],
    [
      'a query that is wrong',
      { queries: [defineQuery('rows', [from(FEED.id), sort(ascending('nope'))])] },
      'QRN-PLAN-001',
      /nope/,
    ],
  ])('%s is refused', (_, changes, code, message) => {
    expect(thrownBy(() => checkFlowPlan(planOf(node(changes)), [FEED]))).toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })

  test('is explained: what is written where', () => {
    const lines = explainFlowPlan(planOf(node({ partitionBy: ['status'] }))).join('\n')
    expect(lines).toContain(
      'write each batch to out/{batch_id}.csv with the exporter csv, a folder per status; files of others stay',
    )
    expect(lines).toContain('not possible, files that are written stay')
    const whole = explainFlowPlan(planOf(node({ scope: 'dataset', onExisting: 'replace' }))).join(
      '\n',
    )
    expect(whole).toContain('write what the dataset holds to')
    expect(whole).toContain('files of others are replaced')
    expect(explainFlowPlan(planOf(node({ batch: 7 }))).join('\n')).toContain('write batch 7 to')
  })
})

test('the lineage of what is exported', () => {
  const queries = [
    defineQuery('rows', [
      from(FEED.id),
      filter(equal(column('status', DataTypes.string), column('status', DataTypes.string))),
      select(keep([{ name: 'amount', type: AMOUNT }])),
    ]),
  ]
  expect(lineageOfQueries(queries, DATASETS)).toEqual({
    columns: [
      {
        column: 'amount',
        sources: [
          {
            origin: { kind: 'column', dataset: FEED.id, column: 'amount' },
            dependences: ['identity'],
          },
        ],
      },
    ],
    rows: [
      { origin: { kind: 'column', dataset: FEED.id, column: 'status' }, dependences: ['filter'] },
    ],
  })
  expect(lineageOfQueries([], DATASETS)).toEqual({ columns: [], rows: [] })
})

describe('the path of an export', () => {
  const values = { batchId: 42, batchTime: 1_706_702_400_000_001n }
  test.each([
    ['out/orders.csv', 'out/orders.csv', []],
    ['out/{batch_id}.csv', 'out/42.csv', ['batch_id']],
    ['out/{{ batch_id }}.csv', 'out/42.csv', ['batch_id']],
    ['{{batch_time:yyyy}}/{batch_time:MM-dd}/o', '2024/01-31/o', ['batch_time', 'batch_time']],
    ['{batch_time}', '20240131T120000000001Z', ['batch_time']],
  ])('%s is %s', (path, text, names) => {
    const template = parsePathTemplate(path)
    expect(template.pathOf(values)).toBe(text)
    expect(template.names).toEqual(names)
  })

  test.each([
    ['a{b', /brace without its partner/],
    ['a}', /brace without its partner/],
    ['{}', /no placeholder/],
    ['{batch_idd}', /no placeholder/],
    ['{batch_id:5}', /no placeholder/],
    ['{batch_time:yyyy/MM}', /may not have/],
    ['{batch_time:HH:mm}', /may not have/],
  ])('%s is refused', (path, message) => {
    expect(thrownBy(() => parsePathTemplate(path))).toMatchObject({
      code: 'QRN-PLAN-018',
      message: expect.stringMatching(message),
    })
  })

  test('names the nearest placeholder, and the code of a wrong format', () => {
    expect(thrownBy(() => parsePathTemplate('{batchid}')).hint).toBe('Did you mean batch_id?')
    expect(thrownBy(() => parsePathTemplate('{batch_time:qq}')).code).toBe('QRN-VALUE-001')
  })
})
