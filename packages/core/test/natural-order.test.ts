import { compareNatural } from '@qarion/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

describe('natural order', () => {
  it('puts 2 before 10, and compares the rest by code point', () => {
    const names = [
      'a10',
      'a2',
      'a02',
      'a',
      'b1',
      'B1',
      'a2b',
      'a\uffff',
      'a😀',
      `a${'9'.repeat(30)}`,
    ]
    expect(names.toSorted(compareNatural)).toEqual([
      'B1',
      'a',
      'a02',
      'a2',
      'a2b',
      'a10',
      `a${'9'.repeat(30)}`,
      'a\uffff',
      'a😀',
      'b1',
    ])
  })

  it('is a total order', () => {
    const name = fc.string({
      unit: fc.constantFrom('0', '1', '2', '10', 'a', '-', '😀', '\ue000'),
      maxLength: 6,
    })
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(compareNatural(a, b)) + Math.sign(compareNatural(b, a))).toBe(0)
        expect(compareNatural(a, b) === 0).toBe(a === b)
        const [x, y, z] = [a, b, c].sort(compareNatural) as [string, string, string]
        expect(compareNatural(x, z)).toBeLessThanOrEqual(0)
        expect(compareNatural(x, y)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 2000 },
    )
  })
})
