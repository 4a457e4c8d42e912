import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { retryDelayMs } from '../src/publish/retry-delay.ts'

const RETRY = { maxAttempts: 10, initialDelayMs: 1000, maxDelayMs: 60_000 }
const never = (): number => 0.999_999_999

describe('the wait after an attempt', () => {
  it('doubles at most, up to the longest', () => {
    expect([1, 2, 3, 6, 7, 50, 1000].map((n) => retryDelayMs(RETRY, n, 0, never))).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000,
    ])
  })

  it('is any part of that', () => {
    expect([0, 0.25, 0.5].map((part) => retryDelayMs(RETRY, 3, 0, () => part))).toEqual([
      0, 1000, 2000,
    ])
  })

  it('is never less than the receiver asks for, within a week', () => {
    expect(retryDelayMs(RETRY, 1, 90_000, () => 0.5)).toBe(90_000)
    expect(retryDelayMs(RETRY, 1, 100, () => 0.5)).toBe(500)
    expect(retryDelayMs(RETRY, 1, -5, () => 0)).toBe(0)
    expect(retryDelayMs(RETRY, 1, 1e12, () => 0)).toBe(7 * 86_400_000)
  })

  it('is a whole number within its bounds, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.nat(),
        fc.nat(),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, initialDelayMs, maxDelayMs, chance) => {
          const settings = { maxAttempts: 1000, initialDelayMs, maxDelayMs }
          const delay = retryDelayMs(settings, attempt, 0, () => chance)
          expect(Number.isSafeInteger(delay) && delay >= 0 && delay <= maxDelayMs).toBe(true)
        },
      ),
    )
  })
})
