import type { AggregateName, WindowName } from '@qarion/core'

import type { SqlAggregate, SqlWindow } from './dialect.ts'
import { sqlOf } from './operand.ts'

const simple =
  (name: string): SqlAggregate =>
  ([x]) =>
    `${name}(${sqlOf(x)})`

export const BASE_AGGREGATES: Readonly<Record<AggregateName, SqlAggregate>> = Object.freeze({
  count: ([x]) => (x === undefined ? 'COUNT(*)' : `COUNT(${x.sql})`),
  count_distinct: ([x]) => `COUNT(DISTINCT ${sqlOf(x)})`,
  sum: simple('SUM'),
  min: simple('MIN'),
  max: simple('MAX'),
  avg: simple('AVG'),
  arg_min: ([x, by]) => `ARG_MIN(${sqlOf(x)}, ${sqlOf(by)})`,
  arg_max: ([x, by]) => `ARG_MAX(${sqlOf(x)}, ${sqlOf(by)})`,
  collect: ([x], _result, orderBy) =>
    `JSON_ARRAYAGG(${sqlOf(x)}${orderBy.length === 0 ? '' : ` ORDER BY ${orderBy.join(', ')}`})`,
} satisfies Record<AggregateName, SqlAggregate>)

const TO_HERE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
const WHOLE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'

const framed =
  (name: string, frame?: string): SqlWindow =>
  (args, _result, over) =>
    `${name}(${args.map(({ sql }) => sql).join(', ')}) ${over(frame)}`

export const BASE_WINDOWS: Readonly<Record<WindowName, SqlWindow>> = Object.freeze({
  row_number: framed('ROW_NUMBER'),
  lag: framed('LAG'),
  lead: framed('LEAD'),
  first: framed('FIRST_VALUE', WHOLE),
  last: framed('LAST_VALUE', WHOLE),
  running_sum: framed('SUM', TO_HERE),
  running_count: ([x], _result, over) => `COUNT(${x?.sql ?? '*'}) ${over(TO_HERE)}`,
  running_min: framed('MIN', TO_HERE),
  running_max: framed('MAX', TO_HERE),
} satisfies Record<WindowName, SqlWindow>)
