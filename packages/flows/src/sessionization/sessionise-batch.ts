import {
  DataTypes,
  type Expression,
  type InputColumn,
  type Instruction,
  type Query,
  type Rule,
  type Write,
} from '@qarion/core'
import {
  aggregate,
  and,
  append,
  assert,
  boolean,
  caseWhen,
  column,
  defineInstruction,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  isDistinct,
  isNotNull,
  isNull,
  join,
  measure,
  not,
  or,
  remove,
  select,
  union,
  values,
} from '@qarion/plan'

import { BATCH_ID, batchId, isOfBatch, ofBatch } from '../strategies/batch-parameter.ts'
import type { EventInput } from '../strategies/event-input.ts'
import { keep, onColumns } from '../strategies/snapshot.ts'
import {
  newestOf,
  sessionRows,
  touchedSessions,
  turnedSessions,
  writeSessions,
} from './session-queries.ts'
import {
  COUNTS,
  NEWEST,
  REPLACED_BY,
  uniqueColumns,
  type SessionizationDatasets,
} from './sessionization-datasets.ts'
import type { SessionizationSettings } from './sessionization-settings.ts'

const KNOWN = 'xt_known_'
const DELIVERED = 'xt_delivered_'
const IS_KNOWN = { name: 'xt_is_known', type: DataTypes.boolean } as const

const differs = (columns: readonly InputColumn[], prefix: string): Expression =>
  or(
    ...columns.map(({ name, type }) => isDistinct(column(name, type), column(prefix + name, type))),
  )

/** Takes the events of the batch in: sessions near them are made anew, all others stay. Parameter: `batch_id`. */
export function sessioniseBatch(
  settings: SessionizationSettings,
  datasets: SessionizationDatasets,
  input: EventInput,
): Instruction {
  const { batchTotals, eventKeys, replacedEvents } = datasets
  const isKeyed = eventKeys !== undefined && replacedEvents !== undefined
  return defineInstruction(
    'sessionise_batch',
    [
      ...input.queries,
      guardIncomplete(settings),
      ...(isKeyed ? knownEvents(settings, eventKeys.id, input) : []),
      ...points(settings, isKeyed ? ['delivered', 'known'] : ['delivered']),
      ...touchedSessions(settings, datasets),
      ...(isKeyed ? replaceByKey(settings) : addAll(settings)),
      ...newestEvent(settings, batchTotals.id),
      ...sessionRows(settings, datasets),
      ...turnedSessions(settings, datasets, 'closing'),
      ...totals(settings),
    ],
    [
      ...writeSessions(settings, datasets),
      ...(isKeyed ? writeKeys(settings, eventKeys.id, 'delivered_keys') : []),
      ...(isKeyed ? [append('replaced', replacedEvents.id)] : []),
      append('totals', batchTotals.id),
    ],
  )
}

/** Takes back what the batch did: its events go, those that it replaced or deleted come again. */
export function takeBatchBack(
  settings: SessionizationSettings,
  datasets: SessionizationDatasets,
): Instruction {
  const { events, batchTotals, eventKeys, replacedEvents } = datasets
  const isKeyed = eventKeys !== undefined && replacedEvents !== undefined
  const stored = [...settings.columns, BATCH_ID].map(keep)
  const restored = isKeyed
    ? [
        defineQuery(
          'restored',
          [
            from(replacedEvents.id),
            filter(equal(column(REPLACED_BY.name, REPLACED_BY.type), batchId)),
            select(stored),
          ],
          { evaluate: 'once' },
        ),
      ]
    : []
  return defineInstruction(
    'take_batch_back',
    [
      defineQuery('batch', [
        values(
          [BATCH_ID, REPLACED_BY].map(({ name, type }) => ({ name, type })),
          [[batchId, batchId]],
        ),
      ]),
      defineQuery('leaving', [from(events.id), ofBatch, select(stored)], {
        evaluate: 'once',
      }),
      ...restored,
      ...points(settings, isKeyed ? ['leaving', 'restored'] : ['leaving']),
      ...touchedSessions(settings, datasets),
      defineQuery('remaining', [
        fromQuery('held'),
        filter(not(isOfBatch)),
        ...(isKeyed ? [union(['restored'])] : []),
      ]),
      newestOf(from(batchTotals.id), filter(not(isOfBatch))),
      ...sessionRows(settings, datasets),
      ...turnedSessions(settings, datasets, 'either'),
      ...(isKeyed ? keysTakenBack(settings) : []),
    ],
    [
      ...writeSessions(settings, datasets),
      ...(isKeyed ? writeKeys(settings, eventKeys.id, 'restored_keys') : []),
      ...(isKeyed ? [remove('batch', replacedEvents.id, [REPLACED_BY.name])] : []),
      remove('batch', batchTotals.id, [BATCH_ID.name]),
    ],
  )
}

