import { QarionError } from '@qarion/core'
import type { Place, TextRange } from '@qarion/core'

import type { ErrorEntry } from '../plan-errors.ts'

export type ExpressionErrorCode =
  | 'QRN-EXPR-001'
  | 'QRN-EXPR-002'
  | 'QRN-EXPR-003'
  | 'QRN-EXPR-004'
  | 'QRN-EXPR-005'
  | 'QRN-EXPR-006'
  | 'QRN-EXPR-007'
  | 'QRN-EXPR-008'
  | 'QRN-EXPR-009'

/** Every code about expressions as users write them. */
export const EXPRESSION_ERRORS: Readonly<Record<ExpressionErrorCode, ErrorEntry>> = {
  'QRN-EXPR-001': {
    title: 'Not an expression',
    cause: 'A word or sign stands where the language does not expect it.',
    cure: 'See docs/semantics.md, section "Expressions".',
  },
  'QRN-EXPR-002': {
    title: 'Quotes not closed',
    cause: 'A text or a quoted name has no closing quote.',
    cure: "Close it; a quote inside is written twice: 'it''s'.",
  },
  'QRN-EXPR-003': {
    title: 'Bad constant',
    cause: 'A number, date or other constant is not in the form of its type.',
    cure: "Write numbers with digits on both sides of the point, dates as date '2024-01-31'.",
  },
  'QRN-EXPR-004': {
    title: 'Expression too large',
    cause: 'The text is too long or nested too deep.',
    cure: 'Derive a part of it as a column first.',
  },
  'QRN-EXPR-005': {
    title: 'Unknown column',
    cause: 'A name in the expression is none of the columns it may use.',
    cure: 'Use one of the columns that the message lists.',
  },
  'QRN-EXPR-006': {
    title: 'Unknown function',
    cause: 'A name before parentheses is not in the closed table of functions.',
    cure: 'Use a function of docs/semantics.md, section "Functions".',
  },
  'QRN-EXPR-007': {
    title: 'Types do not fit',
    cause: 'Arguments, compared values or a cast have types that do not go together.',
    cure: 'Cast one side: cast(x as integer).',
  },
  'QRN-EXPR-008': {
    title: 'Unknown parameter',
    cause: 'A name after a colon is none of the parameters that are bound here.',
    cure: 'Use one of the parameters that the message lists.',
  },
  'QRN-EXPR-009': {
    title: 'Wrong result type',
    cause: 'The whole expression has another type than its place asks for.',
    cure: 'Cast the expression to the type that the message names.',
  },
}

/** Where a text stands, for errors about a range of it. */
export interface TextSource {
  readonly text: string
  /** Place of the text's first character. */
  readonly at?: Place
}

/** An error about a range of an expression's text. */
export function expressionError(
  code: ExpressionErrorCode,
  message: string,
  source: TextSource,
  range: TextRange,
  more: { readonly hint?: string; readonly cause?: unknown } = {},
): QarionError {
  const place = placeOf(source, range)
  return new QarionError(
    code,
    'configuration',
    place === undefined
      ? `${message} (character ${columnIn(source.text, range.start)} of ${shorten(source.text)}).`
      : `${message}.`,
    {
      hint: more.hint ?? EXPRESSION_ERRORS[code].cure,
      ...(more.cause === undefined ? {} : { cause: more.cause }),
      ...(place === undefined ? {} : { place }),
      data: { expression: source.text, start: range.start, end: range.end },
    },
  )
}

/** Line, column and excerpt of a range; columns count code points. */
function placeOf({ text, at }: TextSource, range: TextRange): Place | undefined {
  if (at === undefined) return undefined
  const before = text.slice(0, range.start)
  const lineBreaks = before.split('\n').length - 1
  const lineStart = before.lastIndexOf('\n') + 1
  const column =
    codePoints(text.slice(lineStart, range.start)) + (lineBreaks === 0 ? (at.column ?? 1) : 1)
  const lineEnd = text.indexOf('\n', range.start)
  const ownLine = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd).replace(/\r$/, '')
  const excerpt = lineBreaks === 0 ? at.excerpt : ownLine
  return {
    file: at.file,
    ...(at.line === undefined ? {} : { line: at.line + lineBreaks, column }),
    ...(excerpt === undefined ? {} : { excerpt }),
    length: Math.max(1, codePoints(text.slice(range.start, range.end))),
  }
}

function columnIn(text: string, offset: number): number {
  return codePoints(text.slice(0, offset)) + 1
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}

function shorten(text: string): string {
  return text.length <= 80 ? `"${text}"` : `"${text.slice(0, 77)}…"`
}
