/**
 * The order of two numbers, given as numbers, bigints or decimal texts: negative, 0 or positive. `undefined` where one of
 * them is no number. Exact: no digit passes through a double.
 */
export function compareCanonicalNumbers(left: unknown, right: unknown): number | undefined {
  const a = digitsOf(left)
  const b = digitsOf(right)
  if (a === undefined || b === undefined) return undefined
  const scale = Math.max(a.scale, b.scale)
  const difference = scaled(a, scale) - scaled(b, scale)
  return difference === 0n ? 0 : difference > 0n ? 1 : -1
}

interface Digits {
  readonly unscaled: bigint
  readonly scale: number
}

function digitsOf(value: unknown): Digits | undefined {
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'string')
    return undefined
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,3}))?$/.exec(String(value))
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const unscaled = BigInt(`${sign}${whole}${fraction}`)
  const scale = fraction.length - Number(exponent)
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 }
}

function scaled({ unscaled, scale }: Digits, to: number): bigint {
  return unscaled * 10n ** BigInt(to - scale)
}
