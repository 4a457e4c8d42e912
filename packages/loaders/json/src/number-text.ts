/** Beyond it a number is out of the range of every decimal, or finer than every one. */
const MAX_PLACES = 60

const FORM = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/

/**
 * A JSON number as plain digits with a point only where it has a fraction: exact, never through a double, so that 1,
 * 1.0 and 10e-1 are one. Exponents beyond all decimals are cut to ones that are too.
 */
export function plainNumber(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = FORM.exec(text) ?? []
  const digits = whole + fraction
  const end = trimmedEnd(digits)
  if (end === 0) return '0'
  // Of the last digit that counts.
  const power = Number(exponent) - fraction.length + (digits.length - end)
  const places = Math.max(-MAX_PLACES, Math.min(MAX_PLACES, power))
  const kept = digits.slice(0, end)
  if (places >= 0) return sign + kept + '0'.repeat(places)
  const padded = kept.padStart(1 - places, '0')
  return `${sign}${padded.slice(0, places)}.${padded.slice(places)}`
}

// A loop, since /0+$/ takes quadratic time on zeros that are not at the end.
function trimmedEnd(digits: string): number {
  let end = digits.length
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end -= 1
  return end
}
