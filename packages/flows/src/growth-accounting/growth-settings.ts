import type { QarionError } from '@qarion/core'
import {
  createZone,
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
import { growthError, type GrowthErrorCode } from './growth-errors.ts'

const PERIODS = ['day', 'week', 'month'] as const

export type Period = (typeof PERIODS)[number]

/** The properties of growth accounting, checked against the flow's columns. */
export interface GrowthSettings {
  readonly time: InputColumn
  readonly period: Period
  readonly timezone: string
  /** Empty: every row is an event of its own. */
  readonly key: readonly InputColumn[]
  readonly segment: readonly InputColumn[]
  readonly entity: readonly InputColumn[]
  /** Segment and entity: what is active, or not. */
  readonly member: readonly InputColumn[]
}

const CODES: Readonly<Record<EventProblem, GrowthErrorCode>> = {
  missing: 'QRN-GROWTH-001',
  unknown_column: 'QRN-GROWTH-002',
  exclusive: 'QRN-GROWTH-003',
  unfit: 'QRN-GROWTH-004',
}

/** Names that columns of `activity` and `summary` have. */
const TAKEN: ReadonlySet<string> = new Set([
  'period_start',
  'class',
  'is_complete',
  'active',
  'active_previous',
  'new',
  'retained',
  'resurrected',
  'churned',
  'quick_ratio',
  'retention',
])

/** Reads `[properties]`; throws one QarionError that holds every problem. */
export function readGrowthSettings(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
): GrowthSettings {
  const { properties, id } = definition
  const problems: QarionError[] = []
  const report: ReportEventProblem = (problem, message, options) =>
    void problems.push(growthError(CODES[problem], id, message, options))
  requireProperties(definition, ['entity_columns', 'event_time_column', 'period'], report)
  const entity = namedColumns(definition, 'entity_columns', report)
  const [time] = namedColumns(definition, 'event_time_column', report)
  const segment = namedColumns(definition, 'segment_columns', report)
  const key = eventKey(definition, sources, report)
  if (time !== undefined) requireTimestamp(time, report)
  checkNames({ entity_columns: entity, segment_columns: segment }, report)
  const twice = segment.find((column) => entity.includes(column))
  if (twice !== undefined)
    report('exclusive', `"${twice.name}" is in entity_columns and in segment_columns`, {
      hint: 'Keep it in one of them.',
      path: ['properties', 'segment_columns'],
    })
  requireComplete(
    definition,
    {
      entity_columns: entity,
      event_time_column: time === undefined ? [] : [time],
      segment_columns: segment,
      event_key: key,
    },
    report,
  )
  const period = PERIODS.find((known) => known === properties['period'])
  if (properties['period'] !== undefined && period === undefined)
    problems.push(
      growthError(
        'QRN-GROWTH-006',
        id,
        `there is no period ${JSON.stringify(properties['period'])}`,
        {
          path: ['properties', 'period'],
        },
      ),
    )
  const timezone = (properties['timezone'] ?? 'UTC') as string
  if (!isZone(timezone))
    problems.push(
      growthError('QRN-GROWTH-006', id, `there is no time zone "${timezone}"`, {
        path: ['properties', 'timezone'],
      }),
    )

  throwProblems(definition, problems, 'QRN-GROWTH-005')
  return Object.freeze({
    // What is missing has been reported.
    time: time as InputColumn,
    period: period as Period,
    timezone,
    key,
    segment,
    entity,
    member: [...segment, ...entity],
  })
}

function checkNames(
  columns: Readonly<Record<string, readonly InputColumn[]>>,
  report: ReportEventProblem,
): void {
  for (const [property, named] of Object.entries(columns))
    for (const { name } of named)
      if (TAKEN.has(name.toLowerCase()))
        report('unfit', `${property}: "${name}" is the name of a column that is added`, {
          hint: `Give the column another name, and its name in the file as source_name = "${name}".`,
          path: ['properties', property],
        })
}

function isZone(name: string): boolean {
  try {
    createZone(name)
    return true
  } catch {
    return false
  }
}
