import type { DataType } from '../data/data-type.ts'
import type { Value } from '../data/value.ts'

/**
 * Orders two values of one type: negative, 0 or positive. Texts by code point, which is the byte order of UTF-8, not
 * the order of JavaScript's `<`; bytes as bytes; false before true.
 */
export function compareValues(type: DataType, left: Value, right: Value): number {
  switch (type.kind) {
    case 'string':
    case 'json':
      return compareText(left as string, right as string)
    case 'binary':
      return compareBytes(left as Uint8Array, right as Uint8Array)
    case 'boolean':
    case 'integer':
    case 'decimal':
    case 'float':
    case 'date':
    case 'time':
    case 'timestamp':
      return left < right ? -1 : left > right ? 1 : 0
  }
}

/** Orders two texts by code point. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at)
    const b = right.charCodeAt(at)
    if (a === b) continue
    // Surrogates stand for the code points beyond U+FFFF, so they come after all other units.
    const isHighA = a >= 0xd800 && a <= 0xdfff
    const isHighB = b >= 0xd800 && b <= 0xdfff
    return isHighA === isHighB ? a - b : isHighA ? 1 : -1
  }
  return left.length - right.length
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at += 1) {
    const difference = (left[at] as number) - (right[at] as number)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
