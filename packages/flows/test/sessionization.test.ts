import {
  DataTypes,
  isQarionError,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type QarionError,
} from '@qarion/core'
import { changeFeed, sessionization } from '@qarion/flows'
import { checkFlowPlan, parsePlan, serializePlan } from '@qarion/plan'
import { describe, expect, it } from 'vitest'

const COLUMNS = [
  { name: 'id', type: DataTypes.integer, required: true },
  { name: 'user', type: DataTypes.string, required: true },
  { name: 'at', type: DataTypes.timestamp, required: true },
  { name: 'page', type: DataTypes.string, required: false, description: 'where' },
  { name: 'weight', type: DataTypes.float, required: true },
]
const PROPERTIES = { entity_columns: ['user'], event_time_column: 'at', session_gap: 1_800_000 }

const definition = (
  properties: FlowDefinition['properties'],
  input: Partial<FlowDefinition['input']> = {},
): FlowDefinition => ({
  id: 'visits',
  name: 'Visits',
  flowType: 'sessionization',
  namespace: 'web',
  input: { primaryKey: ['id'], columns: COLUMNS, ...input },
  properties,
  file: 'flows/visits.toml',
})

function problemsOf(...made: Parameters<typeof definition>): readonly QarionError[] {
  try {
    sessionization.plan(definition(...made), SOURCES)
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return thrown.problems.length === 0 ? [thrown] : thrown.problems
  }
  return []
}

const SOURCES: ReadonlyMap<DatasetId, Dataset> = new Map(
  [
    changeFeed.plan({ ...definition({}), id: 'clicks', flowType: 'change_feed' }),
    sessionization.plan({ ...definition(PROPERTIES), id: 'others' }),
  ]
    .flatMap(({ datasets }) => datasets)
    .map((dataset) => [dataset.id, dataset]),
)
const FEED = { sourceDatasetId: 'clicks.change_feed' }

describe('definitions that cannot become sessions', () => {
  it.each<[string, FlowDefinition['properties'], string, readonly string[]]>([
    [
      'no gap',
      { entity_columns: ['user'], event_time_column: 'at' },
      'QRN-SESSION-001',
      ['properties'],
    ],
    [
      'no entity',
      { ...PROPERTIES, entity_columns: [] },
      'QRN-SESSION-001',
      ['properties', 'entity_columns'],
    ],
    [
      'an unknown column',
      { ...PROPERTIES, split_columns: ['page', 'pag'] },
      'QRN-SESSION-002',
      ['properties', 'split_columns', '1'],
    ],
    [
      'a column twice',
      { ...PROPERTIES, last_columns: ['page', 'page'] },
      'QRN-SESSION-002',
      ['properties', 'last_columns', '1'],
    ],
    [
      'a time that is none',
      { ...PROPERTIES, event_time_column: 'id' },
      'QRN-SESSION-004',
      ['properties', 'event_time_column'],
    ],
    [
      'an entity without text',
      { ...PROPERTIES, entity_columns: ['weight'] },
      'QRN-SESSION-004',
      ['properties', 'entity_columns'],
    ],
    [
      'an entity that may be empty',
      { ...PROPERTIES, entity_columns: ['page'] },
      'QRN-SESSION-004',
      ['properties', 'entity_columns'],
    ],
    [
      'a key that may be empty',
      { ...PROPERTIES, event_key: ['page'] },
      'QRN-SESSION-004',
      ['properties', 'event_key'],
    ],
  ])('%s', (_, properties, code, path) => {
    const problems = problemsOf(properties)
    expect(problems.map((problem) => problem.code)).toEqual([code])
    expect(problems[0]?.data).toMatchObject({ path })
  })

  it('the nearest column is named, and all problems are told', () => {
    const problems = problemsOf({
      ...PROPERTIES,
      entity_columns: ['users'],
      first_columns: ['pages'],
    })
    expect(problems.map(({ hint }) => hint)).toEqual(['Did you mean user?', 'Did you mean page?'])
  })

  it('a key of its own beside that of a change feed', () => {
    expect(problemsOf({ ...PROPERTIES, event_key: ['user'] }, FEED)).toMatchObject([
      { code: 'QRN-SESSION-003', data: { path: ['properties', 'event_key'] } },
    ])
    expect(problemsOf({ ...PROPERTIES, event_key: ['id'] }, FEED)).toEqual([])
  })
})

describe('plans', () => {
  const optional = COLUMNS.map((column) => ({ ...column, required: column.name === 'id' }))
  it.each<Parameters<typeof definition>>([
    [PROPERTIES],
    [PROPERTIES, { primaryKey: [] }],
    [{ ...PROPERTIES, event_key: ['user', 'id'] }, { primaryKey: [] }],
    [{ ...PROPERTIES, entity_columns: ['user', 'id'], split_columns: ['page', 'weight'] }],
    [{ ...PROPERTIES, first_columns: ['page'], last_columns: ['page', 'at'] }],
    [PROPERTIES, { ...FEED, columns: optional }],
    [PROPERTIES, { sourceDatasetId: 'others.events', primaryKey: [] }],
    [PROPERTIES, { sourceDatasetId: 'others.events' }],
  ])('%j %j is sound, and the same after serialise and parse', (properties, input) => {
    const plan = sessionization.plan(definition(properties, input), SOURCES)
    checkFlowPlan(plan, [...SOURCES.values()])
    expect(parsePlan(serializePlan(plan))).toEqual(plan)
    expect(plan.datasets.map(({ table }) => table)).toContain('web_visits_sessions')
  })

  it('every column that is added says what it holds', () => {
    const { datasets } = sessionization.plan(definition(PROPERTIES))
    const undescribed = datasets
      .filter(({ id }) => id === 'visits.events' || id === 'visits.sessions')
      .flatMap(({ columns }) => columns)
      .filter(({ name, description }) => name.startsWith('xt_') && description === undefined)
    expect(undescribed).toEqual([])
  })
})
