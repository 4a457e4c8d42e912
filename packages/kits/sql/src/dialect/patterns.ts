import { createPatternMatcher, parsePattern, printPattern, type PrintCharacter } from '@qarion/plan'

import type { SqlOperand } from './operand.ts'

/** The pattern of `matches` as quoted SQL in an engine's own words. The checked plan says that it is a constant. */
export function patternText(pattern: SqlOperand | undefined, character: PrintCharacter): string {
  // Neither bare letters nor escapes hold quotes.
  return `'${printPattern(parsePattern((pattern as SqlOperand).constant as string), character)}'`
}

/** For engines without a language of patterns: whether the pattern is found in a text. */
export function patternMatcher(pattern: string): (text: string) => boolean {
  return createPatternMatcher(parsePattern(pattern))
}
