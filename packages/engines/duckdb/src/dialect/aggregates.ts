import {
  MAX_INT64_DECIMAL_PRECISION,
  type AggregateName,
  type DataType,
  type DecimalType,
  type WindowName,
} from '@qarion/core'
import { sqlOf, type SqlAggregate, type SqlOperand, type SqlWindow } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { digitsOf, quotient, scaled, scaleOf, unscaled } from './exact-division.ts'
import { fail } from './fail.ts'
import { quoteJson } from './json-text.ts'
import { storedType } from './stored-type.ts'

const TO_HERE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW'
const WHOLE = 'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING'

/** Far above 10^38, below the end of DuckDB's 128 bits. */
const WRAPS_BEYOND = '1.2e38'

/**
 * The exact total as HUGEINT without its point. Only wide decimals can leave 128 bits, where DuckDB wraps without a
 * word: the sum of doubles tells.
 */
function exactTotal({ sql, type }: SqlOperand, suffix: string): string {
  if (type.kind === 'integer') return `sum(${sql})${suffix}`
  const total = `sum(${sql})${suffix}`
  const wide: DecimalType = { kind: 'decimal', precision: 38, scale: scaleOf(type) }
  if (digitsOf(type) <= MAX_INT64_DECIMAL_PRECISION) return unscaled(total, wide)
  const estimate = `sum(CAST(${sql} AS DOUBLE))${suffix}`
  return bindOperands(
    [total, estimate],
    't',
    ([exact = '', near = '']) =>
      `CASE WHEN abs(${near}) * 1e${wide.scale} > ${WRAPS_BEYOND} THEN ${fail('QRN-EXEC-001')} ELSE ${unscaled(exact, wide)} END`,
  )
}

function sum(x: SqlOperand, result: DataType, suffix: string): string {
  if (result.kind !== 'decimal') return `CAST(sum(${x.sql})${suffix} AS BIGINT)`
  if (digitsOf(x.type) <= MAX_INT64_DECIMAL_PRECISION)
    return `CAST(sum(${x.sql})${suffix} AS ${storedType(result)})`
  return scaled(exactTotal(x, suffix), result)
}

function average(x: SqlOperand, result: DecimalType): string {
  const whole = quotient({
    dividend: exactTotal(x, ''),
    dividendDigits: 38,
    divisor: `CAST(count(${x.sql}) AS HUGEINT)`,
    exponent: result.scale - scaleOf(x.type),
    onZero: 'NULL',
  })
  return scaled(whole, result)
}

const extreme =
  (direction: 'ASC' | 'DESC'): SqlAggregate =>
  ([x, by]) =>
    `first(${sqlOf(x)} ORDER BY ${sqlOf(by)} ${direction}, ${sqlOf(x)} ASC NULLS FIRST) FILTER (WHERE ${sqlOf(by)} IS NOT NULL)`

const collect: SqlAggregate = ([x], _result, orderBy) => {
  const order = orderBy.length === 0 ? '' : ` ORDER BY ${orderBy.join(', ')}`
  return `('[' || coalesce(string_agg(coalesce(${elementOf(x as SqlOperand)}, 'null'), ','${order}), '') || ']')`
}

function elementOf({ sql, type }: SqlOperand): string {
  if (type.kind === 'json') return sql
  if (type.kind !== 'string') return `CAST(${sql} AS VARCHAR)`
  return bindOperands([sql], 'j', ([text = '']) => quoteJson(text))
}

export const AGGREGATES: Readonly<Record<AggregateName, SqlAggregate>> = Object.freeze({
  count: ([x]) => (x === undefined ? 'count(*)' : `count(${x.sql})`),
  count_distinct: ([x]) => `count(DISTINCT ${sqlOf(x)})`,
  sum: ([x], result) => sum(x as SqlOperand, result, ''),
  min: ([x]) => `min(${sqlOf(x)})`,
  max: ([x]) => `max(${sqlOf(x)})`,
  avg: ([x], result) => average(x as SqlOperand, result as DecimalType),
  arg_min: extreme('ASC'),
  arg_max: extreme('DESC'),
  collect,
} satisfies Record<AggregateName, SqlAggregate>)

const framed =
  (name: string, frame?: string): SqlWindow =>
  (args, _result, over) =>
    `${name}(${args.map(({ sql }) => sql).join(', ')}) ${over(frame)}`

export const WINDOWS: Readonly<Record<WindowName, SqlWindow>> = Object.freeze({
  row_number: framed('row_number'),
  lag: framed('lag'),
  lead: framed('lead'),
  first: framed('first_value', WHOLE),
  last: framed('last_value', WHOLE),
  running_sum: ([x], result, over) => sum(x as SqlOperand, result, ` ${over(TO_HERE)}`),
  running_count: ([x], _result, over) => `count(${x?.sql ?? '*'}) ${over(TO_HERE)}`,
  running_min: framed('min', TO_HERE),
  running_max: framed('max', TO_HERE),
} satisfies Record<WindowName, SqlWindow>)
