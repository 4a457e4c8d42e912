import {
  DataTypes,
  decimalType,
  type Column,
  type Dataset,
  type DatasetStorage,
  type FlowDefinition,
  type InputColumn,
} from '@qarion/core'

import { tableName } from '../dataset-table.ts'
import { BATCH_ID } from '../strategies/batch-parameter.ts'
import {
  CLASS,
  CLASSES,
  COUNTS,
  EVENTS,
  IS_DELETED,
  PERIOD,
  type GrowthDatasets,
  type NewColumn,
} from './growth-columns.ts'
import type { GrowthSettings } from './growth-settings.ts'
import { activityRows, summaryRows } from './growth-views.ts'

/** The stored datasets of growth accounting, without those that deliveries need. */
export function growthDatasets(
  definition: FlowDefinition,
  settings: GrowthSettings,
): GrowthDatasets {
  const { member, segment, key } = settings
  const internal = (
    name: string,
    description: string,
    columns: readonly Column[],
    keyColumns: readonly NewColumn[],
  ): Dataset => ({
    ...naming(definition, name),
    storage: { kind: 'table' },
    columns,
    key: keyColumns.map((column) => column.name),
    sortKey: keyColumns.map((column) => column.name),
    isInternal: true,
    description,
  })
  const members = member.map(toColumn)
  const others = member.filter(({ name }) => !key.some((part) => part.name === name))
  return Object.freeze({
    activityCounts: internal(
      'activity_counts',
      'Events by member, period and batch.',
      [...members, required(PERIOD), required(BATCH_ID), required(EVENTS)],
      [...member, PERIOD, BATCH_ID],
    ),
    eventPeriods:
      key.length === 0
        ? undefined
        : internal(
            'event_periods',
            'Member and period of each event, as each batch told it.',
            [
              ...key.map(toColumn),
              ...others.map(toColumn),
              required(PERIOD),
              required(BATCH_ID),
              required(IS_DELETED),
            ],
            [...key, BATCH_ID],
          ),
    memberPeriods: internal(
      'member_periods',
      'The class of each member by period.',
      [...members, required(PERIOD), required(CLASS)],
      [...member, PERIOD],
    ),
    periodCounts: internal(
      'period_counts',
      'Members by period and class.',
      [
        ...segment.map(toColumn),
        required(PERIOD),
        ...CLASSES.map((name) => required({ name, type: DataTypes.integer })),
      ],
      [...segment, PERIOD],
    ),
    batchTotals: internal(
      'batch_totals',
      'What each batch did.',
      [required(BATCH_ID), ...COUNTS.map((name) => required({ name, type: DataTypes.integer }))],
      [BATCH_ID],
    ),
  })
}

/** The datasets that people read: views over what is stored. */
export function growthViews(
  definition: FlowDefinition,
  settings: GrowthSettings,
  datasets: GrowthDatasets,
): readonly Dataset[] {
  const { member, segment } = settings
  const start = required({ name: 'period_start', type: DataTypes.date }, 'First day of the period.')
  const count = (name: string, description: string): Column =>
    required({ name, type: DataTypes.integer }, description)
  const view = (
    name: string,
    description: string,
    rest: Pick<Dataset, 'columns' | 'key'> & { readonly storage: DatasetStorage },
  ): Dataset => ({
    ...naming(definition, name),
    ...rest,
    sortKey: rest.key,
    isInternal: false,
    description,
  })
  return [
    view('activity', 'Who was new, retained, resurrected or churned in each period.', {
      storage: { kind: 'view', queries: activityRows(settings, datasets) },
      columns: [
        ...member.map(toColumn),
        start,
        required(
          { name: 'class', type: DataTypes.string },
          '`new`, `retained`, `resurrected`, or `churned` in the first period without an event.',
        ),
      ],
      key: [...names(member), 'period_start'],
    }),
    view('summary', 'One row per period, also without events.', {
      storage: { kind: 'view', queries: summaryRows(settings, datasets) },
      columns: [
        start,
        ...segment.map(toColumn),
        required(
          { name: 'is_complete', type: DataTypes.boolean },
          'Whether there are events of a later period.',
        ),
        count('active', 'Entities with an event in the period.'),
        count('active_previous', 'Entities with an event in the period before.'),
        count('new', 'Active for the first time.'),
        count('retained', 'Active in the period before too.'),
        count('resurrected', 'Active before, but not in the period before.'),
        count('churned', 'Active in the period before and not in this one.'),
        ratio('quick_ratio', '(new + resurrected) / churned; NULL if nobody churned.'),
        ratio('retention', 'retained / active_previous; NULL if nobody was active.'),
      ],
      key: ['period_start', ...names(segment)],
    }),
  ]
}

function naming(definition: FlowDefinition, name: string): Pick<Dataset, 'id' | 'table'> {
  return {
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
  }
}

function required(of: NewColumn, description?: string): Column {
  return { ...of, required: true, ...(description === undefined ? {} : { description }) }
}

function toColumn({ name, type, description }: InputColumn): Column {
  return required({ name, type }, description)
}

function ratio(name: string, description: string): Column {
  return { name, type: decimalType(18, 6), required: false, description }
}

function names(columns: readonly InputColumn[]): string[] {
  return columns.map(({ name }) => name)
}
