import {
  DataTypes,
  type Expression,
  type InputColumn,
  type Query,
  type Rule,
  type WindowColumn,
  type Write,
} from '@qarion/core'
import {
  aggregate,
  and,
  append,
  ascending,
  call,
  caseWhen,
  column,
  defineQuery,
  derive,
  distinct,
  drop,
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
  not,
  nullOf,
  or,
  remove,
  select,
  union,
  window,
  windowColumn,
} from '@qarion/plan'

import { BATCH_ID } from '../strategies/batch-parameter.ts'
import { keep, onColumns } from '../strategies/snapshot.ts'
import {
  EVENT_NUMBER,
  firstName,
  IS_OPEN,
  lastName,
  NEWEST,
  SESSION_END,
  SESSION_ID,
  SESSION_START,
  type SessionizationDatasets,
} from './sessionization-datasets.ts'
import type { SessionizationSettings } from './sessionization-settings.ts'

const POINT = { name: 'xt_is_point', type: DataTypes.integer }
const CLUSTER = { name: 'xt_cluster', type: DataTypes.integer }
const IS_START = { name: 'xt_is_start', type: DataTypes.integer }
const POSITION = { name: 'xt_position', type: DataTypes.integer }
const START_TIME = { name: 'xt_start_time', type: DataTypes.timestamp }
const START_POSITION = { name: 'xt_start_position', type: DataTypes.integer }
const FIRST_POSITION = { name: 'xt_first_position', type: DataTypes.integer }
const SAME_START = { name: 'xt_same_start', type: DataTypes.integer }
const BEFORE = 'xt_before_'
const SPAN = 'xt_span_'

const of = ({ name, type }: { readonly name: string; readonly type: InputColumn['type'] }) =>
  column(name, type)

/** The value where the condition is true, else NULL. */
function onlyWhen(condition: Expression, value: Expression): Expression {
  return caseWhen([{ when: condition, then: value }])
}

/** Whether the time from one instant to a later one is no longer than the gap. */
export function isWithinGap(
  { gapMicroseconds }: SessionizationSettings,
  earlier: Expression,
  later: Expression,
): Expression {
  return call(
    'less_or_equal',
    call('microseconds_between', earlier, later),
    integer(gapMicroseconds),
  )
}

/**
 * `touched_sessions`: the stored sessions that events at `points` (entity and time) may change, and all that lie within
 * the gap of one of these. `held`: their events. What else is stored stays as it is.
 */
