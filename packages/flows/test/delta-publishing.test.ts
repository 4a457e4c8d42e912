import { DataTypes, decimalType, isQarionError, type FlowDefinition } from '@qarion/core'
import { changeFeed, DELTA_PUBLISHING_OPTIONS, deltaPublishing } from '@qarion/flows'
import { checkFlowPlan, parsePlan, serializePlan } from '@qarion/plan'
import { describe, expect, it } from 'vitest'

const COLUMNS = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'amount', type: decimalType(12, 2), required: false },
  { name: 'quantity', type: DataTypes.integer, required: false },
  { name: 'rate', type: DataTypes.float, required: false },
  { name: 'status', type: DataTypes.string, required: false },
  { name: 'region', type: DataTypes.string, required: false, description: 'where' },
]

const definition = (
  properties: FlowDefinition['properties'],
  input: Partial<FlowDefinition['input']> = {},
): FlowDefinition => ({
  id: 'sales',
  name: 'Sales',
  flowType: 'delta_publishing',
  namespace: 'shop',
  input: { primaryKey: ['id'], columns: COLUMNS, ...input },
  properties,
  file: 'flows/sales.toml',
})

function problemsOf(
  properties: FlowDefinition['properties'],
  input?: Partial<FlowDefinition['input']>,
): { code: string; path: unknown; hint: string | undefined }[] {
  try {
    deltaPublishing.plan(definition(properties, input), feedDatasets())
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return (thrown.problems.length === 0 ? [thrown] : thrown.problems).map(
      ({ code, data, hint }) => ({ code, path: data?.['path'], hint }),
    )
  }
  return []
}

function feedDatasets(): ReadonlyMap<
  string,
  ReturnType<typeof changeFeed.plan>['datasets'][number]
> {
  const { datasets } = changeFeed.plan({
    ...definition({}),
    id: 'orders',
    flowType: 'change_feed',
  })
  return new Map(datasets.map((dataset) => [dataset.id, dataset]))
}

const namesOf = (columns: readonly { readonly name: string }[] | undefined): string[] =>
  (columns ?? []).map(({ name }) => name).filter((name) => !name.startsWith('xt_'))

const ledgerColumns = (properties: FlowDefinition['properties']): string[] =>
  namesOf(
    deltaPublishing
      .plan(definition({ measure_columns: ['amount'], ...properties }))
      .datasets.find(({ id }) => id === 'sales.delta_transaction')?.columns,
  )

describe('definitions that cannot become a ledger', () => {
  it.each<[string, FlowDefinition['properties'], [string, readonly string[]][]]>([
    ['no measures', {}, [['QRN-DELTA-001', ['properties', 'measure_columns']]]],
    [
      'an empty list',
      { measure_columns: [] },
      [['QRN-DELTA-001', ['properties', 'measure_columns']]],
    ],
    [
      'a float measure',
      { measure_columns: ['amount', 'rate'] },
      [['QRN-DELTA-003', ['properties', 'measure_columns', '1']]],
    ],
    [
      'a text measure',
      { measure_columns: ['status'] },
      [['QRN-DELTA-003', ['properties', 'measure_columns', '0']]],
    ],
    [
      'a key as measure',
      { measure_columns: ['id'] },
      [['QRN-DELTA-004', ['properties', 'measure_columns', '0']]],
    ],
    [
      'a measure named twice',
      { measure_columns: ['amount', 'amount'] },
      [['QRN-DELTA-004', ['properties', 'measure_columns', '1']]],
    ],
    [
      'a dimension that is the key, one that is a measure',
      { measure_columns: ['amount'], dimension_columns: ['id', 'amount'] },
      [
        ['QRN-DELTA-004', ['properties', 'dimension_columns', '0']],
        ['QRN-DELTA-004', ['properties', 'dimension_columns', '1']],
      ],
    ],
    [
      'a measure that is not compared',
      { measure_columns: ['amount'], change_detection_exclude: ['status', 'amount'] },
      [['QRN-DELTA-006', ['properties', 'change_detection_exclude', '1']]],
    ],
    [
      'a dimension that is not compared',
      {
        measure_columns: ['amount'],
        dimension_columns: ['region'],
        change_detection_exclude: ['region'],
      },
      [['QRN-DELTA-006', ['properties', 'change_detection_exclude', '0']]],
    ],
    [
      'a measure that is not compared exactly',
      { measure_columns: ['amount'], compare: { amount: { scale: 1 } } },
      [['QRN-DELTA-006', ['properties', 'compare', 'amount']]],
    ],
    [
      'all at once',
      { measure_columns: ['rate'], dimension_columns: ['nope'] },
      [
        ['QRN-DELTA-002', ['properties', 'dimension_columns', '0']],
        ['QRN-DELTA-003', ['properties', 'measure_columns', '0']],
      ],
    ],
  ])('%s', (_, properties, expected) => {
    expect(problemsOf(properties).map(({ code, path }) => [code, path])).toEqual(expected)
  })

  it('an unknown column, with the nearest name', () => {
    expect(problemsOf({ measure_columns: ['amont'] })).toEqual([
      {
        code: 'QRN-DELTA-002',
        path: ['properties', 'measure_columns', '0'],
        hint: 'Did you mean amount?',
      },
    ])
  })

  it('a key that has no text form', () => {
    expect(problemsOf({ measure_columns: ['amount'] }, { primaryKey: ['rate'] })).toMatchObject([
      { code: 'QRN-DELTA-005', path: ['input', 'primary_key'] },
    ])
  })

  it('no key', () => {
    const properties = { measure_columns: ['amount'] }
    expect(problemsOf(properties, { primaryKey: [] })).toMatchObject([{ code: 'QRN-FEED-001' }])
    const sourceDatasetId = 'orders.change_feed'
    expect(problemsOf(properties, { primaryKey: [], sourceDatasetId })).toMatchObject([
      { code: 'QRN-DELTA-005', path: ['input', 'source_dataset_id'] },
    ])
  })

  it('how deliveries are compared, where another flow did', () => {
    const sourceDatasetId = 'orders.change_feed'
    const properties = { measure_columns: ['amount'], extract: 'partial', before_image: false }
    expect(problemsOf(properties, { sourceDatasetId })).toMatchObject([
      { code: 'QRN-DELTA-006', path: ['properties', 'extract'] },
    ])
  })

  it('a dataset that does not tell what changed', () => {
    expect(
      problemsOf({ measure_columns: ['amount'] }, { sourceDatasetId: 'orders.rejects' }),
    ).toMatchObject([{ code: 'QRN-FEED-005', path: ['input', 'source_dataset_id'] }])
  })
})

