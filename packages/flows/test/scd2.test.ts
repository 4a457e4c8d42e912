import {
  DataTypes,
  isQarionError,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type QarionError,
} from '@qarion/core'
import { changeFeed, scd2, SCD2_OPTIONS } from '@qarion/flows'
import { checkFlowPlan, parsePlan, serializePlan } from '@qarion/plan'
import { describe, expect, it } from 'vitest'

const COLUMNS = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'city', type: DataTypes.string, required: false, description: 'where' },
  { name: 'moved_at', type: DataTypes.timestamp, required: true },
  { name: 'moved_on', type: DataTypes.date, required: true },
  { name: 'seen_at', type: DataTypes.timestamp, required: false },
  { name: 'weight', type: DataTypes.float, required: true },
]

const definition = (
  properties: FlowDefinition['properties'],
  input: Partial<FlowDefinition['input']> = {},
): FlowDefinition => ({
  id: 'people',
  name: 'People',
  flowType: 'scd2',
  namespace: 'crm',
  input: { primaryKey: ['id'], columns: COLUMNS, ...input },
  properties,
  file: 'flows/people.toml',
})

const SOURCES: ReadonlyMap<DatasetId, Dataset> = new Map(
  changeFeed
    .plan({ ...definition({}), id: 'persons', flowType: 'change_feed' })
    .datasets.map((dataset) => [dataset.id, dataset]),
)
const FEED = { sourceDatasetId: 'persons.change_feed' }

function problemsOf(...made: Parameters<typeof definition>): readonly QarionError[] {
  try {
    scd2.plan(definition(...made), SOURCES)
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return thrown.problems.length === 0 ? [thrown] : thrown.problems
  }
  return []
}

const placesOf = (...made: Parameters<typeof definition>): unknown[] =>
  problemsOf(...made).map(({ code, data }) => [code, data?.['path']])

describe('definitions that cannot become a dimension', () => {
  it.each<[string, FlowDefinition['properties'], [string, readonly string[]][]]>([
    [
      'an effective time that is a text',
      { effective_at_column: 'city' },
      [
        ['QRN-SCD2-003', ['properties', 'effective_at_column']],
        ['QRN-SCD2-004', ['properties', 'effective_at_column']],
      ],
    ],
    [
      'an effective time that may be empty',
      { effective_at_column: 'seen_at' },
      [['QRN-SCD2-004', ['properties', 'effective_at_column']]],
    ],
    [
      'late rows without effective time',
      { on_late_effective: 'clamp' },
      [['QRN-SCD2-005', ['properties', 'on_late_effective']]],
    ],
  ])('%s', (_, properties, expected) => {
    expect(placesOf(properties)).toEqual(expected)
  })

  it('an unknown column, with the nearest name', () => {
    expect(problemsOf({ effective_at_column: 'moved_att' })).toMatchObject([
      { code: 'QRN-SCD2-002', hint: 'Did you mean moved_at?' },
    ])
  })

  it('an effective time that is part of the key', () => {
    expect(
      placesOf({ effective_at_column: 'moved_on' }, { primaryKey: ['id', 'moved_on'] }),
    ).toEqual([['QRN-SCD2-005', ['properties', 'effective_at_column']]])
  })

  it('a key that has no text form, and no key', () => {
    expect(placesOf({}, { primaryKey: ['weight'] })).toEqual([
      ['QRN-SCD2-001', ['input', 'primary_key']],
    ])
    expect(problemsOf({}, { primaryKey: [] })).toMatchObject([{ code: 'QRN-FEED-001' }])
    expect(placesOf({}, { ...FEED, primaryKey: [] })).toEqual([
      ['QRN-SCD2-001', ['input', 'source_dataset_id']],
    ])
  })

  it('what only deliveries of its own can have, where another flow has them', () => {
    expect(
      placesOf(
        {
          effective_at_column: 'moved_at',
          on_late_effective: 'reject',
          extract: 'partial',
          on_empty: 'fail',
        },
        FEED,
      ),
    ).toEqual([
      ['QRN-SCD2-005', ['properties', 'on_late_effective']],
      ['QRN-SCD2-005', ['properties', 'extract']],
    ])
  })

  it('a dataset that does not tell what changed', () => {
    expect(problemsOf({}, { sourceDatasetId: 'persons.rejects' })).toMatchObject([
      { code: 'QRN-FEED-005' },
    ])
  })

  it('all at once', () => {
    expect(
      placesOf({ effective_at_column: 'seen_at' }, { primaryKey: ['weight'] }).map(
        (place) => (place as string[])[0],
      ),
    ).toEqual(['QRN-SCD2-001', 'QRN-SCD2-004'])
  })
})

describe('plans', () => {
  it.each<FlowDefinition['properties']>([
    {},
    { effective_at_column: 'moved_at' },
    { effective_at_column: 'moved_on', on_late_effective: 'clamp' },
    { effective_at_column: 'moved_on', on_late_effective: 'reject' },
    {
      effective_at_column: 'moved_at',
      on_late_effective: 'reject',
      sequence_by: ['seen_at'],
      on_duplicate_key: 'reject',
      deleted_when: "city = 'D'",
      on_empty: 'skip',
    },
    { initial_valid_from: 'beginning', extract: 'partial', change_detection_columns: ['city'] },
    { extract_scope: ['city'], max_deleted_fraction: 0.3, baseline_on_add: true },
  ])('%j is sound, and the same after serialise and parse', (properties) => {
    const plan = scd2.plan(definition(properties))
    checkFlowPlan(plan)
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.datasets.filter(({ isInternal }) => !isInternal).map(({ table }) => table)).toEqual(
      ['crm_people_dimension', 'crm_people_current', 'crm_people_landing', 'crm_people_rejects'],
    )
  })

  it('a change feed that is read leaves the versions', () => {
    const plan = scd2.plan(definition({ effective_at_column: 'seen_at' }, FEED), SOURCES)
    checkFlowPlan(plan, [...SOURCES.values()])
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.datasets.map(({ id }) => id)).toEqual([
      'people.dimension',
      'people.current',
      'people.open_versions',
      'people.closed_versions',
      'people.ended_keys',
      'people.batch_totals',
    ])
    expect(plan.dag.nodes.map(({ id }) => id)).toEqual(['write_versions'])
  })

  it('a batch reads no closed versions', () => {
    const { dag } = scd2.plan(
      definition({ effective_at_column: 'moved_at', initial_valid_from: 'beginning' }),
    )
    for (const { reads } of dag.nodes) {
      expect(reads).not.toContain('people.closed_versions')
      expect(reads).not.toContain('people.dimension')
    }
  })

  it('all columns that are added are described', () => {
    const { datasets } = scd2.plan(definition({}))
    const columns = datasets.find(({ id }) => id === 'people.dimension')?.columns ?? []
    const added = columns.filter(({ name }) => name.startsWith('xt_'))
    expect(added.map(({ name }) => name)).toEqual([
      'xt_version',
      'xt_version_id',
      'xt_valid_from',
      'xt_valid_to',
      'xt_is_current',
      'xt_close_reason',
      'xt_batch_id',
      'xt_closed_batch_id',
      'xt_changed_columns',
    ])
    expect(added.filter(({ description }) => description === undefined)).toEqual([])
    expect(columns.find(({ name }) => name === 'city')?.description).toBe('where')
  })

  it('every property says what its change asks for', () => {
    expect(Object.keys(scd2.changeEffects).toSorted()).toEqual(
      SCD2_OPTIONS.map(({ name }) => name).toSorted(),
    )
  })
})
