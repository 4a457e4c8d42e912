import { complement, isOpenEnded, type CharacterSet } from './character-set.ts'
import type { Pattern } from './pattern.ts'

/** How an engine's own language of patterns writes a character by its number. */
export type PrintCharacter = (codePoint: number) => string

/**
 * The pattern in the words that RE2, Rust and Postgres share, with the same meaning: letters and digits as they are, all
 * else by numbers, sets in brackets, so that no engine's own classes, options or escapes play a part.
 */
export function printPattern(pattern: Pattern, numbered: PrintCharacter): string {
  const character: PrintCharacter = (codePoint) => {
    const text = String.fromCodePoint(codePoint)
    return /^[A-Za-z0-9]$/.test(text) ? text : numbered(codePoint)
  }
  const print = (node: Pattern): string => {
    switch (node.kind) {
      case 'start':
        return '^'
      case 'end':
        return '$'
      case 'character':
        return printSet(node.of, character)
      case 'sequence':
        return node.parts.length === 0 ? '(?:)' : node.parts.map(print).join('')
      case 'choice':
        return `(?:${node.branches.map(print).join('|')})`
      case 'repeat':
        return `${printRepeated(node.part)}${quantifier(node.least, node.most)}`
    }
  }
  const printRepeated = (part: Pattern): string =>
    part.kind === 'character' && !isEverything(part.of) ? print(part) : `(?:${print(part)})`
  return print(pattern)
}

function quantifier(least: number, most: number | undefined): string {
  if (most === undefined) return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`
  if (least === 0 && most === 1) return '?'
  return least === most ? `{${least}}` : `{${least},${most}}`
}

const isEverything = (set: CharacterSet): boolean => complement(set).length === 0

function printSet(set: CharacterSet, character: PrintCharacter): string {
  const inBrackets = (ranges: CharacterSet): string =>
    ranges
      .map(({ first, last }) =>
        first === last ? character(first) : `${character(first)}-${character(last)}`,
      )
      .join('')
  const [only] = set
  if (set.length === 1 && only !== undefined && only.first === only.last)
    return character(only.first)
  if (isEverything(set)) return `(?:[${character(10)}]|[^${character(10)}])`
  return isOpenEnded(set) ? `[^${inBrackets(complement(set))}]` : `[${inBrackets(set)}]`
}
