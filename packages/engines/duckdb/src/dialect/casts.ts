import type { DataType, DecimalType } from '@qarion/core'
import type { SqlOperand } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { digitsOf, scaled, scaleOf, unscaled } from './exact-division.ts'
import { fail } from './fail.ts'
import { storedType } from './stored-type.ts'
import { readText } from './strict-text.ts'

/** A conversion of the closed cast table: exact or failing, never DuckDB's rounding. */
export function cast({ sql, type: from }: SqlOperand, to: DataType): string {
  const plain = `CAST(${sql} AS ${storedType(to)})`
  if (from.kind === 'string' && to.kind !== 'string') return castText(sql, to)
  if (to.kind === 'string') return textOf({ sql, type: from })
  if (from.kind === 'decimal' && (to.kind === 'integer' || to.kind === 'decimal'))
    return narrow(sql, from, to)
  if (from.kind === 'float' && to.kind === 'decimal') return decimalOfFloat(sql, to)
  // DuckDB divides two doubles here; reading the digits gives the nearest double.
  if (from.kind === 'decimal' && to.kind === 'float')
    return `CAST(CAST(${sql} AS VARCHAR) AS DOUBLE)`
  return plain
}

function castText(sql: string, to: DataType): string {
  return bindOperands([sql], 't', ([text = '']) => {
    const value = readText(text, to) ?? text
    return `CASE WHEN ${text} IS NOT NULL THEN coalesce(${value}, ${fail('QRN-EXEC-003')}) END`
  })
}

/** The text form of a value, as `formatValue` of core gives it. */
export function textOf({ sql, type }: SqlOperand): string {
  switch (type.kind) {
    case 'string':
    case 'json':
      return sql
    case 'time':
      return bindOperands([`DATE '1970-01-01' + ${sql}`], 't', ([x = '']) =>
        clockText(x, '%H:%M:%S', ''),
      )
    case 'timestamp':
      return bindOperands([sql], 't', ([x = '']) => clockText(x, '%Y-%m-%dT%H:%M:%S', 'Z'))
    default:
      return `CAST(${sql} AS VARCHAR)`
  }
}

function clockText(timestamp: string, format: string, end: string): string {
  return (
    `CASE WHEN epoch_us(${timestamp}) % 1000000 = 0 THEN strftime(${timestamp}, '${format}${end}')` +
    ` ELSE strftime(${timestamp}, '${format}.%f${end}') END`
  )
}

function narrow(
  sql: string,
  from: DecimalType,
  to: DecimalType | { readonly kind: 'integer' },
): string {
  const plain = `CAST(${sql} AS ${storedType(to)})`
  const lost = from.scale - scaleOf(to)
  if (lost <= 0) return plain
  return bindOperands([sql], 'd', ([x = '']) => {
    const rest = `${unscaled(x, from)} % 1${'0'.repeat(lost)}::HUGEINT`
    return `CASE WHEN ${rest} <> 0 THEN ${fail('QRN-EXEC-003')} ELSE CAST(${x} AS ${storedType(to)}) END`
  })
}

/** Digits after the point that are enough to write any double out. */
const ALL_DIGITS = 1074

function decimalOfFloat(sql: string, to: DecimalType): string {
  const text = `format('{:.${ALL_DIGITS}f}', abs(${sql}))`
  return bindOperands([sql, text], 'f', ([x = '', digits = '']) => {
    const point = `strpos(${digits}, '.')`
    const kept = `CAST(${digits}[:${point} - 1] || ${digits}[${point} + 1:${point} + ${to.scale}] AS HUGEINT)`
    const up = `CASE WHEN ${digits}[${point} + ${to.scale + 1}] >= '5' THEN 1 ELSE 0 END`
    const value = `(${kept} + ${up}) * CASE WHEN ${x} < 0 THEN -1 ELSE 1 END`
    return (
      `CASE WHEN ${x} IS NULL THEN NULL WHEN abs(${x}) >= 1e${to.precision - to.scale} THEN ${fail('QRN-EXEC-001')}` +
      ` ELSE ${scaled(value, to)} END`
    )
  })
}

/** A number in a wider type for a comparison. What cannot fit is beyond all values of the type: its end stands for it. */
export function widen({ sql, type: from }: SqlOperand, to: DataType): string {
  const plain = `CAST(${sql} AS ${storedType(to)})`
  if (to.kind !== 'decimal') return plain
  if (digitsOf(from) - scaleOf(from) <= to.precision - to.scale) return plain
  return bindOperands([sql], 'w', ([x = '']) => {
    const nines = '9'.repeat(to.precision)
    const end = `CAST('${nines.slice(0, to.precision - to.scale) || '0'}.${nines.slice(to.precision - to.scale)}' AS ${storedType(to)})`
    return `CASE WHEN ${x} IS NOT NULL THEN coalesce(TRY_CAST(${x} AS ${storedType(to)}), CASE WHEN ${x} < 0 THEN -${end} ELSE ${end} END) END`
  })
}
