import {
  DataTypes,
  type BatchCounts,
  type DatasetId,
  type Expression,
  type FlowDefinition,
  type Instruction,
  type NamedExpression,
  type Query,
} from '@qarion/core'
import {
  aggregate,
  and,
  append,
  boolean,
  call,
  caseWhen,
  castTo,
  coalesce,
  column,
  defineInstruction,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  isDistinct,
  isNotNull,
  isNull,
  join,
  measure,
  named,
  not,
  nullOf,
  or,
  overwrite,
  replaceKeys,
  select,
  text,
  union,
} from '@qarion/plan'

import type { OutboxDatasets } from '../outbox/outbox-datasets.ts'
import type { OutboxSettings } from '../outbox/outbox-settings.ts'
import { batchId, batchTime, ofBatch } from './batch-parameter.ts'
import type { ChangeInput } from './change-input.ts'
import { initialLoad, isSkipped } from './initial-load.ts'
import { jsonObject } from './json-object.ts'
import { nextRevision, REVISION } from './next-revision.ts'
import { keep, onColumns } from './snapshot.ts'

export interface OutboxInstructions {
  /** Announces what the batch changed. */
  readonly instruction: Instruction
  /** Announces how the rows after all batches differ from what was announced. */
  readonly rebuild: Instruction
}

/** What may have happened to a row, as the types of events end, in the order in which it is told. */
export const EVENT_KINDS = ['new', 'changed', 'deleted', 'reinserted'] as const

type EventKind = (typeof EVENT_KINDS)[number]

const { boolean: booleanType, integer: integerType, string } = DataTypes

/** Before the names of what was announced, in the query `differences`. */
const BEFORE = 'xt_announced_'
const EVENT_KEY = { name: 'event_key', type: string }
const DATA = { name: 'data', type: string }
const eventKey = column(EVENT_KEY.name, string)
const isDeleted = column('is_deleted', booleanType)
/** NULL where the key was never announced. */
const sequenceBefore = column(`${BEFORE}sequence`, integerType)
const wasDeleted = column(`${BEFORE}is_deleted`, booleanType)
const dataBefore = column(`${BEFORE}data`, string)

/**
 * The instructions that bring outbox and rows in line. Both compare with what was last announced of each key, so that
 * nothing is announced twice; they differ in which rows they look at.
 *
 * Parameters they need: `batch_id`, `batch_time`, `revision`.
 */
export function changeFeedToOutbox(
  definition: FlowDefinition,
  settings: OutboxSettings,
  datasets: OutboxDatasets,
  input: Pick<ChangeInput, 'changes' | 'snapshot'>,
): OutboxInstructions {
  const announce = (id: string, rows: readonly Query[]): Instruction =>
    announcing(id, definition, settings, datasets, rows)
  return {
    instruction: announce('change_feed_to_outbox', changedRows(settings, input)),
    rebuild: announce('rebuild_outbox', rowsAfterAll(settings, datasets, input)),
  }
}

/** Events of a batch by what happened. */
export function countEvents(events: DatasetId): BatchCounts {
  const kinds = EVENT_KINDS.map((name) => ({
    when: call('ends_with', column('type', string), text(`.${name}`)),
    then: kind(name),
  }))
  return {
    names: EVENT_KINDS,
    queries: [
      defineQuery('counts', [
        from(events),
        ofBatch,
        derive([named('kind', caseWhen(kinds, nullOf(string)))]),
        aggregate({ groupBy: ['kind'], measures: [measure('rows', 'count')] }),
      ]),
    ],
  }
}

/** `rows`: key and data as they are to be announced, and whether the key is gone; of such ones the data does not count. */
function changedRows(settings: OutboxSettings, input: Pick<ChangeInput, 'changes'>): Query[] {
  const isGone = equal(column('xt_record_type', string), text('deleted'))
  return [
    input.changes('changes'),
    defineQuery('rows', [
      fromQuery('changes'),
      select([
        named('event_key', keyText(settings)),
        named('data', jsonObject(settings.payload)),
        named('is_deleted', isGone),
      ]),
    ]),
  ]
}

/** The same of all rows after the batch, and of all announced keys that are no longer there. */
function rowsAfterAll(
  settings: OutboxSettings,
  { announced }: OutboxDatasets,
  input: Pick<ChangeInput, 'snapshot'>,
): Query[] {
  return [
    ...input.snapshot('snapshot'),
    defineQuery('present', [
      fromQuery('snapshot'),
      select([
        named('event_key', keyText(settings)),
        named('data', jsonObject(settings.payload)),
        named('is_deleted', boolean(false)),
      ]),
    ]),
    defineQuery('gone', [
      from(announced.id),
      join('present', { type: 'anti', on: onColumns([EVENT_KEY]) }),
      select([keep(EVENT_KEY), keep(DATA), named('is_deleted', boolean(true))]),
    ]),
    defineQuery('rows', [fromQuery('present'), union(['gone'])]),
  ]
}

