import { DataTypes, type Expression, type InputColumn, type Query, type Write } from '@qarion/core'
import {
  aggregate,
  append,
  ascending,
  caseWhen,
  coalesce,
  call,
  column,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  isNull,
  join,
  measure,
  or,
  remove,
  select,
  text,
  union,
  window,
  windowColumn,
} from '@qarion/plan'

import { keep, onColumns } from '../strategies/snapshot.ts'
import { CLASS, CLASSES, EVENTS, PERIOD, type GrowthDatasets } from './growth-columns.ts'
import type { GrowthSettings } from './growth-settings.ts'
import { nextPeriod } from './growth-views.ts'

const SIGN = { name: 'xt_sign', type: DataTypes.integer }
const BEFORE = { name: 'xt_period_before', type: DataTypes.date }
const AFTER = { name: 'xt_period_after', type: DataTypes.date }
const HELD = 'xt_held_'
const OLD = 'xt_old_'

const of = ({ name, type }: { readonly name: string; readonly type: InputColumn['type'] }) =>
  column(name, type)

/**
 * From `member_counts` (member, period, `xt_events`: all counts of `touched_members`), what is stored of these members
 * (`member_rows`) and how that changes the counts of periods (`counts_now` in the place of `count_changes`).
 */
export function memberRows(settings: GrowthSettings, datasets: GrowthDatasets): Query[] {
  return [...classified(settings, datasets), ...countChanges(settings, datasets)]
}

export function writeMembers(
  { member, segment }: GrowthSettings,
  { memberPeriods, periodCounts }: GrowthDatasets,
): Write[] {
  return [
    remove('touched_members', memberPeriods.id, names(member)),
    append('member_rows', memberPeriods.id),
    remove('count_changes', periodCounts.id, names([...segment, PERIOD])),
    append('counts_now', periodCounts.id),
  ]
}

function classified(
  { member, period }: GrowthSettings,
  { memberPeriods }: GrowthDatasets,
): Query[] {
  const columns = [...member, PERIOD, CLASS]
  return [
    defineQuery(
      'active_periods',
      [
        fromQuery('member_counts'),
        aggregate({
          groupBy: [...names(member), PERIOD.name],
          measures: [measure(EVENTS.name, 'sum', [of(EVENTS)])],
        }),
        filter(call('greater', of(EVENTS), integer(0))),
        window({
          partitionBy: names(member),
          orderBy: ascending(PERIOD.name),
          columns: [
            windowColumn(BEFORE.name, 'lag', [of(PERIOD)]),
            windowColumn(AFTER.name, 'lead', [of(PERIOD)]),
          ],
        }),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('churned_rows', [
      fromQuery('active_periods'),
      filter(or(isNull(of(AFTER)), call('not_equal', nextPeriod(period, of(PERIOD)), of(AFTER)))),
      derive([
        { name: PERIOD.name, expression: nextPeriod(period, of(PERIOD)) },
        { name: CLASS.name, expression: text('churned') },
      ]),
      select(columns.map(keep)),
    ]),
    defineQuery(
      'member_rows',
      [
        fromQuery('active_periods'),
        derive([
          {
            name: CLASS.name,
            expression: caseWhen(
              [
                { when: isNull(of(BEFORE)), then: text('new') },
                { when: equal(nextPeriod(period, of(BEFORE)), of(PERIOD)), then: text('retained') },
              ],
              text('resurrected'),
            ),
          },
        ]),
        select(columns.map(keep)),
        union(['churned_rows']),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('stored_members', [from(memberPeriods.id)]),
    defineQuery('held_rows', [
      fromQuery('touched_members'),
      join('stored_members', { type: 'inner', on: onColumns(member), rightPrefix: HELD }),
      select(columns.map(({ name, type }) => ({ name, expression: column(HELD + name, type) }))),
    ]),
  ]
}

function countChanges({ segment }: GrowthSettings, { periodCounts }: GrowthDatasets): Query[] {
  const signed = (name: string, source: string, sign: bigint): Query =>
    defineQuery(name, [
      fromQuery(source),
      select([
        ...[...segment, PERIOD, CLASS].map(keep),
        { name: SIGN.name, expression: integer(sign) },
      ]),
    ])
  return [
    signed('counted_before', 'held_rows', -1n),
    signed('counted_after', 'member_rows', 1n),
    defineQuery(
      'count_changes',
      [
        fromQuery('counted_after'),
        union(['counted_before']),
        derive(
          CLASSES.map((name) => ({
            name,
            expression: caseWhen(
              [{ when: equal(of(CLASS), text(name)), then: of(SIGN) }],
              integer(0),
            ),
          })),
        ),
        aggregate({
          groupBy: [...names(segment), PERIOD.name],
          measures: CLASSES.map((name) => measure(name, 'sum', [counted(name)])),
        }),
        filter(isAnyCounted()),
      ],
      { evaluate: 'once' },
    ),
    defineQuery('stored_counts', [from(periodCounts.id)]),
    defineQuery('counts_now', [
      fromQuery('count_changes'),
      join('stored_counts', {
        type: 'left',
        on: onColumns([...segment, PERIOD]),
        rightPrefix: OLD,
      }),
      select([
        ...[...segment, PERIOD].map(keep),
        ...CLASSES.map((name) => ({
          name,
          expression: call('add', counted(name), coalesce(counted(OLD + name), integer(0))),
        })),
      ]),
      filter(isAnyCounted()),
    ]),
  ]
}

function names(columns: readonly { readonly name: string }[]): string[] {
  return columns.map(({ name }) => name)
}

function isAnyCounted(): Expression {
  return or(...CLASSES.map((name) => call('not_equal', counted(name), integer(0))))
}

function counted(name: string): Expression {
  return column(name, DataTypes.integer)
}
