/** Where in memory the low half of a 64-bit number stands. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1
const HIGH = 1 - LOW

/** 2^53 divided by 2^32: numbers whose high half is below it are exact as doubles. */
const EXACT_HIGH = 0x20_0000

/** 64-bit integers from whole numbers, without a bigint for each. */
export function int64FromNumbers(numbers: Float64Array): BigInt64Array {
  const values = new BigInt64Array(numbers.length)
  const words = wordsOf(values)
  for (let index = 0; index < numbers.length; index += 1) {
    const number = numbers[index] as number
    words[index * 2 + LOW] = number % 0x1_0000_0000
    words[index * 2 + HIGH] = Math.floor(number / 0x1_0000_0000)
  }
  return values
}

/** The 64-bit integers as 32-bit halves, for `exactNumberAt`. */
export function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2)
}

/** The integer as a number where that is exact, else `undefined`; `words` are those of `wordsOf`. */
export function exactNumberAt(words: Int32Array, index: number): number | undefined {
  const high = words[index * 2 + HIGH] as number
  if (high < -EXACT_HIGH || high >= EXACT_HIGH) return undefined
  return high * 0x1_0000_0000 + ((words[index * 2 + LOW] as number) >>> 0)
}

/** Whether each of the first `count` integers is greater than the one before; makes no `bigint` of any. */
export function isAscending(values: BigInt64Array, count: number): boolean {
  const words = wordsOf(values)
  for (let index = 1; index < count; index += 1) {
    const at = index * 2
    const [high, highBefore] = [words[at + HIGH] as number, words[at - 2 + HIGH] as number]
    if (high < highBefore) return false
    if (high > highBefore) continue
    if ((words[at + LOW] as number) >>> 0 <= (words[at - 2 + LOW] as number) >>> 0) return false
  }
  return true
}
