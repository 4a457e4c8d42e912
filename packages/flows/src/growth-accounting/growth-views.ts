import { DataTypes, type Expression, type InputColumn, type Query } from '@qarion/core'
import {
  aggregate,
  ascending,
  call,
  coalesce,
  column,
  defineQuery,
  derive,
  distinct,
  filter,
  from,
  fromQuery,
  integer,
  join,
  measure,
  select,
  series,
  text,
  window,
  windowColumn,
} from '@qarion/plan'

import { keep, onColumns } from '../strategies/snapshot.ts'
import { CLASS, CLASSES, PERIOD, type GrowthDatasets } from './growth-columns.ts'
import type { GrowthSettings, Period } from './growth-settings.ts'

const NEWEST = { name: 'xt_newest', type: DataTypes.date }
const FIRST = { name: 'xt_first', type: DataTypes.date }
const DAYS = { name: 'xt_days', type: DataTypes.integer }
const COUNTED = 'xt_counted_'
/** As many days as there may be between the first and the last event. */
export const LONGEST_SPAN_DAYS = 36_500
/** No period is shorter: steps of so many days meet every one. */
const STEP_DAYS: Readonly<Record<Period, number>> = { day: 1, week: 7, month: 28 }

const of = ({ name, type }: { readonly name: string; readonly type: InputColumn['type'] }) =>
  column(name, type)
const count = (name: string): Expression => column(name, DataTypes.integer)
const activeOf = (): Expression =>
  call('add', call('add', count('new'), count('retained')), count('resurrected'))

/** The start of the period in which a date lies. */
export function periodOf(period: Period, date: Expression): Expression {
  return period === 'day' ? date : call('date_trunc', text(period), date)
}

/** The start of the period after the one that starts on a date. */
export function nextPeriod(period: Period, start: Expression): Expression {
  const days = { day: 1, week: 7, month: 31 }[period]
  return periodOf(period, call('add_days', start, integer(days)))
}

/** `newest`: the newest period in which anybody was active; no row if there is none. */
function newest(datasets: GrowthDatasets): Query {
  return defineQuery('newest', [
    from(datasets.periodCounts.id),
    filter(call('greater', activeOf(), integer(0))),
    aggregate({ groupBy: [], measures: [measure(NEWEST.name, 'max', [of(PERIOD)])] }),
    filter(call('is_not_null', of(NEWEST))),
  ])
}

/** Rows of `activity`: who has churned by the newest period, and all who were active. */
export function activityRows({ member }: GrowthSettings, datasets: GrowthDatasets): Query[] {
  return [
    newest(datasets),
    defineQuery('activity', [
      from(datasets.memberPeriods.id),
      join('newest', { type: 'inner', on: [] }),
      filter(call('less_or_equal', of(PERIOD), of(NEWEST))),
      select([
        ...member.map(keep),
        { name: 'period_start', expression: of(PERIOD) },
        { name: 'class', expression: of(CLASS) },
      ]),
    ]),
  ]
}

/** Rows of `summary`: every period from the first of a segment to the newest of all. */
export function summaryRows(
  { segment, period }: GrowthSettings,
  datasets: GrowthDatasets,
): Query[] {
  const names = segment.map(({ name }) => name)
  const step = STEP_DAYS[period]
  const before = { name: 'xt_active_before', type: DataTypes.integer }
  return [
    newest(datasets),
    defineQuery('firsts', [
      from(datasets.periodCounts.id),
      aggregate({ groupBy: names, measures: [measure(FIRST.name, 'min', [of(PERIOD)])] }),
      filter(call('is_not_null', of(FIRST))),
    ]),
    defineQuery('bounds', [
      fromQuery('firsts'),
      aggregate({ groupBy: [], measures: [measure(FIRST.name, 'min', [of(FIRST)])] }),
      join('newest', { type: 'inner', on: [] }),
    ]),
    defineQuery('steps', [
      series(DAYS.name, {
        start: integer(0),
        stop: integer(LONGEST_SPAN_DAYS + step),
        step: integer(step),
      }),
    ]),
    defineQuery('periods', [
      fromQuery('bounds'),
      join('steps', { type: 'inner', on: [] }),
      derive([
        { name: PERIOD.name, expression: periodOf(period, call('add_days', of(FIRST), of(DAYS))) },
      ]),
      filter(call('less_or_equal', of(PERIOD), of(NEWEST))),
      select([PERIOD, NEWEST].map(keep)),
      distinct(),
    ]),
    defineQuery('counted', [from(datasets.periodCounts.id)]),
    defineQuery('summary', [
      fromQuery('firsts'),
      join('periods', { type: 'inner', on: [] }),
      filter(call('greater_or_equal', of(PERIOD), of(FIRST))),
      join('counted', { type: 'left', on: onColumns([...segment, PERIOD]), rightPrefix: COUNTED }),
      select([
        ...[...segment, PERIOD, NEWEST].map(keep),
        ...CLASSES.map((name) => ({
          name,
          expression: coalesce(count(COUNTED + name), integer(0)),
        })),
      ]),
      derive([{ name: 'active', expression: activeOf() }]),
      window({
        partitionBy: names,
        orderBy: ascending(PERIOD.name),
        columns: [windowColumn(before.name, 'lag', [count('active')])],
      }),
      derive([{ name: 'active_previous', expression: coalesce(of(before), integer(0)) }]),
      select([
        { name: 'period_start', expression: of(PERIOD) },
        ...segment.map(keep),
        { name: 'is_complete', expression: call('less', of(PERIOD), of(NEWEST)) },
        ...['active', 'active_previous', ...CLASSES].map((name) => ({
          name,
          expression: count(name),
        })),
        {
          name: 'quick_ratio',
          expression: call(
            'ratio',
            call('add', count('new'), count('resurrected')),
            count('churned'),
          ),
        },
        {
          name: 'retention',
          expression: call('ratio', count('retained'), count('active_previous')),
        },
      ]),
    ]),
  ]
}
