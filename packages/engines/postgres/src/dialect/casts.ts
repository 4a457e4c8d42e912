import type { DataType, DecimalType } from '@qarion/core'
import type { SqlOperand } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { scaleOf } from './exact-division.ts'
import { fail } from './fail.ts'
import { decimalOfFloat } from './float-to-decimal.ts'
import { asText, castAs } from './stored-type.ts'
import { readText } from './strict-text.ts'

/** A conversion of the closed cast table: exact or failing, never the server's rounding. */
export function cast({ sql, type: from }: SqlOperand, to: DataType): string {
  if (from.kind === 'string' && to.kind !== 'string') return castText(sql, to)
  if (to.kind === 'string') return textOf({ sql, type: from })
  if (from.kind === 'decimal' && (to.kind === 'integer' || to.kind === 'decimal'))
    return narrow(sql, from, to)
  if (from.kind === 'float' && to.kind === 'decimal') return decimalOfFloat(sql, to)
  // A boolean becomes an INTEGER only.
  if (from.kind === 'boolean' && to.kind === 'integer') return castAs(`CAST(${sql} AS INTEGER)`, to)
  return castAs(sql, to)
}

/** A number in a wider type for a comparison: NUMERIC without limits holds every value. */
export function widen({ sql }: SqlOperand, to: DataType): string {
  return to.kind === 'decimal' ? `CAST(${sql} AS NUMERIC)` : castAs(sql, to)
}

function castText(sql: string, to: DataType): string {
  return bindOperands([sql], 't', ([text = '']) => {
    const value = readText(text, to)
    if (value === undefined) return castAs(text, to)
    return `CASE WHEN ${text} IS NOT NULL THEN coalesce(${value}, ${fail('QRN-EXEC-003', to)}) END`
  })
}

/** The text form of a value, as `formatValue` of core gives it. */
export function textOf({ sql, type }: SqlOperand): string {
  switch (type.kind) {
    case 'string':
    case 'json':
      return sql
    case 'time':
      return bindOperands([sql], 'x', ([x = '']) =>
        clockText(`(DATE '1970-01-01' + ${x})`, 'HH24:MI:SS', ''),
      )
    case 'timestamp':
      return bindOperands([sql], 'x', ([x = '']) => clockText(x, 'YYYY-MM-DD"T"HH24:MI:SS', '"Z"'))
    case 'date':
      return `(to_char(CAST(${sql} AS TIMESTAMP), 'YYYY-MM-DD') COLLATE "C")`
    default:
      return asText(sql)
  }
}

function clockText(timestamp: string, format: string, end: string): string {
  const isWhole = `date_trunc('second', ${timestamp}) = ${timestamp}`
  const pattern = `CASE WHEN ${isWhole} THEN '${format}${end}' ELSE '${format}.US${end}' END`
  return `(to_char(${timestamp}, ${pattern}) COLLATE "C")`
}

function narrow(
  sql: string,
  from: DecimalType,
  to: DecimalType | { readonly kind: 'integer' },
): string {
  if (from.scale <= scaleOf(to)) return castAs(sql, to)
  return bindOperands(
    [sql],
    'd',
    ([x = '']) =>
      `CASE WHEN trunc(${x}, ${scaleOf(to)}) <> ${x} THEN ${fail('QRN-EXEC-003', to)} ELSE ${castAs(x, to)} END`,
  )
}
