import {
  DataTypes,
  type Expression,
  type InputColumn,
  type Instruction,
  type Query,
  type Rule,
} from '@qarion/core'
import {
  aggregate,
  append,
  assert,
  boolean,
  call,
  column,
  defineInstruction,
  defineQuery,
  derive,
  distinct,
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
  or,
  remove,
  select,
  union,
  values,
  window,
  windowColumn,
} from '@qarion/plan'

import { BATCH_ID, batchId, isOfBatch, ofBatch } from '../strategies/batch-parameter.ts'
import type { EventInput } from '../strategies/event-input.ts'
import { localDate } from '../strategies/local-date.ts'
import { keep, onColumns } from '../strategies/snapshot.ts'
import { EVENTS, IS_DELETED, PERIOD, type GrowthDatasets } from './growth-columns.ts'
import type { GrowthSettings } from './growth-settings.ts'
import { LONGEST_SPAN_DAYS, periodOf } from './growth-views.ts'
import { memberRows, writeMembers } from './member-queries.ts'

const KNOWN = 'xt_known_'
const LOCATED = 'xt_located_'
const STORED = 'xt_stored_'
const RANK = { name: 'xt_rank', type: DataTypes.integer }

/** Takes the events of the batch in: members that are active in more or fewer periods are classified anew. */
export function accountBatch(
  settings: GrowthSettings,
  datasets: GrowthDatasets,
  input: EventInput,
): Instruction {
  const { activityCounts, eventPeriods, batchTotals } = datasets
  return defineInstruction(
    'account_batch',
    [
      ...input.queries,
      guardIncomplete(settings),
      located(settings),
      ...(eventPeriods === undefined
        ? everyRow(settings)
        : byKey(settings, eventPeriods.id, input.deletes)),
      ...guardSpan(datasets),
      ...deltas(settings),
      ...countsOfTouched(settings, activityCounts.id),
      defineQuery('member_counts', [fromQuery('counts_before'), union(['deltas'])]),
      ...memberRows(settings, datasets),
      ...totals(),
    ],
    [
      append('batch_counts', activityCounts.id),
      ...(eventPeriods === undefined ? [] : [append('told', eventPeriods.id)]),
      ...writeMembers(settings, datasets),
      append('totals', batchTotals.id),
    ],
  )
}

/** Takes back what the batch did. */
export function takeBatchBack(settings: GrowthSettings, datasets: GrowthDatasets): Instruction {
  const { activityCounts, eventPeriods, batchTotals } = datasets
  const shared = [
    activityCounts,
    ...(eventPeriods === undefined ? [] : [eventPeriods]),
    batchTotals,
  ]
  return defineInstruction(
    'take_batch_back',
    [
      defineQuery('batch', [values([BATCH_ID], [[batchId]])]),
      defineQuery(
        'touched_members',
        [from(activityCounts.id), ofBatch, select(settings.member.map(keep)), distinct()],
        { evaluate: 'once' },
      ),
      ...countsOfTouched(settings, activityCounts.id),
      defineQuery('member_counts', [fromQuery('counts_before')]),
      ...memberRows(settings, datasets),
    ],
    [
      ...shared.map(({ id }) => remove('batch', id, [BATCH_ID.name])),
      ...writeMembers(settings, datasets),
    ],
  )
}

function guardIncomplete({ member, time, key }: GrowthSettings): Query {
  const names = new Set<string>()
  const needed = [...member, time, ...key].filter(
    ({ name }) => !names.has(name) && names.add(name) !== undefined,
  )
  return defineQuery('incomplete', [
    fromQuery('delivered'),
    filter(or(...needed.map(({ name, type }) => isNull(column(name, type))))),
    select(needed.map(keep)),
    assert({
      guard: 'incomplete_event',
      code: 'QRN-GROWTH-101',
      message: '{count} events lack their entity, time, segment or key',
      hint: 'Declare these columns required in the flow that is read.',
      canBeAccepted: false,
    }),
  ])
}

/** Periods are made one by one between the first and the last; a wrong year would make thousands. */
function guardSpan({ periodCounts }: GrowthDatasets): Query[] {
  const first = { name: 'xt_first', type: DataTypes.date }
  const last = { name: 'xt_last', type: DataTypes.date }
  const period = column(PERIOD.name, PERIOD.type)
  return [
    defineQuery('located_periods', [fromQuery('located'), select([keep(PERIOD)])]),
    defineQuery('span', [
      from(periodCounts.id),
      select([keep(PERIOD)]),
      union(['located_periods']),
      aggregate({
        groupBy: [],
        measures: [measure(first.name, 'min', [period]), measure(last.name, 'max', [period])],
      }),
      filter(
        call(
          'greater',
          call('days_between', column(first.name, first.type), column(last.name, last.type)),
          integer(LONGEST_SPAN_DAYS),
        ),
      ),
      assert({
        guard: 'event_span',
        code: 'QRN-GROWTH-102',
        message: 'more than 36,500 days lie between the first and the last event',
        hint: 'Correct the times in the delivery.',
        canBeAccepted: false,
      }),
    ]),
  ]
}

/** Columns that say what an event tells: its key, whose it is, and in which period. */
function toldColumns({
  key,
  member,
}: GrowthSettings): readonly Pick<InputColumn, 'name' | 'type'>[] {
  const others = member.filter(({ name }) => !key.some((part) => part.name === name))
  return [...key, ...others, PERIOD]
}

function located(settings: GrowthSettings): Query {
  const { time, timezone, period } = settings
  const date = localDate(column(time.name, time.type), timezone)
  return defineQuery(
    'located',
    [
      fromQuery('delivered'),
      derive([{ name: PERIOD.name, expression: periodOf(period, date) }]),
      select(toldColumns(settings).map(keep)),
    ],
    { evaluate: 'once' },
  )
}