describe('columns of the ledger', () => {
  it.each<[string, FlowDefinition['properties'], string[]]>([
    ['all that are compared', {}, ['id', 'quantity', 'rate', 'status', 'region', 'amount']],
    [
      'none that are not compared',
      { change_detection_exclude: ['rate', 'quantity'] },
      ['id', 'status', 'region', 'amount'],
    ],
    [
      'those that are compared, and measures',
      { change_detection_columns: ['region'] },
      ['id', 'region', 'amount'],
    ],
    ['those that are named', { dimension_columns: ['status'] }, ['id', 'status', 'amount']],
    ['key and measures', { dimension_columns: [] }, ['id', 'amount']],
  ])('%s', (_, properties, columns) => {
    expect(ledgerColumns(properties)).toEqual(columns)
  })

  it('all are described', () => {
    const { datasets } = deltaPublishing.plan(definition({ measure_columns: ['amount'] }))
    for (const name of ['delta_transaction', 'published']) {
      const columns = datasets.find(({ id }) => id === `sales.${name}`)?.columns ?? []
      const system = columns.filter((column) => column.name.startsWith('xt_'))
      expect(system.length).toBeGreaterThan(1)
      expect(system.filter(({ description }) => description === undefined)).toEqual([])
      expect(columns.find((column) => column.name === 'region')?.description).toBe('where')
    }
  })
})

describe('plans', () => {
  it.each<FlowDefinition['properties']>([
    {},
    { measure_columns: ['amount', 'quantity'], dimension_columns: ['region'] },
    { extract: 'partial', deleted_when: "status = 'D'", change_detection_columns: ['status'] },
    { extract_scope: ['region'], on_empty: 'skip', include_unchanged: true },
    { sequence_by: ['quantity'], on_empty: 'accept', before_image: true, dimension_columns: [] },
  ])('%j is sound, and the same after serialise and parse', (properties) => {
    const plan = deltaPublishing.plan(definition({ measure_columns: ['amount'], ...properties }))
    checkFlowPlan(plan)
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.datasets.filter(({ isInternal }) => !isInternal).map(({ table }) => table)).toEqual(
      [
        'shop_sales_landing',
        'shop_sales_change_feed',
        'shop_sales_rejects',
        'shop_sales_delta_transaction',
        'shop_sales_published',
      ],
    )
  })

  it('a change feed that is read leaves the ledger and what is published', () => {
    const sources = feedDatasets()
    const plan = deltaPublishing.plan(
      definition({ measure_columns: ['amount'] }, { sourceDatasetId: 'orders.change_feed' }),
      sources,
    )
    checkFlowPlan(plan, [...sources.values()])
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.datasets.map(({ id }) => id)).toEqual([
      'sales.delta_transaction',
      'sales.published',
    ])
    expect(plan.dag.nodes.map(({ id }) => id)).toEqual(['post'])
  })

  it('every property says what its change asks for', () => {
    expect(Object.keys(deltaPublishing.changeEffects).toSorted()).toEqual(
      DELTA_PUBLISHING_OPTIONS.map(({ name }) => name).toSorted(),
    )
  })
})
