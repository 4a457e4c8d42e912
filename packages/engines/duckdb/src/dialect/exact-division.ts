import { MAX_DECIMAL_PRECISION, type DataType, type DecimalType } from '@qarion/core'

import { bindOperands, lambdaName } from './bind.ts'

const INTEGER_DIGITS = 19

/** Digits that the unscaled form of an exact number has at most. */
export function digitsOf(type: DataType): number {
  return type.kind === 'decimal' ? type.precision : INTEGER_DIGITS
}

export function scaleOf(type: DataType): number {
  return type.kind === 'decimal' ? type.scale : 0
}

/** 10^exponent as a HUGEINT constant. */
function power(exponent: number): string {
  return `1${'0'.repeat(exponent)}::HUGEINT`
}

/** An integer or decimal as HUGEINT without its point: 12.50 as decimal(12,2) is 1250. */
export function unscaled(sql: string, type: DataType): string {
  const scale = scaleOf(type)
  if (scale === 0) return `CAST(${sql} AS HUGEINT)`
  if (digitsOf(type) + scale + 1 <= MAX_DECIMAL_PRECISION)
    // Of two decimals up to 18 digits DuckDB keeps the product in 18.
    return `CAST(CAST(${sql} AS DECIMAL(${Math.max(19, digitsOf(type))},${scale})) * CAST('1${'0'.repeat(scale)}' AS DECIMAL(${scale + 1},0)) AS HUGEINT)`
  // The product would have more digits than a decimal can; its text loses nothing.
  return `CAST(replace(CAST(${sql} AS VARCHAR), '.', '') AS HUGEINT)`
}

/** The decimal whose unscaled form is the HUGEINT; fails where it has too many digits. */
export function scaled(sql: string, { precision, scale }: DecimalType): string {
  const whole = `CAST(${sql} AS DECIMAL(38,0))`
  const placed =
    scale === 0
      ? whole
      : `${whole} * CAST('0.${'1'.padStart(scale, '0')}' AS DECIMAL(${scale},${scale}))`
  return `CAST(${placed} AS DECIMAL(${precision},${scale}))`
}

export interface Division {
  /** HUGEINT of at most `dividendDigits` digits. */
  readonly dividend: string
  readonly dividendDigits: number
  /** HUGEINT of at most 38 digits. */
  readonly divisor: string
  /** The quotient is multiplied by 10 to this power. */
  readonly exponent: number
  /** What a division by 0 gives. */
  readonly onZero: string
}

/**
 * `dividend × 10^exponent / divisor` as HUGEINT, rounded half away from zero. DuckDB's own `/` divides doubles; here
 * every digit is exact.
 */
export function quotient({
  dividend,
  dividendDigits,
  divisor,
  exponent,
  onZero,
}: Division): string {
  return bindOperands([dividend, divisor], 'q', ([n = '', d = '']) => {
    const magnitude =
      exponent < 0 ? roundedDown(n, d, -exponent) : extended(n, d, exponent, dividendDigits)
    return (
      `CASE WHEN ${n} IS NULL OR ${d} IS NULL THEN NULL WHEN ${d} = 0 THEN ${onZero}` +
      ` ELSE ${magnitude} * CASE WHEN (${n} < 0) = (${d} < 0) THEN 1 ELSE -1 END END`
    )
  })
}

/** |n| / |d| / 10^digits; the cut-off rest of the first division cannot change a rounding at half of 10^digits. */
function roundedDown(n: string, d: string, digits: number): string {
  const whole = `(abs(${n}) // abs(${d}))`
  const unit = power(digits)
  return `(${whole} // ${unit} + CASE WHEN (${whole} % ${unit}) * 2 >= ${unit} THEN 1 ELSE 0 END)`
}

function extended(n: string, d: string, exponent: number, dividendDigits: number): string {
  const room = MAX_DECIMAL_PRECISION - exponent
  const direct = rounded(
    `abs(${n}) * ${power(Math.min(exponent, MAX_DECIMAL_PRECISION))}`,
    `abs(${d})`,
  )
  if (dividendDigits <= room) return direct
  const long = longDivision(n, d, exponent)
  return room <= 0 ? long : `CASE WHEN abs(${n}) < ${power(room)} THEN ${direct} ELSE ${long} END`
}

function rounded(n: string, d: string): string {
  return `((${n}) // ${d} + CASE WHEN (${n}) % ${d} >= ${d} - (${n}) % ${d} THEN 1 ELSE 0 END)`
}

/**
 * Digit by digit, for products beyond 38 digits. The next digit of r/d is r·10 / d; where r·10 may not fit, it is
 * found from d without its last digit: k or k − 1 with k = r / (d / 10).
 */
function longDivision(n: string, d: string, exponent: number): string {
  const [s, x, e] = ['s', 'x', 'e'].map(lambdaName)
  const divisor = `abs(${d})`
  const high = `(${divisor} // 10)`
  const low = `(${divisor} % 10)`
  const guess = `(${s}.r // ${high})`
  const digit = `(${guess} - CASE WHEN ${guess} * ${high} + (${guess} * ${low} + 9) // 10 > ${s}.r THEN 1 ELSE 0 END)`
  const steps = `list_transform(range(${exponent}), lambda ${x}: {'q': 0::HUGEINT, 'r': 0::HUGEINT})`
  const next =
    `CASE WHEN ${divisor} < ${power(37)}` +
    ` THEN {'q': ${s}.q * 10 + (${s}.r * 10) // ${divisor}, 'r': (${s}.r * 10) % ${divisor}}` +
    ` ELSE {'q': ${s}.q * 10 + ${digit}, 'r': (${s}.r - ${digit} * ${high}) * 10 - ${digit} * ${low}} END`
  const start = `{'q': abs(${n}) // ${divisor}, 'r': abs(${n}) % ${divisor}}`
  const end = `list_reduce(${steps}, lambda ${s}, ${x}: ${next}, ${start})`
  return `list_transform([${end}], lambda ${e}: ${e}.q + CASE WHEN ${e}.r >= ${divisor} - ${e}.r THEN 1 ELSE 0 END)[1]`
}
