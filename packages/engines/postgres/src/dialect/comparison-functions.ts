import type { DataType, FunctionName } from '@qarion/core'
import { sqlOf, type SqlFunction } from '@qarion/kit-sql'

/** Longest SQL of an operand that may stand twice. */
const SHORT = 160

/** A value of each type, to stand for NULL where a second comparison tells NULL apart. */
const ANY_VALUE: Readonly<Record<DataType['kind'], string>> = {
  boolean: 'FALSE',
  integer: '0',
  decimal: '0',
  float: '0',
  string: "''",
  date: "DATE '1970-01-01'",
  time: "TIME '00:00'",
  timestamp: "TIMESTAMP '1970-01-01 00:00:00'",
  json: "''",
  binary: "''::bytea",
}

/**
 * Equality where NULL equals NULL, in a form that can be hashed and merged: by `IS NOT DISTINCT FROM` the server joins
 * only with nested loops, and never fully.
 */
const isNotDistinct: SqlFunction = ([a, b]) => {
  const [left, right] = [sqlOf(a), sqlOf(b)]
  if (left.length > SHORT || right.length > SHORT) return `(ARRAY[${left}] = ARRAY[${right}])`
  const any = ANY_VALUE[(a as NonNullable<typeof a>).type.kind]
  return `((${left} IS NULL) = (${right} IS NULL) AND coalesce(${left}, ${any}) = coalesce(${right}, ${any}))`
}

export const COMPARISON_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  is_not_distinct: isNotDistinct,
}
