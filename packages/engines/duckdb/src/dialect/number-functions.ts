import { DataTypes, type DecimalType, type FunctionName } from '@qarion/core'
import { sqlOf, type SqlFunction, type SqlOperand } from '@qarion/kit-sql'

import { bindOperands } from './bind.ts'
import { digitsOf, quotient, scaled, scaleOf, unscaled } from './exact-division.ts'
import { fail } from './fail.ts'
import { storedType } from './stored-type.ts'

/** The float, or a failure where it is infinite. */
function finite(sql: string): string {
  return bindOperands(
    [sql],
    'f',
    ([x = '']) => `CASE WHEN NOT isfinite(${x}) THEN ${fail('QRN-EXEC-001')} ELSE ${x} END`,
  )
}

const sumOf =
  (operator: '+' | '-'): SqlFunction =>
  ([a, b], result) => {
    const sql = `(${sqlOf(a)} ${operator} ${sqlOf(b)})`
    if (result.kind === 'float') return finite(sql)
    return result.kind === 'decimal' ? `CAST(${sql} AS ${storedType(result)})` : sql
  }

const multiply: SqlFunction = ([a, b], result) => {
  if (result.kind === 'float') return finite(`(${sqlOf(a)} * ${sqlOf(b)})`)
  if (result.kind !== 'decimal') return `(${sqlOf(a)} * ${sqlOf(b)})`
  return `CAST(${asDecimal(a)} * ${asDecimal(b)} AS ${storedType(result)})`
}

/** More than 18 digits wide: DuckDB keeps the product of two narrower ones in 18 digits. */
function asDecimal(operand: SqlOperand | undefined): string {
  const { sql, type } = operand as SqlOperand
  return digitsOf(type) > 18 && type.kind === 'decimal'
    ? sql
    : `CAST(${sql} AS DECIMAL(19,${scaleOf(type)}))`
}

/** Exact division of integers and decimals to the scale of the result. */
export function divideExactly(
  a: SqlOperand,
  b: SqlOperand,
  result: DecimalType,
  onZero: string,
): string {
  const exponent = scaleOf(b.type) - scaleOf(a.type) + result.scale
  const whole = quotient({
    dividend: unscaled(a.sql, a.type),
    dividendDigits: digitsOf(a.type),
    divisor: unscaled(b.sql, b.type),
    exponent,
    onZero,
  })
  return scaled(whole, result)
}

const divide: SqlFunction = ([a, b], result) => {
  if (result.kind === 'decimal')
    return divideExactly(a as SqlOperand, b as SqlOperand, result, fail('QRN-EXEC-002'))
  return bindOperands(
    [sqlOf(a), sqlOf(b)],
    'd',
    ([x = '', y = '']) =>
      `CASE WHEN ${y} = 0 THEN ${fail('QRN-EXEC-002')} ELSE ${finite(`(${x} / ${y})`)} END`,
  )
}

const wholeDivision =
  (print: (a: string, b: string) => string): SqlFunction =>
  ([a, b]) =>
    bindOperands(
      [sqlOf(a), sqlOf(b)],
      'd',
      ([x = '', y = '']) => `CASE WHEN ${y} = 0 THEN ${fail('QRN-EXEC-002')} ${print(x, y)} END`,
    )

const toWhole =
  (name: 'floor' | 'ceil'): SqlFunction =>
  ([x], result) => {
    if (x?.type.kind === 'integer') return x.sql
    // Adding 0 turns -0 into 0.
    if (x?.type.kind === 'float') return `(${name}(${x.sql}) + 0e0)`
    return `CAST(${name}(${sqlOf(x)}) AS ${storedType(result)})`
  }

export const NUMBER_FUNCTIONS: Readonly<Partial<Record<FunctionName, SqlFunction>>> = {
  add: sumOf('+'),
  subtract: sumOf('-'),
  multiply,
  divide,
  div: wholeDivision((a, b) => `ELSE ${a} // ${b}`),
  // DuckDB calls −2^63 % −1 an overflow; the remainder of −1 is 0.
  mod: wholeDivision((a, b) => `WHEN ${b} = -1 THEN ${a} * 0 ELSE ${a} % ${b}`),
  negate: ([x]) => (x?.type.kind === 'float' ? `(0e0 - ${x.sql})` : `(-(${sqlOf(x)}))`),
  abs: ([x]) => `abs(${sqlOf(x)})`,
  sign: ([x]) => `CAST(sign(${sqlOf(x)}) AS BIGINT)`,
  round: ([x], result) =>
    x?.type.kind === 'decimal' ? `CAST(${x.sql} AS ${storedType(result)})` : sqlOf(x),
  floor: toWhole('floor'),
  ceil: toWhole('ceil'),
  ratio: ([a, b], result) =>
    divideExactly(
      a as SqlOperand,
      b as SqlOperand,
      result as DecimalType,
      `CAST(NULL AS ${storedType(DataTypes.integer)})`,
    ),
}
