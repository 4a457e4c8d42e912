import type { AggregateName, DataType, WindowName } from '@qarion/core'
import {
  BASE_AGGREGATES,
  BASE_WINDOWS,
  sqlOf,
  type SqlAggregate,
  type SqlOperand,
  type SqlWindow,
} from '@qarion/kit-sql'

import { MAX_PRECISION } from '../sqlite-types.ts'
import { scaleOf } from './sqlite-functions.ts'

/**
 * SQLite's own sum fails as soon as it leaves 64 bits, whatever comes after. Two sums, of the upper and of the lower
 * half of each number, never do.
 */
function halves(x: SqlOperand | undefined, over = ''): string {
  const tail = over === '' ? '' : ` ${over}`
  return `sum(${sqlOf(x)} >> 32)${tail}, sum(${sqlOf(x)} & 4294967295)${tail}`
}

/** Digits that a total may have; 0 stands for the 64 bits of an integer. */
function digitsOf(result: DataType): number {
  return result.kind === 'decimal' ? Math.min(result.precision, MAX_PRECISION) : 0
}

const collect: SqlAggregate = ([x], _result, orderBy) => {
  const order = orderBy.length === 0 ? '' : ` ORDER BY ${orderBy.join(', ')}`
  return `json_group_array(${element(x as SqlOperand)}${order})`
}

function element({ sql, type }: SqlOperand): string {
  switch (type.kind) {
    case 'boolean':
      return `json(CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`
    case 'json':
      return `json(${sql})`
    default:
      return sql
  }
}

export const SQLITE_AGGREGATES: Readonly<Record<AggregateName, SqlAggregate>> = Object.freeze({
  ...BASE_AGGREGATES,
  sum: ([x], result) => `xt_total(${halves(x)}, ${digitsOf(result)})`,
  avg: ([x], result) =>
    `xt_average(${halves(x)}, count(${sqlOf(x)}), ${scaleOf((x as SqlOperand).type)}, ${scaleOf(result)})`,
  arg_min: ([x, by]) => `xt_arg_min(${sqlOf(x)}, ${sqlOf(by)})`,
  arg_max: ([x, by]) => `xt_arg_max(${sqlOf(x)}, ${sqlOf(by)})`,
  collect,
})

const TO_HERE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'

export const SQLITE_WINDOWS: Readonly<Record<WindowName, SqlWindow>> = Object.freeze({
  ...BASE_WINDOWS,
  running_sum: ([x], result, over) => `xt_total(${halves(x, over(TO_HERE))}, ${digitsOf(result)})`,
})
