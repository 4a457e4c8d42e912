import type { QarionError, TextRange } from '@qarion/core'

import { expressionError, type ExpressionErrorCode, type TextSource } from './expression-errors.ts'
import { tokenize, type Token } from './tokens.ts'
import { RESERVED_WORDS } from './words.ts'

/** Walks the tokens of one text. Words are told apart without regard to case. */
export class TokenReader {
  readonly source: TextSource
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(source: TextSource) {
    this.source = source
    this.#tokens = tokenize(source)
  }

  /** The token so many places ahead; the end goes on for ever. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token
  }

  next(): Token {
    const token = this.peek()
    this.#at += 1
    return token
  }

  /** End of the token before. */
  get end(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0
  }

  /** Whether the next tokens are these words or signs. */
  sees(...words: readonly string[]): boolean {
    return words.every((word, ahead) => isWord(this.peek(ahead), word))
  }

  /** Takes the next tokens if they are these words or signs. */
  take(...words: readonly string[]): boolean {
    if (!this.sees(...words)) return false
    this.#at += words.length
    return true
  }

  /** Takes a word or sign that must come now. */
  expect(word: string, after: string): Token {
    if (isWord(this.peek(), word)) return this.next()
    throw this.unexpected(`${word} after ${after}`)
  }

  unexpected(wanted: string, hint?: string): QarionError {
    const token = this.peek()
    const found = token.kind === 'end' ? 'the end' : this.source.text.slice(token.start, token.end)
    return this.error('QRN-EXPR-001', `Unexpected ${found}; expected ${wanted}`, token, hint)
  }

  error(code: ExpressionErrorCode, message: string, range: TextRange, hint?: string): QarionError {
    return expressionError(code, message, this.source, range, hint === undefined ? {} : { hint })
  }
}

/** Whether the token is that reserved word, contextual word or sign. */
export function isWord(token: Token, word: string): boolean {
  return (token.kind === 'name' || token.kind === 'sign') && token.text.toLowerCase() === word
}

/** Whether the token is a word that names no column. */
export function isReserved(token: Token): boolean {
  return token.kind === 'name' && RESERVED_WORDS.has(token.text.toLowerCase())
}
