import type { AggregateName, DataType, DecimalType, WindowName } from '@qarion/core'
import {
  BASE_AGGREGATES,
  BASE_WINDOWS,
  sqlOf,
  type SqlAggregate,
  type SqlOperand,
  type SqlWindow,
} from '@qarion/kit-sql'

import { textOf } from './casts.ts'
import { divideExactly } from './exact-division.ts'
import { quoteJson } from './json-text.ts'
import { castAs } from './stored-type.ts'

const TO_HERE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
/** Of rows, not places: a lag beyond is beyond every partition. */
const MAX_OFFSET = 2_147_483_647

/** Sums of integers and decimals are NUMERIC, which has room for every one; the cast to the result fails on overflow. */
function sum(x: SqlOperand, result: DataType, over: string): string {
  return castAs(`sum(${x.sql})${over}`, result)
}

/** The value that comes first or last. The server has no order of its own for booleans, and none for bytes before 18. */
function extreme(which: 'min' | 'max', { sql, type }: SqlOperand, over: string): string {
  switch (type.kind) {
    case 'boolean':
      return `${which === 'min' ? 'bool_and' : 'bool_or'}(${sql})${over}`
    case 'binary':
      // The order of hexadecimal digits is that of the bytes.
      return `decode(${which}(encode(${sql}, 'hex') COLLATE "C")${over}, 'hex')`
    default:
      return `${which}(${sql})${over}`
  }
}

const valueAtExtreme =
  (direction: 'ASC' | 'DESC'): SqlAggregate =>
  ([x, by]) =>
    `(array_agg(${sqlOf(x)} ORDER BY ${sqlOf(by)} ${direction}, ${sqlOf(x)} ASC NULLS FIRST)` +
    ` FILTER (WHERE ${sqlOf(by)} IS NOT NULL))[1]`

const collect: SqlAggregate = ([x], _result, orderBy) => {
  const order = orderBy.length === 0 ? '' : ` ORDER BY ${orderBy.join(', ')}`
  const elements = `string_agg(coalesce(${elementOf(x as SqlOperand)}, 'null'), ','${order})`
  return `(('[' || coalesce(${elements}, '') || ']') COLLATE "C")`
}

function elementOf(operand: SqlOperand): string {
  return operand.type.kind === 'string' ? quoteJson(operand.sql) : textOf(operand)
}

export const AGGREGATES: Readonly<Record<AggregateName, SqlAggregate>> = Object.freeze({
  ...BASE_AGGREGATES,
  sum: ([x], result) => sum(x as SqlOperand, result, ''),
  min: ([x]) => extreme('min', x as SqlOperand, ''),
  max: ([x]) => extreme('max', x as SqlOperand, ''),
  avg: ([x], result) => average(x as SqlOperand, result as DecimalType),
  arg_min: valueAtExtreme('ASC'),
  arg_max: valueAtExtreme('DESC'),
  collect,
} satisfies Record<AggregateName, SqlAggregate>)

function average(x: SqlOperand, result: DecimalType): string {
  return divideExactly(`sum(${x.sql})`, `count(${x.sql})`, result, 'NULL')
}

/** How many rows away, in the type that the server takes. */
const shifted =
  (name: 'lag' | 'lead'): SqlWindow =>
  ([x, offset], _result, over) =>
    `${name}(${sqlOf(x)}${offset === undefined ? '' : `, CAST(least(${offset.sql}, ${MAX_OFFSET}) AS INTEGER)`}) ${over()}`

export const WINDOWS: Readonly<Record<WindowName, SqlWindow>> = Object.freeze({
  ...BASE_WINDOWS,
  lag: shifted('lag'),
  lead: shifted('lead'),
  running_sum: ([x], result, over) => sum(x as SqlOperand, result, ` ${over(TO_HERE)}`),
  running_min: ([x], _result, over) => extreme('min', x as SqlOperand, ` ${over(TO_HERE)}`),
  running_max: ([x], _result, over) => extreme('max', x as SqlOperand, ` ${over(TO_HERE)}`),
} satisfies Record<WindowName, SqlWindow>)