function keyText({ key }: OutboxSettings): Expression {
  return call('key_text', ...key.map(({ name, type }) => column(name, type)))
}

function announcing(
  id: string,
  definition: FlowDefinition,
  settings: OutboxSettings,
  datasets: OutboxDatasets,
  rows: readonly Query[],
): Instruction {
  return defineInstruction(
    id,
    [
      ...rows,
      defineQuery('announced_rows', [from(datasets.announced.id)]),
      nextRevision(datasets.outbox),
      ...initialLoad(definition, settings, datasets.initialLoad),
      differences(),
      ...announcements(definition, settings),
    ],
    [
      append('events', datasets.outbox.id),
      append('events_waiting', datasets.waiting.id),
      replaceKeys('announcements', datasets.announced.id, [EVENT_KEY.name]),
      overwrite('initial_load_after', datasets.initialLoad.id),
    ],
  )
}

/** The rows that were not announced as they are, beside what was announced of them. */
function differences(): Query {
  const isKnown = isNotNull(sequenceBefore)
  return defineQuery(
    'differences',
    [
      fromQuery('rows'),
      join('announced_rows', { type: 'left', on: onColumns([EVENT_KEY]), rightPrefix: BEFORE }),
      filter(
        or(
          and(isDeleted, isKnown, not(wasDeleted)),
          and(
            not(isDeleted),
            or(not(isKnown), wasDeleted, isDistinct(column('data', string), dataBefore)),
          ),
        ),
      ),
      join('next_revision', { type: 'inner', on: [], rightPrefix: '' }),
      join('initial_load_now', { type: 'inner', on: [], rightPrefix: '' }),
      select([
        keep(EVENT_KEY),
        named('data', caseWhen([{ when: isDeleted, then: dataBefore }], column('data', string))),
        named('is_deleted', isDeleted),
        named('kind', eventKind()),
        named(
          'sequence',
          call(
            'add',
            coalesce(sequenceBefore, integer(0)),
            caseWhen([{ when: isSkipped, then: integer(0) }], integer(1)),
          ),
        ),
        named('is_skipped', isSkipped),
        keep(REVISION),
      ]),
    ],
    { evaluate: 'once' },
  )
}

/** The end of the type of an event. */
function kind(name: EventKind): Expression {
  return text(name)
}

function eventKind(): Expression {
  return caseWhen(
    [
      { when: isDeleted, then: kind('deleted') },
      { when: isNull(sequenceBefore), then: kind('new') },
      { when: wasDeleted, then: kind('reinserted') },
    ],
    kind('changed'),
  )
}

/** `events` and `events_waiting`: what is to be published. `announcements`: what receivers know then. */
function announcements(definition: FlowDefinition, settings: OutboxSettings): Query[] {
  const sequence = { name: 'sequence', type: integerType }
  const batch: NamedExpression = named('xt_batch_id', batchId)
  const revision = column(REVISION.name, REVISION.type)
  const identity = call(
    'concat',
    call('key_text', text(definition.id), batchId),
    text('|'),
    eventKey,
    text('|'),
    castTo(revision, string),
  )
  const ofEvents = [
    fromQuery('differences'),
    filter(not(column('is_skipped', booleanType))),
  ] as const
  return [
    defineQuery('events', [
      ...ofEvents,
      select([
        named('id', identity),
        named('source', text(settings.source)),
        named('type', call('concat', text(`${settings.typePrefix}.`), column('kind', string))),
        named('subject', eventKey),
        named('time', batchTime),
        keep(DATA),
        keep(EVENT_KEY),
        keep(sequence),
        named('state', text('pending')),
        named('attempts', integer(0)),
        batch,
        keep(REVISION),
      ]),
    ]),
    defineQuery('events_waiting', [
      ...ofEvents,
      select([keep(EVENT_KEY), keep(sequence), batch, keep(REVISION)]),
    ]),
    defineQuery('announcements', [
      fromQuery('differences'),
      select([
        keep(EVENT_KEY),
        keep(sequence),
        keep({ name: 'is_deleted', type: booleanType }),
        keep(DATA),
      ]),
    ]),
  ]
}
