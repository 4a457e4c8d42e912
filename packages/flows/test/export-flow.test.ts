import {
  DataTypes,
  EXPORTS_DATASET,
  isQarionError,
  type Dataset,
  type ExportDefinition,
  type FlowDefinition,
  type FlowPlan,
} from '@qarion/core'
import { changeFeed, exportFlow } from '@qarion/flows'
import { checkFlowPlan, explainRule, parsePlan, serializePlan } from '@qarion/plan'
import { describe, expect, it } from 'vitest'

const FEED_FLOW: FlowDefinition = {
  id: 'orders',
  name: 'Orders',
  flowType: 'change_feed',
  namespace: 'raw',
  input: {
    primaryKey: ['id'],
    columns: [
      { name: 'id', type: DataTypes.integer, required: true },
      { name: 'region', type: DataTypes.string, required: false },
    ],
  },
  properties: {},
}

const SOURCES: ReadonlyMap<string, Dataset> = new Map(
  changeFeed.plan(FEED_FLOW).datasets.map((dataset) => [dataset.id, dataset]),
)

const definition = (changes: Partial<ExportDefinition>): FlowDefinition => ({
  id: 'orders_export',
  name: 'Orders',
  flowType: 'export_flow',
  namespace: 'raw',
  input: { primaryKey: [], columns: [] },
  properties: {},
  export: {
    sourceDatasetId: 'orders.change_feed',
    filePath: 'exports/orders_{batch_id}.csv',
    exportMode: 'changes_only',
    format: 'csv',
    partitionBy: [],
    onExisting: 'fail',
    options: {},
    ...changes,
  },
})

function planOf(changes: Partial<ExportDefinition>): FlowPlan {
  return exportFlow.plan(definition(changes), SOURCES)
}

function codesOf(flow: FlowDefinition): string[] {
  try {
    exportFlow.plan(flow, SOURCES)
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return (thrown.problems.length === 0 ? [thrown] : thrown.problems).map(({ code }) => code)
  }
  return []
}

/** The rules of the query that is written. */
function rulesOf({ dag }: FlowPlan): string[] {
  const [node] = dag.nodes
  return node?.kind === 'export'
    ? (node.queries.at(-1)?.rules ?? []).map((rule) => explainRule(rule))
    : []
}

describe('plans', () => {
  it.each<Partial<ExportDefinition>>([
    {},
    { exportMode: 'full', sourceDatasetId: 'orders.current', filePath: 'exports/now.csv' },
    { exportMode: 'full', sourceDatasetId: 'orders.landing' },
    { exportMode: 'batch', sourceDatasetId: 'orders.landing', partitionBy: ['region'] },
    { exportMode: 'batch', batchId: 5, filePath: 'five.csv' },
    { exportMode: 'incremental', filePath: 'a/{batch_time:yyyy-MM}/{{ batch_id }}.csv' },
    { exportMode: 'incremental', sourceDatasetId: 'orders.rejects', onExisting: 'replace' },
  ])('%j is sound, and the same after serialise and parse', (changes) => {
    const plan = planOf(changes)
    checkFlowPlan(plan, [...SOURCES.values(), EXPORTS_DATASET])
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.revert).toBeUndefined()
    expect(plan.datasets.map(({ id, table }) => [id, table])).toEqual([
      ['orders_export.files', 'raw_orders_export_files'],
    ])
  })

  it('each mode takes its rows, in the order of the dataset', () => {
    const order = 'sort by xt_batch_id, id'
    const ofBatch = 'filter xt_batch_id = :batch_id'
    const feed = 'from orders.change_feed'
    expect(rulesOf(planOf({ exportMode: 'full' }))).toEqual([feed, order])
    expect(rulesOf(planOf({ exportMode: 'batch' }))).toEqual([feed, ofBatch, order])
    expect(rulesOf(planOf({ exportMode: 'incremental' }))).toEqual([
      feed,
      ofBatch,
      "filter xt_record_type in ('new', 'reinserted', 'changed')",
      order,
    ])
    expect(rulesOf(planOf({}))).toEqual([
      feed,
      ofBatch,
      "filter xt_record_type in ('new', 'reinserted', 'changed', 'deleted')",
      order,
    ])
    expect(rulesOf(planOf({ sourceDatasetId: 'orders.landing' }))).toEqual([
      'from orders.landing (current batch)',
      'sort by xt_batch_id, xt_source_file, xt_source_line',
    ])
    expect(rulesOf(planOf({ partitionBy: ['region', 'id'] })).at(-1)).toBe(
      'sort by region, id, xt_batch_id',
    )
  })

  it('say what they read of other flows', () => {
    expect(exportFlow.sources?.(definition({}))).toEqual([
      { dataset: 'orders.change_feed', path: ['properties', 'export', 'source_dataset_id'] },
    ])
    const { export: _, ...without } = definition({})
    expect(exportFlow.sources?.(without)).toEqual([])
    expect('sources' in changeFeed).toBe(false)
  })
})

describe('definitions that cannot become an export', () => {
  it.each<[string, Partial<ExportDefinition>, string[]]>([
    ['an unknown dataset', { sourceDatasetId: 'orders.nope' }, ['QRN-EXPORTFLOW-003']],
    ['a dataset without batches', { sourceDatasetId: 'orders.current' }, ['QRN-EXPORTFLOW-003']],
    ['one file for all batches', { filePath: 'x.csv' }, ['QRN-EXPORTFLOW-004']],
    ['a batch of all', { exportMode: 'full', batchId: 1 }, ['QRN-EXPORTFLOW-005']],
    ['an unknown column', { partitionBy: ['regoin'] }, ['QRN-EXPORTFLOW-006']],
    ['a column twice', { partitionBy: ['id', 'id'] }, ['QRN-EXPORTFLOW-006']],
    ['a folder', { filePath: 'out/{batch_id}/' }, ['QRN-EXPORTFLOW-007']],
    ['a name of ours', { filePath: 'out/..qarion-{batch_id}' }, ['QRN-EXPORTFLOW-007']],
    ['an unknown placeholder', { filePath: '{day}.csv' }, ['QRN-PLAN-018']],
    ['a format that is none', { filePath: '{batch_time:qq}.csv' }, ['QRN-VALUE-001']],
    [
      'all at once',
      { filePath: 'x.csv', sourceDatasetId: 'orders.current', partitionBy: ['x', 'y'] },
      ['QRN-EXPORTFLOW-004', 'QRN-EXPORTFLOW-003', 'QRN-EXPORTFLOW-006', 'QRN-EXPORTFLOW-006'],
    ],
  ])('%s', (_, changes, codes) => {
    expect(codesOf(definition(changes))).toEqual(codes)
  })

  it('without [properties.export], or with a load or columns', () => {
    const { export: exported, ...without } = definition({})
    expect(codesOf(without)).toEqual(['QRN-EXPORTFLOW-001'])
    const load = { format: 'csv' } as unknown as NonNullable<FlowDefinition['load']>
    expect(codesOf({ ...definition(exported ?? {}), load, input: FEED_FLOW.input })).toEqual([
      'QRN-EXPORTFLOW-002',
      'QRN-EXPORTFLOW-002',
    ])
  })
})
