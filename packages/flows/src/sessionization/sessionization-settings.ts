import type { QarionError } from '@qarion/core'
import {
  type DataTypeKind,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type InputColumn,
} from '@qarion/core'

import { throwProblems } from '../definition-problems.ts'
import {
  eventKey,
  namedColumns,
  requireComplete,
  requireProperties,
  requireTimestamp,
  type EventProblem,
  type ReportEventProblem,
} from '../strategies/event-properties.ts'
import { sessionizationError, type SessionizationErrorCode } from './sessionization-errors.ts'

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

const CODES: Readonly<Record<EventProblem, SessionizationErrorCode>> = {
  missing: 'QRN-SESSION-001',
  unknown_column: 'QRN-SESSION-002',
  exclusive: 'QRN-SESSION-003',
  unfit: 'QRN-SESSION-004',
}

/** Types that have no canonical text to make an id of. */
const WITHOUT_TEXT: ReadonlySet<DataTypeKind> = new Set(['float', 'binary'])

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readSessionizationSettings(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
): SessionizationSettings {
  const { input, properties, id } = definition
  const problems: QarionError[] = []
  const report: ReportEventProblem = (problem, message, options) =>
    void problems.push(sessionizationError(CODES[problem], id, message, options))
  const find = (property: string): readonly InputColumn[] =>
    namedColumns(definition, property, report)

  requireProperties(definition, ['entity_columns', 'event_time_column', 'session_gap'], report)
  const entity = find('entity_columns')
  const [time] = find('event_time_column')
  const key = eventKey(definition, sources, report)
  const split = find('split_columns')
  const first = find('first_columns')
  const last = find('last_columns')
  for (const { name, type } of entity)
    if (WITHOUT_TEXT.has(type.kind))
      report('unfit', `entity_columns: "${name}" is a ${type.kind}`, {
        path: ['properties', 'entity_columns'],
      })
  if (time !== undefined) requireTimestamp(time, report)
  requireComplete(
    definition,
    {
      entity_columns: entity,
      event_time_column: time === undefined ? [] : [time],
      event_key: key,
    },
    report,
  )

  throwProblems(definition, problems, 'QRN-SESSION-005')
  return Object.freeze({
    columns: input.columns,
    entity,
    // A missing one has been reported.
    time: time as InputColumn,
    gapMicroseconds: BigInt(Math.round(Number(properties['session_gap']) * 1000)),
    key,
    split,
    first,
    last,
  })
}
