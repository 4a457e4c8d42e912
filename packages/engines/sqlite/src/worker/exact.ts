import { executionError } from '@qarion/kit-sql'

/** Exact arithmetic on unscaled decimals, for the functions that SQLite lacks. */

const LIMIT = 10n ** 18n
const MAX_INTEGER = 2n ** 63n - 1n

/** Throws QRN-EXEC-001 for a decimal of more than 18 digits. */
export function requireDecimal(value: bigint): bigint {
  if (value >= LIMIT || value <= -LIMIT) throw executionError('QRN-EXEC-001')
  return value
}

/** Throws QRN-EXEC-001 for an integer of more than 64 bits. */
export function requireInteger(value: bigint): bigint {
  if (value > MAX_INTEGER || value < -MAX_INTEGER - 1n) throw executionError('QRN-EXEC-001')
  return value
}

export function powerOfTen(exponent: bigint): bigint {
  return 10n ** exponent
}

/** The quotient, rounded half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const rest = dividend % divisor
  const isAway = magnitude(rest) * 2n >= magnitude(divisor)
  if (!isAway) return quotient
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n
}

/** The quotient, rounded down. */
export function divideDown(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend % divisor < 0n ? quotient - 1n : quotient
}

/** The quotient of two decimals in the scale of the result. */
export function divideDecimals(
  dividend: bigint,
  divisor: bigint,
  scales: { readonly dividend: bigint; readonly divisor: bigint; readonly result: bigint },
): bigint {
  const shift = scales.result + scales.divisor - scales.dividend
  return shift >= 0n
    ? divideRounded(dividend * powerOfTen(shift), divisor)
    : divideRounded(dividend, divisor * powerOfTen(-shift))
}

/** A decimal in another scale; `undefined` where digits would be lost. */
export function rescale(value: bigint, from: bigint, to: bigint): bigint | undefined {
  if (to >= from) return value * powerOfTen(to - from)
  const divisor = powerOfTen(from - to)
  return value % divisor === 0n ? value / divisor : undefined
}

/** The exact value of a float, rounded half away from zero to so many places. */
export function decimalOfFloat(value: number, scale: bigint): bigint {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const exponentBits = (raw >> 52n) & 0x7ffn
  const fraction = raw & 0xfffffffffffffn
  const mantissa = exponentBits === 0n ? fraction : fraction | 0x10000000000000n
  const exponent = (exponentBits === 0n ? 1n : exponentBits) - 1075n
  const signed = raw >> 63n === 1n ? -mantissa : mantissa
  const scaled = signed * powerOfTen(scale)
  return exponent >= 0n ? scaled << exponent : divideRounded(scaled, 1n << -exponent)
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