function guardIncomplete({ entity, time, key }: SessionizationSettings): Query {
  const needed = uniqueColumns([...entity, time, ...key])
  return defineQuery('incomplete', [
    fromQuery('delivered'),
    filter(or(...needed.map(({ name, type }) => isNull(column(name, type))))),
    select(needed.map(keep)),
    assert({
      guard: 'incomplete_event',
      code: 'QRN-SESSION-101',
      message: '{count} events lack their entity, time or key',
      hint: 'Declare these columns required in the flow that is read.',
      canBeAccepted: false,
    }),
  ])
}

/** `points`: entity and time of what the queries hold. */
function points({ entity, time }: SessionizationSettings, sources: readonly string[]): Query[] {
  const columns = uniqueColumns([...entity, time]).map(keep)
  const [first, ...others] = sources.map((name) => `${name}_points`) as [string, ...string[]]
  return [
    ...sources.map((name) => defineQuery(`${name}_points`, [fromQuery(name), select(columns)])),
    defineQuery('points', [fromQuery(first), ...(others.length === 0 ? [] : [union(others)])]),
  ]
}

/** `touched_keys`: keys of events that come or go; `known`: of these, what is stored, with entity and time. */
function knownEvents(
  { key, entity, time }: SessionizationSettings,
  eventKeys: string,
  { deletes }: EventInput,
): Query[] {
  const located = uniqueColumns([...key, ...entity, time])
  return [
    defineQuery('delivered_keys', [fromQuery('delivered'), select(located.map(keep))]),
    defineQuery(
      'touched_keys',
      [fromQuery('delivered'), select(key.map(keep)), ...(deletes ? [union(['withdrawn'])] : [])],
      { evaluate: 'once' },
    ),
    defineQuery('stored_keys', [from(eventKeys)]),
    defineQuery(
      'known',
      [
        fromQuery('touched_keys'),
        join('stored_keys', { type: 'inner', on: onColumns(key), rightPrefix: KNOWN }),
        select(located.map(({ name, type }) => ({ name, expression: column(KNOWN + name, type) }))),
      ],
      { evaluate: 'once' },
    ),
  ]
}

/** `remaining`: the events of touched sessions after the batch; without a key all that come are new. */
function addAll({ columns }: SessionizationSettings): Query[] {
  return [
    defineQuery('arriving', [
      fromQuery('delivered'),
      select([
        ...columns.map(keep),
        { name: BATCH_ID.name, expression: batchId },
        { name: IS_KNOWN.name, expression: boolean(false) },
      ]),
    ]),
    defineQuery('arriving_rows', [fromQuery('arriving'), select([...columns, BATCH_ID].map(keep))]),
    defineQuery('remaining', [fromQuery('held'), union(['arriving_rows'])]),
  ]
}

/**
 * The same where events have a key: one that is there already keeps its batch if it is unchanged, else takes the place of
 * what was there. `replaced` holds what was there and is not any more.
 */
