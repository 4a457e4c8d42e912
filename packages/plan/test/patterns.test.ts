import { createPatternMatcher, parsePattern, printPattern } from '@qarion/plan'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { thrownBy } from './support.ts'

const inJavaScript = (pattern: string): RegExp =>
  new RegExp(
    printPattern(parsePattern(pattern), (codePoint) => `\\u{${codePoint.toString(16)}}`),
    'u',
  )

/** Patterns of few characters, so that texts often fit. */
const patterns: fc.Arbitrary<string> = fc.letrec<{ pattern: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'a',
      'b',
      '.',
      '[^a]',
      '[a-c]',
      '\\d',
      '\\W',
      '[\\S]',
      '😀',
      '\\x62',
      '\\.',
      '^',
      '$',
    ),
    tie('pattern').map((inner) => `(?:${inner})`),
  ),
  pattern: fc
    .array(
      fc.tuple(tie('atom'), fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,2}', '{2,}', '*?')),
      { maxLength: 4 },
    )
    .chain((parts) =>
      fc.constantFrom('', '', '|', '|b').map((more) => {
        const text = parts
          .map(([atom, repeat]) => atom + (/[$^]/.test(atom) ? '' : repeat))
          .join('')
        return text + more
      }),
    ),
})).pattern

const texts = fc.array(fc.constantFrom('a', 'b', 'c', '.', '1', '\n', '😀', 'é', ' '), {
  maxLength: 6,
})

describe('patterns', () => {
  test('the matcher finds what regular expressions of JavaScript find', () => {
    fc.assert(
      fc.property(patterns, fc.array(texts, { minLength: 1, maxLength: 8 }), (pattern, made) => {
        const matches = createPatternMatcher(parsePattern(pattern))
        const regex = inJavaScript(pattern)
        for (const parts of made) {
          const text = parts.join('')
          expect([pattern, text, matches(text)]).toEqual([pattern, text, regex.test(text)])
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('the matcher reads a text once, however the repeats are nested', () => {
    const matches = createPatternMatcher(parsePattern('^(?:(?:a*)*b?)*$'))
    expect(matches('a'.repeat(100_000))).toBe(true)
    expect(matches(`${'a'.repeat(100_000)}c`)).toBe(false)
  })

  test('the matcher forgets what it has found out where that grows too large', () => {
    const matches = createPatternMatcher(parsePattern('a.{20}b'))
    const regex = /a.{20}b/
    let seed = 1
    for (let round = 0; round < 300; round += 1) {
      let text = ''
      for (let at = 0; at < 60; at += 1) {
        seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
        text += seed >>> 31 === 0 ? 'a' : 'b'
      }
      expect(matches(text)).toBe(regex.test(text))
    }
  })

  test.each([
    ['[A-C]x\\.', '[A-C]x\\x{2e}'],
    ['\\D', '[^0-9]'],
    ['.', '[^\\x{a}]'],
    ['(?:a|b)*?', '(?:(?:a|b))*'],
    ['a{0}', '(?:)'],
    ['[\\w\\W]', '(?:[\\x{a}]|[^\\x{a}])'],
    ['[^\\x{D7FF}]', '[^\\x{d7ff}]'],
  ])('%s is printed as %s', (pattern, printed) => {
    expect(
      printPattern(parsePattern(pattern), (codePoint) => `\\x{${codePoint.toString(16)}}`),
    ).toBe(printed)
  })

  test.each([
    ['a)', ') closes nothing (character 2)'],
    ['(a', '( is not closed (character 1)'],
    ['x[a', '[ is not closed (character 2)'],
    ['*a', '* repeats nothing (character 1)'],
    ['a**', '* repeats a repeat (character 3)'],
    ['^*', '^ and $ cannot be repeated (character 2)'],
    ['(?:a$)+', '^ and $ cannot be repeated (character 7)'],
    ['a{x', '{ opens no repeat (character 2)'],
    ['a{3,2}', 'a repeat ends before it begins (character 2)'],
    ['a{256}', 'a repeat counts to 255 at most (character 2)'],
    ['\\b', '\\b is not in the language of patterns (character 1)'],
    ['\\1', '\\1 is not in the language of patterns (character 1)'],
    ['a\\', '\\ stands at the end (character 2)'],
    ['(?=a)', '(? with what follows is not in the language of patterns (character 1)'],
    ['(?i)a', '(? with what follows is not in the language of patterns (character 1)'],
    ['[[:alpha:]]', '[: in brackets is not in the language of patterns (character 2)'],
    ['[z-a]', 'a range in brackets goes from one character to a later one (character 2)'],
    ['[\\d-z]', 'a range in brackets goes from one character to a later one (character 2)'],
    ['[^\\d\\D]', 'the brackets hold no character (character 1)'],
    ['\\x{D800}', '\\x names no character (character 1)'],
    ['\\x{0}', '\\x names no character (character 1)'],
  ])('%s is refused', (pattern, message) => {
    const error = thrownBy(() => parsePattern(pattern))
    expect(error.code).toBe('QRN-PLAN-003')
    expect(error.message).toBe(`The pattern '${pattern}' is none: ${message}.`)
  })

  test('patterns that grow too large are refused', () => {
    expect(thrownBy(() => parsePattern('(?:a{200}){200}')).message).toBe(
      'The pattern comes to 40000 characters with its repeats written out; 2000 are the most.',
    )
    expect(thrownBy(() => parsePattern('a'.repeat(1001))).message).toContain('1001 characters')
    expect(thrownBy(() => parsePattern('('.repeat(60))).message).toContain('nested too deep')
  })
})