/** `arriving` and `leaving`: what events tell from now on and what they told before. */
function everyRow(settings: GrowthSettings): Query[] {
  return [
    defineQuery('arriving', [fromQuery('located')]),
    defineQuery('leaving', [
      fromQuery('located'),
      filter(boolean(false)),
      select(toldColumns(settings).map(keep)),
    ]),
  ]
}

/** The same where events have a key: only what an event tells otherwise than before counts. `told` is what is stored. */
function byKey(settings: GrowthSettings, eventPeriods: string, deletes: boolean): Query[] {
  const { key } = settings
  const told = toldColumns(settings)
  const [first] = key as [InputColumn, ...InputColumn[]]
  const isThere = (prefix: string): Expression => isNotNull(column(prefix + first.name, first.type))
  const differs = (prefix: string): Expression =>
    or(...told.map(({ name, type }) => isDistinct(column(name, type), column(prefix + name, type))))
  const changed = (name: string, source: string, other: string, prefix: string): Query =>
    defineQuery(
      name,
      [
        fromQuery(source),
        join(other, { type: 'left', on: onColumns(key), rightPrefix: prefix }),
        filter(or(not(isThere(prefix)), differs(prefix))),
        select(told.map(keep)),
      ],
      { evaluate: 'once' },
    )
  return [
    defineQuery(
      'touched_keys',
      [fromQuery('located'), select(key.map(keep)), ...(deletes ? [union(['withdrawn'])] : [])],
      { evaluate: 'once' },
    ),
    defineQuery('stored_events', [from(eventPeriods)]),
    defineQuery(
      'known',
      [
        fromQuery('touched_keys'),
        join('stored_events', { type: 'inner', on: onColumns(key), rightPrefix: STORED }),
        select(
          [...told, BATCH_ID, IS_DELETED].map(({ name, type }) => ({
            name,
            expression: column(STORED + name, type),
          })),
        ),
        window({
          partitionBy: key.map(({ name }) => name),
          orderBy: [{ column: BATCH_ID.name, direction: 'descending', nulls: 'last' }],
          columns: [windowColumn(RANK.name, 'row_number')],
        }),
        filter(equal(column(RANK.name, RANK.type), integer(1))),
        filter(not(column(IS_DELETED.name, IS_DELETED.type))),
        select(told.map(keep)),
      ],
      { evaluate: 'once' },
    ),
    changed('arriving', 'located', 'known', KNOWN),
    changed('leaving', 'known', 'located', LOCATED),
    defineQuery('told_deleted', [
      fromQuery('leaving'),
      join('located', { type: 'anti', on: onColumns(key) }),
      marked(true),
    ]),
    defineQuery('told', [fromQuery('arriving'), marked(false), union(['told_deleted'])]),
  ]
}

/** `deltas`: how many events more or fewer a member has in a period; `touched_members`; `batch_counts`: what is stored. */
function deltas({ member }: GrowthSettings): Query[] {
  const columns = [...member, PERIOD]
  const events = column(EVENTS.name, EVENTS.type)
  const signed = (source: string, sign: bigint): Query =>
    defineQuery(`${source}_counts`, [
      fromQuery(source),
      select([...columns.map(keep), { name: EVENTS.name, expression: integer(sign) }]),
    ])
  return [
    signed('arriving', 1n),
    signed('leaving', -1n),
    defineQuery(
      'deltas',
      [
        fromQuery('arriving_counts'),
        union(['leaving_counts']),
        aggregate({
          groupBy: columns.map(({ name }) => name),
          measures: [measure(EVENTS.name, 'sum', [events])],
        }),
        filter(call('not_equal', events, integer(0))),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('touched_members', [fromQuery('deltas'), select(member.map(keep)), distinct()], {
      evaluate: 'once',
    }),
    defineQuery('batch_counts', [
      fromQuery('deltas'),
      derive([{ name: BATCH_ID.name, expression: batchId }]),
    ]),
  ]
}

/** `counts_before`: what all other batches count for members that the batch touches. */
function countsOfTouched({ member }: GrowthSettings, activityCounts: string): Query[] {
  return [
    defineQuery('other_counts', [from(activityCounts), filter(not(isOfBatch))]),
    defineQuery('counts_before', [
      fromQuery('touched_members'),
      join('other_counts', { type: 'inner', on: onColumns(member), rightPrefix: STORED }),
      select(
        [...member, PERIOD, EVENTS].map(({ name, type }) => ({
          name,
          expression: column(STORED + name, type),
        })),
      ),
    ]),
  ]
}

/** The row of `batch_totals`. */
function totals(): Query[] {
  return [
    counted('removed_events', 'leaving'),
    counted('entities', 'touched_members'),
    defineQuery('totals', [
      fromQuery('arriving'),
      aggregate({ groupBy: [], measures: [measure('added_events', 'count')] }),
      derive([{ name: BATCH_ID.name, expression: batchId }]),
      join('removed_events_total', { type: 'inner', on: [] }),
      join('entities_total', { type: 'inner', on: [] }),
    ]),
  ]
}

function marked(isDeleted: boolean): Rule {
  return derive([
    { name: BATCH_ID.name, expression: batchId },
    { name: IS_DELETED.name, expression: boolean(isDeleted) },
  ])
}

function counted(name: string, source: string): Query {
  return defineQuery(`${name}_total`, [
    fromQuery(source),
    aggregate({ groupBy: [], measures: [measure(name, 'count')] }),
  ])
}
