import { isSameType, type DataType, type DecimalType } from '@qarion/core'
import type { SqlOperand } from '@qarion/kit-sql'

import { MAX_PRECISION } from '../sqlite-types.ts'

const INTEGER_AS_DECIMAL: DecimalType = { kind: 'decimal', precision: 19, scale: 0 }

/** One conversion of the cast table. */
export function castSqlite({ sql, type }: SqlOperand, to: DataType): string {
  if (isSameType(type, to)) return sql
  switch (to.kind) {
    case 'string':
      return toText(sql, type)
    case 'integer':
      if (type.kind === 'boolean') return sql
      return type.kind === 'decimal' ? rescale(sql, type, INTEGER_AS_DECIMAL) : parse(sql, to)
    case 'decimal':
      if (type.kind === 'float') return `xt_decimal_of_float(${sql}, ${to.precision}, ${to.scale})`
      if (type.kind === 'integer') return rescale(sql, INTEGER_AS_DECIMAL, to)
      return type.kind === 'decimal' ? rescale(sql, type, to) : parse(sql, to)
    case 'float':
      if (type.kind === 'integer') return `CAST(${sql} AS REAL)`
      return type.kind === 'decimal' ? `xt_float_of_decimal(${sql}, ${type.scale})` : parse(sql, to)
    case 'date':
      return type.kind === 'timestamp' ? `xt_date_of(${sql})` : parse(sql, to)
    case 'timestamp':
      return type.kind === 'date' ? `xt_timestamp_of(${sql})` : parse(sql, to)
    case 'boolean':
    case 'time':
      return parse(sql, to)
    case 'json':
    case 'binary':
      return sql
  }
}

/**
 * A number in the scale of a wider type, for comparisons. It never fails: a product beyond 64 bits becomes REAL, which
 * SQLite compares exactly with integers.
 */
export function widenSqlite({ sql, type }: SqlOperand, to: DataType): string {
  const from = type.kind === 'decimal' ? type.scale : 0
  const growth = to.kind === 'decimal' ? to.scale - from : 0
  return growth === 0 ? sql : `(${sql} * ${10n ** BigInt(growth)})`
}

function toText(sql: string, type: DataType): string {
  switch (type.kind) {
    case 'boolean':
      return `CASE ${sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END`
    case 'integer':
      return `CAST(${sql} AS TEXT)`
    case 'decimal':
      return type.scale === 0 ? `CAST(${sql} AS TEXT)` : `xt_text_of_decimal(${sql}, ${type.scale})`
    case 'time':
    case 'timestamp':
      return `xt_text_of_${type.kind}(${sql})`
    case 'string':
    case 'date':
    case 'json':
    case 'float':
    case 'binary':
      return sql
  }
}

function parse(sql: string, to: DataType): string {
  return to.kind === 'decimal'
    ? `xt_parse('decimal', ${sql}, ${to.precision}, ${to.scale})`
    : `xt_parse('${to.kind}', ${sql})`
}

function rescale(sql: string, from: DecimalType, to: DecimalType): string {
  const hasRoom = to.scale >= from.scale && to.precision - to.scale >= from.precision - from.scale
  if (hasRoom && to.precision <= MAX_PRECISION) {
    return to.scale === from.scale ? sql : `(${sql} * ${10n ** BigInt(to.scale - from.scale)})`
  }
  return to === INTEGER_AS_DECIMAL && from.scale === 0
    ? sql
    : `xt_rescale(${sql}, ${from.scale}, ${to.precision}, ${to.scale})`
}
