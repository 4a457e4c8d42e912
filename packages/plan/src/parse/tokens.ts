import type { TextRange } from '@qarion/core'

import { expressionError, type TextSource } from './expression-errors.ts'

export interface Token extends TextRange {
  readonly kind: 'name' | 'quoted_name' | 'number' | 'string' | 'parameter' | 'sign' | 'end'
  /** What it stands for: quotes removed, doubled quotes single. */
  readonly text: string
}

/** Longest expression text, in UTF-16 units. */
export const MAX_EXPRESSION_LENGTH = 20_000

/** A name that needs no quotes, if it is no reserved word. */
export const BARE_NAME: RegExp = /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy

const BLANKS = /[ \t\r\n]+/y
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const SIGN = /<>|!=|<=|>=|\|\||[=<>+\-*/(),]/y

/** Words that other languages use here, and what to write. */
const FOREIGN_SIGNS: Readonly<Record<string, string>> = {
  '==': 'Write = for equality.',
  '&&': 'Write and.',
  '::': 'Write cast(x as type).',
  '%': 'Write mod(a, b).',
  ';': 'An expression is one value; there are no statements.',
  '!': 'Write not.',
  '{{': 'Values of the run are parameters: write :batch_id.',
}

/** Cuts the text into tokens, the last of kind `end`. Throws QRN-EXPR-001 to -004. */
export function tokenize(source: TextSource): readonly Token[] {
  const { text } = source
  if (text.length > MAX_EXPRESSION_LENGTH) {
    throw expressionError(
      'QRN-EXPR-004',
      `The expression has ${text.length} characters; ${MAX_EXPRESSION_LENGTH} is the most`,
      source,
      { start: 0, end: 1 },
    )
  }
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    at += matchAt(BLANKS, text, at).length
    if (at >= text.length) break
    const token = readToken(source, at)
    tokens.push(token)
    at = token.end
  }
  tokens.push({ kind: 'end', text: '', start: text.length, end: text.length })
  return tokens
}

function readToken(source: TextSource, start: number): Token {
  const { text } = source
  const first = text.charAt(start)
  if (first === "'") return readQuoted(source, start, start, 'string')
  if (first === '"') return readQuoted(source, start, start, 'quoted_name')
  if (first === ':') return readParameter(source, start)
  const name = matchAt(BARE_NAME, text, start)
  if (name !== '') return token('name', name, start, name.length)
  const number = matchAt(NUMBER, text, start)
  if (number !== '') return readNumber(source, start, number)
  const sign = matchAt(SIGN, text, start)
  const foreign = Object.keys(FOREIGN_SIGNS).find((known) => text.startsWith(known, start))
  if (sign !== '' && !(foreign !== undefined && foreign.length > sign.length)) {
    return token('sign', sign, start, sign.length)
  }
  const found = foreign ?? String.fromCodePoint(text.codePointAt(start) ?? 0)
  throw expressionError(
    'QRN-EXPR-001',
    `Unexpected ${found}`,
    source,
    { start, end: start + found.length },
    hintOf(foreign),
  )
}

function readParameter(source: TextSource, start: number): Token {
  const { text } = source
  if (text.charAt(start + 1) === '"') return readQuoted(source, start, start + 1, 'parameter')
  const name = matchAt(BARE_NAME, text, start + 1)
  if (name !== '') return token('parameter', name, start, name.length + 1)
  const foreign = text.startsWith('::', start) ? '::' : undefined
  throw expressionError(
    'QRN-EXPR-001',
    `Unexpected ${foreign ?? ':'}`,
    source,
    { start, end: start + (foreign ?? ':').length },
    hintOf(foreign),
  )
}

function readNumber(source: TextSource, start: number, number: string): Token {
  const { text } = source
  const after = start + number.length
  const next = text.charAt(after)
  if (next === '.' || matchAt(BARE_NAME, text, after) !== '') {
    throw expressionError(
      'QRN-EXPR-003',
      `${number}${next} is not a number`,
      source,
      { start, end: after + 1 },
      {
        hint: 'A number has digits on both sides of its point, and a blank after it.',
      },
    )
  }
  return token('number', number, start, number.length)
}

/** From the opening quote at `open` to its partner; a quote written twice is one of the text. */
function readQuoted(source: TextSource, start: number, open: number, kind: Token['kind']): Token {
  const { text } = source
  const quote = text.charAt(open)
  let content = ''
  let at = open + 1
  for (;;) {
    const close = text.indexOf(quote, at)
    if (close < 0) {
      throw expressionError('QRN-EXPR-002', `The ${quote} is not closed`, source, {
        start,
        end: text.length,
      })
    }
    content += text.slice(at, close)
    if (text.charAt(close + 1) !== quote) {
      return { kind, text: content, start, end: close + 1 }
    }
    content += quote
    at = close + 2
  }
}

function token(kind: Token['kind'], text: string, start: number, length: number): Token {
  return { kind, text, start, end: start + length }
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}

function hintOf(foreign: string | undefined): { readonly hint?: string } {
  const hint = foreign === undefined ? undefined : FOREIGN_SIGNS[foreign]
  return hint === undefined ? {} : { hint }
}
