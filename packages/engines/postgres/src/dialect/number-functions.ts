import type { DecimalType, FunctionName } from '@qarion/core'
import { sqlOf, type SqlFunction } from '@qarion/kit-sql'

import { divideExactly } from './exact-division.ts'
import { fail } from './fail.ts'
import { divideFloats, multiplyFloats } from './float-arithmetic.ts'
import { castAs, storedType } from './stored-type.ts'

const sumOf =
  (operator: '+' | '-'): SqlFunction =>
  ([a, b], result) => {
    const sql = `(${sqlOf(a)} ${operator} ${sqlOf(b)})`
    return result.kind === 'decimal' ? castAs(sql, result) : sql
  }

const multiply: SqlFunction = ([a, b], result) => {
  if (result.kind === 'float') return multiplyFloats(sqlOf(a), sqlOf(b))
  const sql = `(${sqlOf(a)} * ${sqlOf(b)})`
  return result.kind === 'decimal' ? castAs(sql, result) : sql
}

const divide: SqlFunction = ([a, b], result) =>
  result.kind === 'decimal'
    ? divideExactly(sqlOf(a), sqlOf(b), result, fail('QRN-EXEC-002', result))
    : divideFloats(sqlOf(a), sqlOf(b))

const toWhole =
  (name: 'floor' | 'ceil'): SqlFunction =>
  ([x], result) => {
    if (x?.type.kind === 'integer') return x.sql
    return castAs(`${name}(${sqlOf(x)})`, result)
  }

/** Overflow and division by zero of integers and decimals fail by themselves. */
export const NUMBER_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  add: sumOf('+'),
  subtract: sumOf('-'),
  multiply,
  divide,
  div: ([a, b]) => `(${sqlOf(a)} / ${sqlOf(b)})`,
  mod: ([a, b]) => `(${sqlOf(a)} % ${sqlOf(b)})`,
  negate: ([x]) => (x?.type.kind === 'float' ? `(0::float8 - ${x.sql})` : `(- ${sqlOf(x)})`),
  abs: ([x]) => `abs(${sqlOf(x)})`,
  sign: ([x]) => `CAST(sign(${sqlOf(x)}) AS BIGINT)`,
  round: ([x], result) => (x?.type.kind === 'decimal' ? castAs(x.sql, result) : sqlOf(x)),
  floor: toWhole('floor'),
  ceil: toWhole('ceil'),
  ratio: ([a, b], result) =>
    divideExactly(sqlOf(a), sqlOf(b), result as DecimalType, `CAST(NULL AS ${storedType(result)})`),
}
