import { exactNumberAt, isAscending, int64FromNumbers, wordsOf } from '@qarion/core'
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

it('tells whether integers ascend, in all 64 bits', () => {
  const ascends = (...values: bigint[]): boolean =>
    isAscending(BigInt64Array.from(values), values.length)
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
      const isSorted = values.every((value, at) => at === 0 || value > (values[at - 1] as bigint))
      expect(ascends(...values)).toBe(isSorted)
      expect(ascends(...new Set(values.toSorted((a, b) => (a < b ? -1 : 1))))).toBe(true)
    }),
  )
  expect(ascends(2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n)).toBe(true)
  expect(ascends(-(2n ** 63n), -1n, 0n, 2n ** 63n - 1n)).toBe(true)
  expect(ascends(2n ** 32n, 2n ** 32n)).toBe(false)
  expect(ascends(0n, -1n)).toBe(false)
})
