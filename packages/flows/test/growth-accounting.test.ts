import {
  DataTypes,
  isQarionError,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type QarionError,
} from '@qarion/core'
import { changeFeed, growthAccounting } from '@qarion/flows'
import { checkFlowPlan, parsePlan, serializePlan } from '@qarion/plan'
import { describe, expect, it } from 'vitest'

const COLUMNS = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'user', type: DataTypes.string, required: true },
  { name: 'at', type: DataTypes.timestamp, required: true },
  { name: 'plan', type: DataTypes.string, required: true, description: 'what is paid' },
  { name: 'new', type: DataTypes.string, required: true },
  { name: 'page', type: DataTypes.string, required: false },
]
const PROPERTIES = { entity_columns: ['user'], event_time_column: 'at', period: 'week' }

const definition = (
  properties: FlowDefinition['properties'],
  input: Partial<FlowDefinition['input']> = {},
): FlowDefinition => ({
  id: 'growth',
  name: 'Growth',
  flowType: 'growth_accounting',
  namespace: 'app',
  input: { primaryKey: ['id'], columns: COLUMNS, ...input },
  properties,
  file: 'flows/growth.toml',
})

function problemsOf(...made: Parameters<typeof definition>): readonly QarionError[] {
  try {
    growthAccounting.plan(definition(...made), SOURCES)
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return thrown.problems.length === 0 ? [thrown] : thrown.problems
  }
  return []
}

const SOURCES: ReadonlyMap<DatasetId, Dataset> = new Map(
  changeFeed
    .plan({ ...definition({}), id: 'clicks', flowType: 'change_feed' })
    .datasets.map((dataset) => [dataset.id, dataset]),
)
const FEED = { sourceDatasetId: 'clicks.change_feed' }

describe('definitions that cannot become growth accounting', () => {
  it.each<[string, FlowDefinition['properties'], string, readonly string[]]>([
    [
      'no period',
      { entity_columns: ['user'], event_time_column: 'at' },
      'QRN-GROWTH-001',
      ['properties'],
    ],
    [
      'an unknown column',
      { ...PROPERTIES, segment_columns: ['plans'] },
      'QRN-GROWTH-002',
      ['properties', 'segment_columns', '0'],
    ],
    [
      'a segment that is the entity',
      { ...PROPERTIES, segment_columns: ['user'] },
      'QRN-GROWTH-003',
      ['properties', 'segment_columns'],
    ],
    [
      'a time that is none',
      { ...PROPERTIES, event_time_column: 'id' },
      'QRN-GROWTH-004',
      ['properties', 'event_time_column'],
    ],
    [
      'a segment that may be empty',
      { ...PROPERTIES, segment_columns: ['page'] },
      'QRN-GROWTH-004',
      ['properties', 'segment_columns'],
    ],
    [
      'a name of the summary',
      { ...PROPERTIES, segment_columns: ['new'] },
      'QRN-GROWTH-004',
      ['properties', 'segment_columns'],
    ],
    [
      'an unknown period',
      { ...PROPERTIES, period: 'year' },
      'QRN-GROWTH-006',
      ['properties', 'period'],
    ],
    [
      'an unknown zone',
      { ...PROPERTIES, timezone: 'Europe/Berlon' },
      'QRN-GROWTH-006',
      ['properties', 'timezone'],
    ],
  ])('%s', (_, properties, code, path) => {
    const problems = problemsOf(properties)
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(problems[0]?.data).toMatchObject({ path })
  })

  it('a key of its own beside that of a change feed', () => {
    expect(problemsOf({ ...PROPERTIES, event_key: ['user'] }, FEED)).toMatchObject([
      { code: 'QRN-GROWTH-003', data: { path: ['properties', 'event_key'] } },
    ])
  })
})

describe('plans', () => {
  it.each<Parameters<typeof definition>>([
    [PROPERTIES],
    [{ ...PROPERTIES, period: 'day', timezone: 'Europe/Berlin' }, { primaryKey: [] }],
    [{ ...PROPERTIES, period: 'month', segment_columns: ['plan'], event_key: ['user', 'id'] }],
    [PROPERTIES, FEED],
  ])('%j %j is sound, and the same after serialise and parse', (properties, input) => {
    const plan = growthAccounting.plan(definition(properties, input), SOURCES)
    checkFlowPlan(plan, [...SOURCES.values()])
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    const shown = plan.datasets.filter(({ id }) => /activity$|summary$/.test(id))
    expect(shown.map(({ table }) => table)).toEqual(['app_growth_activity', 'app_growth_summary'])
    for (const { columns } of shown)
      for (const { name, description } of columns)
        expect([name, description ?? (name === 'user' ? 'declared' : undefined)]).toEqual([
          name,
          expect.any(String),
        ])
  })
})
