import {
  DataTypes,
  type Column,
  type Dataset,
  type FlowDefinition,
  type InputColumn,
} from '@qarion/core'

import { toColumn } from '../change-feed/change-feed-datasets.ts'
import { tableName } from '../dataset-table.ts'
import { BATCH_ID } from '../strategies/batch-parameter.ts'
import type { SessionizationSettings } from './sessionization-settings.ts'

export interface SessionizationDatasets {
  readonly events: Dataset
  readonly sessions: Dataset
  /** Where the event of a key is found; `undefined` where events have no key. */
  readonly eventKeys: Dataset | undefined
  /** Events as they were before a batch replaced or deleted them, so that it can be taken back. */
  readonly replacedEvents: Dataset | undefined
  readonly batchTotals: Dataset
}

/** Name and type of a column that the flow type adds. */
export type SystemColumn = Pick<Column, 'name' | 'type'>

export const SESSION_ID: SystemColumn = Object.freeze({
  name: 'xt_session_id',
  type: DataTypes.string,
})
export const SESSION_START: SystemColumn = Object.freeze({
  name: 'xt_session_start',
  type: DataTypes.timestamp,
})
export const SESSION_END: SystemColumn = Object.freeze({
  name: 'xt_session_end',
  type: DataTypes.timestamp,
})
export const EVENT_NUMBER: SystemColumn = Object.freeze({
  name: 'xt_event_number',
  type: DataTypes.integer,
})
export const IS_OPEN: SystemColumn = Object.freeze({ name: 'xt_is_open', type: DataTypes.boolean })
export const REPLACED_BY: SystemColumn = Object.freeze({
  name: 'xt_replaced_batch_id',
  type: DataTypes.integer,
})
export const NEWEST: SystemColumn = Object.freeze({
  name: 'xt_newest_event_time',
  type: DataTypes.timestamp,
})

/** What is counted of a batch, by column of `batch_totals`. */
export const COUNTS = ['new_events', 'changed_events', 'deleted_events', 'sessions'] as const

export function firstName(column: string): string {
  return `xt_first_${column}`
}

export function lastName(column: string): string {
  return `xt_last_${column}`
}

/** The stored datasets of a sessionization, without those that deliveries need. */
export function sessionizationDatasets(
  definition: FlowDefinition,
  settings: SessionizationSettings,
): SessionizationDatasets {
  const { columns, entity, time, key } = settings
  const needed = new Set([...entity, time, ...key].map(({ name }) => name))
  const ofInput = (some: readonly InputColumn[]): Column[] =>
    some.map((column) => ({
      ...toColumn(column),
      required: needed.has(column.name) || column.required,
    }))
  const input = ofInput(columns)
  const dataset = (
    name: string,
    rest: Pick<Dataset, 'columns' | 'key' | 'sortKey' | 'isInternal' | 'description'>,
  ): Dataset => ({
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
    storage: { kind: 'table' },
    ...rest,
  })
  const place = [SESSION_ID.name, EVENT_NUMBER.name]
  return Object.freeze({
    events: dataset('events', {
      description: 'The events, each with its session and its place in it.',
      columns: [
        ...input,
        required(SESSION_ID, 'The session that the event belongs to.'),
        required(EVENT_NUMBER, 'The place of the event in its session, from 1.'),
        required(BATCH_ID, 'The batch that brought the event as it is.'),
      ],
      key: place,
      sortKey: unique([...names(entity), time.name, ...place]),
      isInternal: false,
    }),
    sessions: dataset('sessions', {
      description: 'The sessions of all events that have come.',
      columns: [
        required(SESSION_ID, 'Text of the entity and the start.'),
        ...ofInput(entity),
        required(SESSION_START, 'Time of the first event.'),
        required(SESSION_END, 'Time of the last event.'),
        required({ name: 'xt_event_count', type: DataTypes.integer }, 'The number of events.'),
        required(
          { name: 'xt_duration_microseconds', type: DataTypes.integer },
          'The time from the first to the last event.',
        ),
        required(
          IS_OPEN,
          'Whether the newest event of all is no later than the gap after the end: the session may still grow.',
        ),
        ...ofInput(settings.first).map((column) => ({
          ...column,
          name: firstName(column.name),
          description: `${column.name} of the first event.`,
        })),
        ...ofInput(settings.last).map((column) => ({
          ...column,
          name: lastName(column.name),
          description: `${column.name} of the last event.`,
        })),
        required(BATCH_ID, 'The newest batch that brought one of its events.'),
      ],
      // By entity and time they are found when events come.
      key: [...names(entity), SESSION_START.name, SESSION_ID.name],
      sortKey: [...names(entity), SESSION_START.name, SESSION_ID.name],
      isInternal: false,
    }),
    eventKeys:
      key.length === 0
        ? undefined
        : dataset('event_keys', {
            description: 'Entity and time by key: what comes again is found by it.',
            columns: ofInput(uniqueColumns([...key, ...entity, time])),
            key: names(key),
            sortKey: names(key),
            isInternal: true,
          }),
    replacedEvents:
      key.length === 0
        ? undefined
        : dataset('replaced_events', {
            description:
              'Events as they were before a batch replaced or deleted them: so it is taken back.',
            columns: [...input, required(BATCH_ID), required(REPLACED_BY)],
            key: [REPLACED_BY.name, ...names(key)],
            sortKey: [REPLACED_BY.name, ...names(key)],
            isInternal: true,
          }),
    batchTotals: dataset('batch_totals', {
      description: 'What each batch did, and the newest event that it brought.',
      columns: [
        required(BATCH_ID),
        { ...NEWEST, required: false },
        ...COUNTS.map((name) => required({ name, type: DataTypes.integer })),
      ],
      key: [BATCH_ID.name],
      sortKey: [BATCH_ID.name],
      isInternal: true,
    }),
  })
}

function required(of: Pick<Column, 'name' | 'type'>, description?: string): Column {
  return { ...of, required: true, ...(description === undefined ? {} : { description }) }
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}

export function uniqueColumns(columns: readonly InputColumn[]): InputColumn[] {
  return columns.filter(
    ({ name }, index) => columns.findIndex((other) => other.name === name) === index,
  )
}

function names(columns: readonly { readonly name: string }[]): string[] {
  return columns.map(({ name }) => name)
}
