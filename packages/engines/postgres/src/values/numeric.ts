/** Digits of a NUMERIC as it travels: groups of four, in base 10,000. */
const BASE = 10_000
const BIG_BASE = 10_000n
const NEGATIVE = 0x4000
/** Bytes before the groups: their number, the weight of the first, the sign, the scale. */
const HEAD_BYTES = 8
/** Below, numbers and their products with 1,000 are exact. */
const SAFE = 9_000_000_000_000

/** Longest NUMERIC of 38 digits: 8 bytes and 11 groups, one of them for the place of the point. */
export const MAX_NUMERIC_BYTES: number = HEAD_BYTES + 2 * 12

/** Writes an unscaled decimal, as a number where that is exact; gives the number of bytes. */
export type NumericWriter = (view: DataView, at: number, unscaled: number | bigint) => number

/** A writer for decimals of a scale. The groups are counted from the point, so the digits are shifted to fit. */
export function createNumericWriter(scale: number): NumericWriter {
  const fractionGroups = Math.ceil(scale / 4)
  const shift = 10 ** (fractionGroups * 4 - scale)
  const bigShift = BigInt(shift)
  const groups = new Uint16Array(16)
  return (view, at, unscaled) => {
    const isNegative = unscaled < 0
    let count = 0
    let small: number
    if (unscaled > -SAFE && unscaled < SAFE) small = Math.abs(Number(unscaled)) * shift
    else {
      let rest = BigInt(unscaled) * (isNegative ? -bigShift : bigShift)
      while (rest >= SAFE) {
        groups[count] = Number(rest % BIG_BASE)
        rest /= BIG_BASE
        count += 1
      }
      small = Number(rest)
    }
    while (small > 0) {
      const rest = Math.floor(small / BASE)
      groups[count] = small - rest * BASE
      small = rest
      count += 1
    }
    let least = 0
    while (least < count && groups[least] === 0) least += 1
    view.setInt16(at, count - least)
    view.setInt16(at + 2, count === 0 ? 0 : count - fractionGroups - 1)
    view.setUint16(at + 4, isNegative ? NEGATIVE : 0)
    view.setInt16(at + 6, scale)
    let next = at + HEAD_BYTES
    for (let group = count - 1; group >= least; group -= 1) {
      view.setUint16(next, groups[group] as number)
      next += 2
    }
    return next - at
  }
}

/** Reads a NUMERIC as an unscaled decimal; throws where it has digits beyond the scale, or is no number. */
export function readNumeric(view: DataView, at: number, scale: number): bigint {
  const count = view.getInt16(at)
  const weight = view.getInt16(at + 2)
  const sign = view.getUint16(at + 4)
  if (sign !== 0 && sign !== NEGATIVE) throw new RangeError('NaN and infinities are no decimals.')
  if (count === 0) return 0n
  // Three groups at a time: twelve digits are exact in a number.
  let value = 0n
  let group = 0
  while (group < count) {
    let part = 0
    let unit = 1
    const end = Math.min(count, group + 3)
    for (; group < end; group += 1) {
      part = part * BASE + view.getUint16(at + HEAD_BYTES + 2 * group)
      unit *= BASE
    }
    value = value * BigInt(unit) + BigInt(part)
  }
  const exponent = (weight - count + 1) * 4 + scale
  if (exponent >= 0) value *= 10n ** BigInt(exponent)
  else {
    const unit = 10n ** BigInt(-exponent)
    if (value % unit !== 0n)
      throw new RangeError(`A decimal has more than ${scale} digits after its point.`)
    value /= unit
  }
  return sign === NEGATIVE ? -value : value
}
