import { DataTypes, decimalType, isQarionError, type FlowDefinition } from '@qarion/core'
import { changeFeed, outbox, OUTBOX_OPTIONS } from '@qarion/flows'
import { checkFlowPlan, parsePlan, serializePlan } from '@qarion/plan'
import { describe, expect, it } from 'vitest'

const COLUMNS = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'amount', type: decimalType(12, 2), required: false },
  { name: 'status', type: DataTypes.string, required: false },
]
const RATE = { name: 'rate', type: DataTypes.float, required: false }
const FEED = 'orders.change_feed'

const definition = (
  properties: FlowDefinition['properties'],
  input: Partial<FlowDefinition['input']> = {},
): FlowDefinition => ({
  id: 'box',
  name: 'Box',
  flowType: 'outbox',
  namespace: 'shop',
  input: { primaryKey: ['id'], columns: COLUMNS, ...input },
  properties: { initial_load: 'publish', ...properties },
  file: 'flows/box.toml',
})

function feedDatasets(): ReadonlyMap<
  string,
  ReturnType<typeof changeFeed.plan>['datasets'][number]
> {
  const { datasets } = changeFeed.plan({
    ...definition({}),
    id: 'orders',
    flowType: 'change_feed',
    properties: {},
  })
  return new Map(datasets.map((dataset) => [dataset.id, dataset]))
}

function problemsOf(
  properties: FlowDefinition['properties'],
  input?: Partial<FlowDefinition['input']>,
): [code: string, path: unknown, hint: string | undefined][] {
  try {
    outbox.plan(definition(properties, input), feedDatasets())
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return (thrown.problems.length === 0 ? [thrown] : thrown.problems).map(
      ({ code, data, hint }) => [code, data['path'], hint],
    )
  }
  return []
}

describe('definitions that cannot become an outbox', () => {
  it.each<
    [string, FlowDefinition['properties'], Partial<FlowDefinition['input']>, [string, string[]][]]
  >([
    [
      'what is done with the first rows is not stated',
      { initial_load: undefined },
      {},
      [['QRN-OUTBOX-001', ['properties', 'initial_load']]],
    ],
    [
      'an empty payload',
      { payload_columns: [] },
      {},
      [['QRN-OUTBOX-004', ['properties', 'payload_columns']]],
    ],
    [
      'a payload column twice',
      { payload_columns: ['status', 'status'] },
      {},
      [['QRN-OUTBOX-004', ['properties', 'payload_columns', '1']]],
    ],
    [
      'a float among all columns',
      {},
      { columns: [...COLUMNS, RATE] },
      [['QRN-OUTBOX-003', ['input', 'columns', '3']]],
    ],
    [
      'a float that is named',
      { payload_columns: ['id', 'rate'] },
      { columns: [...COLUMNS, RATE] },
      [['QRN-OUTBOX-003', ['properties', 'payload_columns', '1']]],
    ],
    [
      'a float of another flow',
      {},
      { columns: [...COLUMNS, RATE], sourceDatasetId: FEED },
      [['QRN-OUTBOX-003', ['input', 'source_dataset_id']]],
    ],
    [
      'a float in the key',
      { payload_columns: ['id'] },
      { columns: [...COLUMNS, RATE], primaryKey: ['rate'] },
      [['QRN-OUTBOX-005', ['input', 'primary_key']]],
    ],
    [
      'no key',
      {},
      { primaryKey: [], sourceDatasetId: FEED },
      [['QRN-OUTBOX-005', ['input', 'source_dataset_id']]],
    ],
    [
      'attributes that are none',
      { event_source: 'my orders', event_type_prefix: '' },
      {},
      [
        ['QRN-OUTBOX-006', ['properties', 'event_type_prefix']],
        ['QRN-OUTBOX-006', ['properties', 'event_source']],
      ],
    ],
    [
      'how deliveries are compared, where another flow did',
      { extract: 'partial', before_image: false },
      { sourceDatasetId: FEED },
      [['QRN-OUTBOX-006', ['properties', 'extract']]],
    ],
    [
      'a dataset that does not tell what changed',
      {},
      { sourceDatasetId: 'orders.rejects' },
      [['QRN-FEED-005', ['input', 'source_dataset_id']]],
    ],
  ])('%s', (_, properties, input, expected) => {
    expect(problemsOf(properties, input).map(([code, path]) => [code, path])).toEqual(expected)
  })

  it('an unknown column, with the nearest name', () => {
    expect(problemsOf({ payload_columns: ['statsu'] })).toEqual([
      ['QRN-OUTBOX-002', ['properties', 'payload_columns', '0'], 'Did you mean status?'],
    ])
  })
})

describe('plans', () => {
  it.each<FlowDefinition['properties']>([
    {},
    { initial_load: 'skip', event_type_prefix: 'com.example', payload_columns: ['status'] },
    { extract: 'partial', deleted_when: "status = 'D'", include_unchanged: true },
  ])('%j is sound, and the same after serialise and parse', (properties) => {
    const plan = outbox.plan(definition(properties))
    checkFlowPlan(plan)
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.outbox).toEqual({ events: 'box.outbox', waiting: 'box.waiting' })
    expect(plan.datasets.filter(({ isInternal }) => !isInternal).map(({ table }) => table)).toEqual(
      ['shop_box_landing', 'shop_box_change_feed', 'shop_box_rejects', 'shop_box_outbox'],
    )
  })

  it.each(['publish', 'skip'])('over the feed of another flow, %s', (initial) => {
    const sources = feedDatasets()
    const plan = outbox.plan(
      definition({ initial_load: initial }, { sourceDatasetId: FEED }),
      sources,
    )
    checkFlowPlan(plan, [...sources.values()])
    expect(plan.datasets.map(({ id }) => id)).toEqual([
      'box.outbox',
      'box.waiting',
      'box.announced',
      'box.initial_load',
    ])
    expect(plan.dag.nodes.map(({ id }) => id)).toEqual(['announce'])
  })

  it('every column is described', () => {
    const { datasets } = outbox.plan(definition({}))
    const columns = datasets.find(({ id }) => id === 'box.outbox')?.columns ?? []
    expect(columns.length).toBe(15)
    expect(columns.filter(({ description }) => description === undefined)).toEqual([])
  })

  it('an outbox that names no dataset is refused', () => {
    const plan = outbox.plan(definition({}))
    expect(() =>
      checkFlowPlan({ ...plan, outbox: { events: 'box.outbox', waiting: 'box.nope' } }),
    ).toThrow(/box\.nope/)
  })

  it('every property says what its change asks for', () => {
    expect(Object.keys(outbox.changeEffects).toSorted()).toEqual(
      OUTBOX_OPTIONS.map(({ name }) => name).toSorted(),
    )
  })
})
