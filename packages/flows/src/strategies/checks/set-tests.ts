import { DataTypes, formatType, type Expression, type Query } from '@qarion/core'
import {
  aggregate,
  boolean,
  call,
  castTo,
  coalesce,
  column,
  defineQuery,
  fromQuery,
  integer,
  join,
  measure,
  or,
  select,
} from '@qarion/plan'

import { batchTime } from '../batch-parameter.ts'
import { countOf, durationOf, millionthsOf, shown } from './check-values.ts'
import type { CheckedColumn, CheckReader, CheckTest, TestPlace } from './check.ts'

/** What a set check says: the number of rows, what was found, and whether that is a failure. */
export const SET_COLUMNS: readonly CheckedColumn[] = Object.freeze([
  { name: 'xt_rows', type: DataTypes.integer },
  { name: 'xt_observed', type: DataTypes.string },
  { name: 'xt_failed', type: DataTypes.boolean },
])

const ROWS = column('xt_rows', DataTypes.integer)
const MILLION = integer(1_000_000n)

function verdict(observed: Expression, failed: Expression): ReturnType<typeof select> {
  return select([
    { name: 'xt_rows', expression: ROWS },
    { name: 'xt_observed', expression: observed },
    { name: 'xt_failed', expression: failed },
  ])
}

export function readFreshness(reader: CheckReader): CheckTest | undefined {
  const [checked] = reader.columns as [CheckedColumn]
  const { name, type } = checked
  if (type.kind !== 'timestamp' && type.kind !== 'date') {
    reader.report('QRN-CHECK-004', `"${name}" is ${formatType(type)}`, {
      hint: 'Name a timestamp or date column.',
      path: ['columns'],
    })
    return undefined
  }
  const { max_age: maxAge } = reader.config
  const age = durationOf(maxAge)
  if (age === undefined) {
    reader.report(
      'QRN-CHECK-005',
      maxAge === undefined ? 'config.max_age is not set' : 'config.max_age is no duration',
      {
        hint: 'Write max_age = "24h", or in ms, s, m, h, d: "1d 12h".',
        path: ['config', ...(maxAge === undefined ? [] : ['max_age'])],
      },
    )
    return undefined
  }
  const newest = column('xt_newest', type)
  const instant = type.kind === 'date' ? castTo(newest, DataTypes.timestamp) : newest
  return {
    kind: 'set',
    expected: `newest ${name} at most ${shown(maxAge).trim()} before the batch`,
    make: ({ rows, name: query }) => [
      defineQuery(query, [
        fromQuery(rows),
        aggregate({
          groupBy: [],
          measures: [
            measure('xt_rows', 'count'),
            measure('xt_newest', 'max', [column(name, type)]),
          ],
        }),
        verdict(
          castTo(newest, DataTypes.string),
          coalesce(
            call('greater', call('microseconds_between', instant, batchTime), integer(age)),
            boolean(true),
          ),
        ),
      ]),
    ],
  }
}

const COUNT_KEYS = ['min', 'max'] as const
const CHANGE_KEYS = ['max_increase', 'max_decrease'] as const

export function readRowCount(reader: CheckReader): CheckTest | undefined {
  const { config, report } = reader
  const keys = [...COUNT_KEYS, ...CHANGE_KEYS]
  if (!keys.some((key) => config[key] !== undefined)) {
    report('QRN-CHECK-005', `config has none of ${keys.join(', ')}`, {
      hint: 'Write min = 1, or max_decrease = 0.2 against the batch before.',
      path: ['config'],
    })
    return undefined
  }
  const bounds = new Map<string, bigint>()
  for (const key of keys) {
    if (config[key] === undefined) continue
    const isCount = COUNT_KEYS.some((one) => one === key)
    const bound = isCount ? countOf(config[key]) : millionthsOf(config[key])
    if (bound !== undefined) bounds.set(key, bound)
    else
      report(
        'QRN-CHECK-005',
        `config.${key} is no ${isCount ? 'number of rows' : 'part of the rows'}`,
        { hint: isCount ? `Write ${key} = 100.` : `Write ${key} = 0.2.`, path: ['config', key] },
      )
  }
  if (bounds.size < keys.filter((key) => config[key] !== undefined).length) return undefined
  const previous = column('xt_previous_rows', DataTypes.integer)
  const more = call('subtract', ROWS, previous)
  const fails: Readonly<Record<string, (bound: bigint) => Expression>> = {
    min: (bound) => call('less', ROWS, integer(bound)),
    max: (bound) => call('greater', ROWS, integer(bound)),
    max_increase: (bound) =>
      call('greater', call('multiply', more, MILLION), call('multiply', previous, integer(bound))),
    max_decrease: (bound) =>
      call(
        'greater',
        call('multiply', call('negate', more), MILLION),
        call('multiply', previous, integer(bound)),
      ),
  }
  const failed = [...bounds].map(([key, bound]) =>
    coalesce((fails[key] as (of: bigint) => Expression)(bound), boolean(false)),
  )
  return {
    kind: 'set',
    expected: keys
      .filter((key) => config[key] !== undefined)
      .map((key) => `${key} ${shown(config[key])}`)
      .join(', '),
    make: ({ rows, name, previous: before }) => [
      countRows(rows, name),
      defineQuery(name, [
        fromQuery(`${name}_rows`),
        join(before, { type: 'left', on: [], rightPrefix: 'xt_previous_' }),
        verdict(castTo(ROWS, DataTypes.string), or(...failed)),
      ]),
    ],
  }
}

function countRows(rows: string, name: TestPlace['name']): Query {
  return defineQuery(`${name}_rows`, [
    fromQuery(rows),
    aggregate({ groupBy: [], measures: [measure('xt_rows', 'count')] }),
  ])
}
