import { formatType, valueProblem, type DecimalType } from '@qarion/core'

import type { ConvertRaw } from './convert-raw.ts'
import type { StoredType } from './stored-type.ts'

const OUT_OF_RANGE = valueProblem('outside the range of a 64-bit integer')
const NOT_FINITE = valueProblem('not a finite number')
const MAX_INTEGER = 2n ** 63n - 1n
/** Digits that an integer of so many bits may have, signed and not. */
const INTEGER_DIGITS: Readonly<Record<number, readonly [signed: number, unsigned: number]>> = {
  8: [3, 3],
  16: [5, 5],
  32: [10, 10],
  64: [19, 20],
}

/** A stored integer as a bigint; bytes are big-endian two's complement. */
export function toBigint(raw: unknown, isSigned = true, bits = 64): bigint {
  if (raw instanceof Uint8Array) return bigintFromBytes(raw)
  const value = BigInt(raw as number | bigint)
  return isSigned || value >= 0n ? value : BigInt.asUintN(bits, value)
}

function bigintFromBytes(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`))
}

export function toInteger(stored: StoredType): ConvertRaw | undefined {
  if (stored.kind === 'integer') {
    const { bits, isSigned } = stored
    if (isSigned) return (raw) => BigInt(raw as number | bigint)
    return (raw) => {
      const value = toBigint(raw, false, bits)
      return value > MAX_INTEGER ? OUT_OF_RANGE : value
    }
  }
  if (stored.kind === 'decimal' && stored.scale === 0 && stored.precision <= 18)
    return (raw) => toBigint(raw)
  return undefined
}

export function toDecimal(stored: StoredType, type: DecimalType): ConvertRaw | undefined {
  const { precision, scale } = type
  const limit = 10n ** BigInt(precision)
  const tooLong = valueProblem(
    `more than ${precision - scale} digits before the point in a column of ${formatType(type)}`,
  )
  const scaled = (factor: bigint, read: (raw: unknown) => bigint): ConvertRaw => {
    return (raw) => {
      const value = read(raw) * factor
      return value >= limit || value <= -limit ? tooLong : value
    }
  }
  if (stored.kind === 'integer') {
    const digits = INTEGER_DIGITS[stored.bits]?.[stored.isSigned ? 0 : 1] ?? Infinity
    if (digits > precision - scale) return undefined
    return scaled(10n ** BigInt(scale), (raw) => toBigint(raw, stored.isSigned, stored.bits))
  }
  if (stored.kind !== 'decimal' || stored.scale > scale) return undefined
  if (stored.precision - stored.scale > precision - scale) return undefined
  return scaled(10n ** BigInt(scale - stored.scale), (raw) => toBigint(raw))
}

export function toFloat(stored: StoredType): ConvertRaw | undefined {
  if (stored.kind === 'integer' && stored.bits < 64)
    return (raw) => Number(toBigint(raw, stored.isSigned, stored.bits))
  if (stored.kind !== 'float') return undefined
  return (raw) => {
    const value = stored.bits === 16 ? floatFromHalf(raw as Uint8Array) : (raw as number)
    // Adding 0 turns -0 into 0.
    return Number.isFinite(value) ? value + 0 : NOT_FINITE
  }
}

/** IEEE 754 with sixteen bits. */
function floatFromHalf(bytes: Uint8Array): number {
  const bits = ((bytes[1] as number) << 8) | (bytes[0] as number)
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * 2 ** -24 * fraction
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024)
}
