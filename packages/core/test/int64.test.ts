import { exactNumberAt, int64FromNumbers, wordsOf } from '@qarion/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'

it('numbers become the integers they are', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeInteger()), (numbers) => {
      expect([...int64FromNumbers(Float64Array.from(numbers))]).toEqual(numbers.map(BigInt))
    }),
  )
})

it('integers are numbers where that is exact, and nothing elsewhere', () => {
  const edges = [
    0n,
    -1n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
    -(2n ** 53n),
    2n ** 63n - 1n,
    -(2n ** 63n),
  ]
  const integer = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(...edges),
  )
  fc.assert(
    fc.property(fc.array(integer), (integers) => {
      const words = wordsOf(BigInt64Array.from(integers))
      for (const [index, value] of integers.entries()) {
        const number = exactNumberAt(words, index)
        if (number === undefined) expect(value >= 2n ** 53n || value < -(2n ** 53n)).toBe(true)
        else expect(BigInt(number)).toBe(value)
      }
    }),
  )
})
