/** Exact arithmetic on unscaled decimals of any length, for what 128 bits do not hold. */

export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent)
}

/** The quotient, rounded half away from zero. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  const rest = magnitude(dividend % divisor)
  if (rest * 2n < magnitude(divisor)) return quotient
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n
}

/** The decimal in another scale, rounded half away from zero where digits are lost. */
export function rescaleRounded(value: bigint, from: number, to: number): bigint {
  return to >= from ? value * powerOfTen(to - from) : divideRounded(value, powerOfTen(from - to))
}

/** The exact value of a float, rounded half away from zero to so many places. */
export function decimalOfFloat(value: number, scale: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const biased = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xf_ffff_ffff_ffffn
  // A subnormal number has no leading one, and the exponent of the smallest normal one.
  const mantissa = biased === 0n ? fraction : fraction + 0x10_0000_0000_0000n
  const exponent = (biased === 0n ? 1n : biased) - 1075n
  const scaled = (value < 0 ? -mantissa : mantissa) * powerOfTen(scale)
  return exponent >= 0n ? scaled << exponent : divideRounded(scaled, 1n << -exponent)
}

export function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