function replaceByKey({ columns, key }: SessionizationSettings): Query[] {
  const [first] = key as [InputColumn, ...InputColumn[]]
  const isHeld = isNotNull(column(KNOWN + first.name, first.type))
  const isDelivered = isNotNull(column(DELIVERED + first.name, first.type))
  return [
    defineQuery(
      'arriving',
      [
        fromQuery('delivered'),
        join('held', { type: 'left', on: onColumns(key), rightPrefix: KNOWN }),
        select([
          ...columns.map(keep),
          {
            name: BATCH_ID.name,
            expression: caseWhen(
              [
                {
                  when: and(isHeld, not(differs(columns, KNOWN))),
                  then: column(KNOWN + BATCH_ID.name, BATCH_ID.type),
                },
              ],
              batchId,
            ),
          },
          { name: IS_KNOWN.name, expression: isHeld },
        ]),
      ],
      { evaluate: 'once' },
    ),
    defineQuery(
      'replaced',
      [
        fromQuery('held'),
        join('touched_keys', { type: 'semi', on: onColumns(key) }),
        join('delivered', { type: 'left', on: onColumns(key), rightPrefix: DELIVERED }),
        filter(or(not(isDelivered), differs(columns, DELIVERED))),
        select([
          ...columns.map(keep),
          keep(BATCH_ID),
          { name: REPLACED_BY.name, expression: batchId },
        ]),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('arriving_rows', [fromQuery('arriving'), select([...columns, BATCH_ID].map(keep))]),
    defineQuery('remaining', [
      fromQuery('held'),
      join('touched_keys', { type: 'anti', on: onColumns(key) }),
      union(['arriving_rows']),
    ]),
  ]
}

function newestEvent({ time }: SessionizationSettings, batchTotals: string): Query[] {
  return [
    defineQuery('delivered_times', [
      fromQuery('delivered'),
      select([{ name: NEWEST.name, expression: column(time.name, time.type) }]),
    ]),
    newestOf(from(batchTotals), select([keep(NEWEST)]), union(['delivered_times'])),
  ]
}

function counted(name: string, source: string, ...rules: readonly Rule[]): Query {
  return defineQuery(`${name}_total`, [
    fromQuery(source),
    ...rules,
    aggregate({ groupBy: [], measures: [measure(name, 'count')] }),
  ])
}

/** The row of `batch_totals`. */
function totals({ key }: SessionizationSettings): Query[] {
  const known = column(IS_KNOWN.name, IS_KNOWN.type)
  const deleted =
    key.length === 0
      ? counted('deleted_events', 'arriving', filter(known))
      : counted(
          'deleted_events',
          'replaced',
          join('delivered', { type: 'anti', on: onColumns(key) }),
        )
  return [
    counted('new_events', 'arriving', filter(not(known))),
    counted('changed_events', 'arriving', filter(and(known, isOfBatch))),
    deleted,
    counted('sessions', 'session_rows'),
    defineQuery('totals', [
      fromQuery('delivered_times'),
      aggregate({
        groupBy: [],
        measures: [measure(NEWEST.name, 'max', [column(NEWEST.name, NEWEST.type)])],
      }),
      derive([{ name: BATCH_ID.name, expression: batchId }]),
      ...COUNTS.map((name) => join(`${name}_total`, { type: 'inner', on: [] })),
    ]),
  ]
}

/** Puts the rows of `query` in the place of all that `event_keys` holds for `touched_keys`. */
function writeKeys({ key }: SessionizationSettings, eventKeys: string, query: string): Write[] {
  return [
    remove(
      'touched_keys',
      eventKeys,
      key.map(({ name }) => name),
    ),
    append(query, eventKeys),
  ]
}

function keysTakenBack({ key, entity, time }: SessionizationSettings): Query[] {
  return [
    defineQuery('restored_keys', [
      fromQuery('restored'),
      select(uniqueColumns([...key, ...entity, time]).map(keep)),
    ]),
    defineQuery('touched_keys', [fromQuery('leaving'), select(key.map(keep))]),
  ]
}