export function touchedSessions(
  settings: SessionizationSettings,
  { events, sessions }: SessionizationDatasets,
): Query[] {
  const { entity, time } = settings
  const names = entity.map(({ name }) => name)
  const least = { name: 'xt_least', type: DataTypes.timestamp }
  const greatest = { name: 'xt_greatest', type: DataTypes.timestamp }
  const reach = { name: 'xt_reach', type: DataTypes.timestamp }
  const reachBefore = { name: 'xt_reach_before', type: DataTypes.timestamp }
  const isNear = and(
    isWithinGap(settings, of(SESSION_END), column(SPAN + least.name, least.type)),
    isWithinGap(settings, column(SPAN + greatest.name, greatest.type), of(SESSION_START)),
  )
  // Sessions that split columns part lie without a gap between them: the chain of them is looked at as a whole.
  const near: Rule[] = settings.split.length === 0 ? [filter(isNear)] : []
  const byEntity = ascending([SESSION_START.name, SESSION_END.name, SESSION_ID.name])
  return [
    defineQuery('spans', [
      fromQuery('points'),
      aggregate({
        groupBy: names,
        measures: [
          measure(least.name, 'min', [of(time)]),
          measure(greatest.name, 'max', [of(time)]),
        ],
      }),
    ]),
    defineQuery('near_sessions', [
      from(sessions.id),
      join('spans', { type: 'inner', on: onColumns(entity), rightPrefix: SPAN }),
      ...near,
      select([
        ...entity.map(keep),
        ...[SESSION_ID, SESSION_START, SESSION_END].map(keep),
        { name: POINT.name, expression: integer(0) },
      ]),
    ]),
    defineQuery(
      'clustered',
      [
        fromQuery('points'),
        select([
          ...entity.map(keep),
          { name: SESSION_ID.name, expression: nullOf(SESSION_ID.type) },
          { name: SESSION_START.name, expression: of(time) },
          { name: SESSION_END.name, expression: of(time) },
          { name: POINT.name, expression: integer(1) },
        ]),
        distinct(),
        union(['near_sessions']),
        window({
          partitionBy: names,
          orderBy: byEntity,
          columns: [windowColumn(reach.name, 'running_max', [of(SESSION_END)])],
        }),
        window({
          partitionBy: names,
          orderBy: byEntity,
          columns: [windowColumn(reachBefore.name, 'lag', [of(reach)])],
        }),
        derive([
          {
            name: IS_START.name,
            expression: onlyWhen(
              or(
                isNull(of(reachBefore)),
                not(isWithinGap(settings, of(reachBefore), of(SESSION_START))),
              ),
              integer(1),
            ),
          },
        ]),
        window({
          partitionBy: names,
          orderBy: byEntity,
          columns: [windowColumn(CLUSTER.name, 'running_count', [of(IS_START)])],
        }),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('touched_clusters', [
      fromQuery('clustered'),
      filter(equal(of(POINT), integer(1))),
      select([...entity, CLUSTER].map(keep)),
      distinct(),
    ]),
    defineQuery(
      'touched_sessions',
      [
        fromQuery('clustered'),
        filter(equal(of(POINT), integer(0))),
        join('touched_clusters', { type: 'semi', on: onColumns([...entity, CLUSTER]) }),
        select([...entity, SESSION_START, SESSION_ID].map(keep)),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('stored_events', [
      from(events.id),
      select([...settings.columns, SESSION_ID, BATCH_ID].map(keep)),
    ]),
    defineQuery(
      'held',
      [
        fromQuery('touched_sessions'),
        select([keep(SESSION_ID)]),
        join('stored_events', {
          type: 'inner',
          on: onColumns([SESSION_ID]),
          rightPrefix: 'xt_held_',
        }),
        select(
          [...settings.columns, BATCH_ID].map(({ name, type }) => ({
            name,
            expression: column(`xt_held_${name}`, type),
          })),
        ),
      ],
      { evaluate: 'once' },
    ),
  ]
}

/** `sessionised`: the events of `remaining` as they are stored; `session_rows`: their sessions. Needs `newest`. */
export function sessionRows(
  settings: SessionizationSettings,
  { sessions }: SessionizationDatasets,
): Query[] {
  const { entity, time, columns, key, split } = settings
  const names = entity.map(({ name }) => name)
  const byPosition = ascending(POSITION.name)
  const ties = key.length > 0 ? key : [...columns, BATCH_ID]
  const timeBefore = { name: 'xt_time_before', type: time.type }
  const isStart = or(
    isNull(of(timeBefore)),
    not(isWithinGap(settings, of(timeBefore), of(time))),
    ...split.map((c) => isDistinct(of(c), column(BEFORE + c.name, c.type))),
  )
  const position = windowColumn(POSITION.name, 'row_number')
  const before = [
    windowColumn(timeBefore.name, 'lag', [of(time)]),
    ...split.map((c) => windowColumn(BEFORE + c.name, 'lag', [of(c)])),
  ]
  const inOrder = (made: readonly WindowColumn[]): Rule =>
    window({
      partitionBy: names,
      orderBy: ascending([...new Set([time, ...ties].map(({ name }) => name))]),
      columns: made,
    })
  const idParts = [...entity, SESSION_START, ...(split.length === 0 ? [] : [SAME_START])].map(of)
  return [
    defineQuery(
      'sessionised',
      [
        fromQuery('remaining'),
        // Events without a key may be equal: they get a place before one is compared with the next.
        ...(key.length > 0
          ? [inOrder([position, ...before])]
          : [
              inOrder([position]),
              window({ partitionBy: names, orderBy: byPosition, columns: before }),
            ]),
        // Time and place of the newest start so far are those of the session: one pass gives both.
        derive([
          { name: IS_START.name, expression: onlyWhen(isStart, integer(1)) },
          { name: START_TIME.name, expression: onlyWhen(isStart, of(time)) },
          { name: START_POSITION.name, expression: onlyWhen(isStart, of(POSITION)) },
        ]),
        window({
          partitionBy: names,
          orderBy: byPosition,
          columns: [
            windowColumn(SESSION_START.name, 'running_max', [of(START_TIME)]),
            windowColumn(FIRST_POSITION.name, 'running_max', [of(START_POSITION)]),
          ],
        }),
        derive([
          {
            name: EVENT_NUMBER.name,
            expression: call('add', call('subtract', of(POSITION), of(FIRST_POSITION)), integer(1)),
          },
        ]),
        ...(split.length === 0 ? [] : [numberSameStarts(names)]),
        derive([{ name: SESSION_ID.name, expression: call('key_text', ...idParts) }]),
        select([...columns, SESSION_ID, SESSION_START, EVENT_NUMBER, BATCH_ID].map(keep)),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('event_rows', [fromQuery('sessionised'), drop([SESSION_START.name])]),
    defineQuery('session_rows', [
      fromQuery('sessionised'),
      aggregate({
        groupBy: [SESSION_ID.name, ...names, SESSION_START.name],
        measures: [
          measure(SESSION_END.name, 'max', [of(time)]),
          measure('xt_event_count', 'count'),
          ...settings.first.map((c) =>
            measure(firstName(c.name), 'arg_min', [of(c), of(EVENT_NUMBER)]),
          ),
          ...settings.last.map((c) =>
            measure(lastName(c.name), 'arg_max', [of(c), of(EVENT_NUMBER)]),
          ),
          measure(BATCH_ID.name, 'max', [of(BATCH_ID)]),
        ],
      }),
      derive([
        {
          name: 'xt_duration_microseconds',
          expression: call('microseconds_between', of(SESSION_START), of(SESSION_END)),
        },
      ]),
      ...withIsOpen(settings, IS_OPEN.name),
      select(sessions.columns.map(keep)),
    ]),
  ]
}

/** Sessions of an entity that start at the same instant, which split columns bring about, are told apart by a number. */
function numberSameStarts(entity: readonly string[]): Rule {
  return window({
    partitionBy: [...entity, SESSION_START.name],
    orderBy: ascending(POSITION.name),
    columns: [windowColumn(SAME_START.name, 'running_count', [of(IS_START)])],
  })
}

/** `turned`: sessions that are not touched and that opened or closed by what the newest event is now. */
export function turnedSessions(
  settings: SessionizationSettings,
  { sessions }: SessionizationDatasets,
  turns: 'closing' | 'either',
): Query[] {
  const now = { name: 'xt_is_open_now', type: DataTypes.boolean }
  return [
    defineQuery(
      'turned',
      [
        from(sessions.id),
        ...(turns === 'closing' ? [filter(of(IS_OPEN))] : []),
        join('touched_sessions', { type: 'anti', on: onColumns([SESSION_ID]) }),
        ...withIsOpen(settings, now.name),
        filter(isDistinct(of(IS_OPEN), of(now))),
        select(
          sessions.columns.map((c) =>
            c.name === IS_OPEN.name ? { name: c.name, expression: of(now) } : keep(c),
          ),
        ),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('written_sessions', [fromQuery('session_rows'), union(['turned'])]),
    defineQuery('turned_places', [
      fromQuery('turned'),
      select([...settings.entity, SESSION_START, SESSION_ID].map(keep)),
    ]),
    defineQuery('replaced_sessions', [fromQuery('touched_sessions'), union(['turned_places'])]),
  ]
}

function withIsOpen(settings: SessionizationSettings, name: string): Rule[] {
  return [
    join('newest', { type: 'inner', on: [] }),
    derive([{ name, expression: isWithinGap(settings, of(SESSION_END), of(NEWEST)) }]),
    drop([NEWEST.name]),
  ]
}

/** Puts the sessionised events in the place of those that are held. */
export function writeSessions(
  { entity }: SessionizationSettings,
  { events, sessions }: SessionizationDatasets,
): Write[] {
  return [
    remove('touched_sessions', events.id, [SESSION_ID.name]),
    append('event_rows', events.id),
    remove('replaced_sessions', sessions.id, [
      ...entity.map(({ name }) => name),
      SESSION_START.name,
      SESSION_ID.name,
    ]),
    append('written_sessions', sessions.id),
  ]
}

/** The newest event of `times`, if there is one. */
export function newestOf(source: Rule, ...rules: readonly Rule[]): Query {
  return defineQuery('newest', [
    source,
    ...rules,
    aggregate({ groupBy: [], measures: [measure(NEWEST.name, 'max', [of(NEWEST)])] }),
    filter(isNotNull(of(NEWEST))),
  ])
}
