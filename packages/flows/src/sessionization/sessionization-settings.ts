import {
  QarionError,
  type DataTypeKind,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type InputColumn,
} from '@qarion/core'
import { suggestName } from '@qarion/plan'

import { sessionizationError } from './sessionization-errors.ts'

/** The properties of a sessionization, checked against the flow's columns. */
export interface SessionizationSettings {
  readonly columns: readonly InputColumn[]
  readonly entity: readonly InputColumn[]
  readonly time: InputColumn
  readonly gapMicroseconds: bigint
  /** Empty: every row is an event of its own. */
  readonly key: readonly InputColumn[]
  readonly split: readonly InputColumn[]
  readonly first: readonly InputColumn[]
  readonly last: readonly InputColumn[]
}

type Report = (...problem: Parameters<typeof sessionizationError>) => void

/** Types that have no canonical text to make an id of. */
const WITHOUT_TEXT: ReadonlySet<DataTypeKind> = new Set(['float', 'binary'])

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readSessionizationSettings(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
): SessionizationSettings {
  const { input, properties, id } = definition
  const problems: QarionError[] = []
  const report: Report = (...problem) => void problems.push(sessionizationError(...problem))
  const find = (property: string): readonly InputColumn[] =>
    namedColumns(definition, property, report)

  for (const name of ['entity_columns', 'event_time_column', 'session_gap']) {
    const value = properties[name]
    if (value === undefined || (Array.isArray(value) && value.length === 0))
      report('QRN-SESSION-001', id, `${name} is not set`, {
        path: value === undefined ? ['properties'] : ['properties', name],
      })
  }
  const entity = find('entity_columns')
  const [time] = find('event_time_column')
  const key = eventKey(definition, sources, report)
  const split = find('split_columns')
  const first = find('first_columns')
  const last = find('last_columns')
  checkTypes(definition, { entity, key, time }, report)

  const [problem] = problems
  if (problem === undefined && time !== undefined)
    return Object.freeze({
      columns: input.columns,
      entity,
      time,
      gapMicroseconds: BigInt(Math.round(Number(properties['session_gap']) * 1000)),
      key,
      split,
      first,
      last,
    })
  if (problems.length === 1) throw problem
  throw new QarionError(
    'QRN-SESSION-005',
    'configuration',
    `flow "${id}" has ${problems.length} problems`,
    { problems },
  )
}

/** The columns that a property names, in its order. */
function namedColumns(
  { id, input, properties }: FlowDefinition,
  property: string,
  report: Report,
): readonly InputColumn[] {
  const value = properties[property] ?? []
  const isList = Array.isArray(value)
  const names = (isList ? value : [value]) as readonly string[]
  return names.flatMap((name, index) => {
    const path = ['properties', property, ...(isList ? [String(index)] : [])]
    const found = input.columns.find((column) => column.name === name)
    if (found === undefined)
      report('QRN-SESSION-002', id, `${property} names "${name}", which the input does not have`, {
        hint: suggestName(
          name,
          input.columns.map((column) => column.name),
          'columns',
        ),
        path,
      })
    else if (names.indexOf(name) < index) {
      report('QRN-SESSION-002', id, `${property} names "${name}" twice`, { path })
      return []
    }
    return found === undefined ? [] : [found]
  })
}

function eventKey(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
  report: Report,
): readonly InputColumn[] {
  const { id, input, properties } = definition
  const primary = input.columns.filter(({ name }) => input.primaryKey.includes(name))
  const source = sources.get(input.sourceDatasetId ?? '')
  const isFeed = source?.columns.some(({ name }) => name === 'xt_record_type') === true
  if (properties['event_key'] === undefined) return primary
  const key = namedColumns(definition, 'event_key', report)
  const isPrimary =
    key.length === primary.length && key.every(({ name }) => input.primaryKey.includes(name))
  if (isFeed && !isPrimary)
    report('QRN-SESSION-003', id, `the events of "${source.id}" are identified by its key`, {
      hint: 'Leave event_key out.',
      path: ['properties', 'event_key'],
    })
  return key
}

function checkTypes(
  { id, input }: FlowDefinition,
  settings: {
    readonly entity: readonly InputColumn[]
    readonly key: readonly InputColumn[]
    readonly time: InputColumn | undefined
  },
  report: Report,
): void {
  const { entity, key, time } = settings
  for (const { name, type } of entity)
    if (WITHOUT_TEXT.has(type.kind))
      report('QRN-SESSION-004', id, `entity_columns: "${name}" is a ${type.kind}`, {
        path: ['properties', 'entity_columns'],
      })
  if (time !== undefined && time.type.kind !== 'timestamp')
    report('QRN-SESSION-004', id, `event_time_column: "${time.name}" is a ${time.type.kind}`, {
      hint: 'Declare the column with schema_type = "timestamp", and a format if its text needs one.',
      path: ['properties', 'event_time_column'],
    })
  // What another flow has delivered is checked when it is read.
  if (input.sourceDatasetId !== undefined) return
  const needed = [
    ...entity.map((column) => ['entity_columns', column] as const),
    ...(time === undefined ? [] : [['event_time_column', time] as const]),
    ...key
      .filter(({ name }) => !input.primaryKey.includes(name))
      .map((column) => ['event_key', column] as const),
  ]
  for (const [property, { name, required }] of needed)
    if (!required && !input.primaryKey.includes(name))
      report('QRN-SESSION-004', id, `${property}: "${name}" may be empty`, {
        hint: `Add required = true to the column "${name}"; rows without it become rejects.`,
        path: ['properties', property],
      })
}
