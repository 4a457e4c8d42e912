import { type ErrorCode, type Place, QarionError, redact } from '@qarion/core'

import { CONFIG_ERRORS, type ConfigErrorCode } from './config-errors.ts'
import type { Spot, TomlSource } from './toml-node.ts'

/** Something wrong, or worth a word, in a project file. */
export interface Problem {
  readonly code: ConfigErrorCode
  readonly message: string
  readonly hint?: string | undefined
  readonly at?: Spot
  readonly cause?: unknown
  readonly data?: Readonly<Record<string, unknown>>
}

/** What deserves a word but stops nothing. */
export interface ConfigWarning {
  readonly code: ConfigErrorCode
  readonly message: string
  readonly hint?: string
  readonly place?: Place
}

/** Collects all problems of a project; places are worked out at the end, when it is known which text is secret. */
export interface ProblemList {
  add(problem: Problem): void
  /** A problem that someone else found; the spot serves where it has no place of its own. */
  addError(error: QarionError, at: Spot): void
  warn(problem: Problem): void
  readonly count: number
  errors(): readonly QarionError[]
  warnings(): readonly ConfigWarning[]
}

export function createProblemList(): ProblemList {
  const problems = new Map<string, Problem>()
  const foreign: { readonly error: QarionError; readonly at: Spot }[] = []
  const warnings = new Map<string, Problem>()
  return {
    add: (problem) => void problems.set(identity(problem), problem),
    addError: (error, at) => void foreign.push({ error, at }),
    warn: (problem) => void warnings.set(identity(problem), problem),
    get count() {
      return problems.size + foreign.length
    },
    errors: () =>
      [
        ...Array.from(problems.values(), toError),
        ...foreign.map(({ error, at }) => placed(error, at)),
      ].toSorted(byPlace),
    warnings: () =>
      Array.from(warnings.values(), ({ code, message, hint, at }) => ({
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(at === undefined ? {} : { place: toPlace(at) }),
      })),
  }
}

/** The one error that holds all problems of a project. */
export function projectError(problems: readonly QarionError[]): QarionError {
  const files = new Set(problems.map((problem) => problem.place?.file))
  const [first] = problems
  const message =
    problems.length === 1 && first !== undefined
      ? `the project has a problem: ${first.message}`
      : `the project has ${problems.length} problems in ${files.size === 1 ? '1 file' : `${files.size} files`}`
  return new QarionError('QRN-CONFIG-002', 'configuration', message, {
    hint: first?.hint ?? CONFIG_ERRORS['QRN-CONFIG-002'].cure,
    ...(first?.place === undefined ? {} : { place: first.place }),
    problems,
  })
}

/** Line and column from 1 (columns in code points), with the line unless it holds a secret or is very long. */
export function toPlace(spot: Spot): Place {
  const { text, file } = spot.source
  const start = Math.max(0, Math.min(spot.start, text.length))
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const lineBreak = text.indexOf('\n', lineStart)
  const lineEnd = lineBreak === -1 ? text.length : lineBreak
  const excerpt = text.slice(lineStart, lineEnd).replace(/\r$/, '')
  const end = Math.max(start, Math.min(spot.end, lineStart + excerpt.length))
  const isShown = excerpt.length <= LONGEST_EXCERPT && !holdsSecret(spot.source, lineStart, lineEnd)
  return {
    file,
    line: countLines(text, lineStart),
    column: codePoints(text.slice(lineStart, start)) + 1,
    ...(isShown ? { excerpt, length: Math.max(1, codePoints(text.slice(start, end))) } : {}),
  }
}

const LONGEST_EXCERPT = 500

function identity({ code, message, at }: Problem): string {
  return JSON.stringify([code, at?.source.file, at?.start, message])
}

function toError(problem: Problem): QarionError {
  const { code, message, at } = problem
  const hint = problem.hint ?? CONFIG_ERRORS[code].cure
  return new QarionError(code satisfies ErrorCode, 'configuration', message, {
    hint,
    ...(problem.cause === undefined ? {} : { cause: problem.cause }),
    ...(problem.data === undefined ? {} : { data: problem.data }),
    ...(at === undefined ? {} : { place: toPlace(at) }),
  })
}

function placed(error: QarionError, at: Spot): QarionError {
  return new QarionError(error.code, error.reason, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    place: error.place ?? toPlace(at),
    origin: error.origin,
    data: error.data,
  })
}

function byPlace(left: QarionError, right: QarionError): number {
  const [a, b] = [left.place, right.place]
  const order = compareText(a?.file ?? '', b?.file ?? '')
  if (order !== 0) return order
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)
}

function compareText(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function holdsSecret(source: TomlSource, start: number, end: number): boolean {
  if (source.secretRanges.some((range) => range.start < end && range.end > start)) return true
  // A file that could not be parsed has no ranges yet: go by the word before the `=`.
  const line = source.text.slice(start, end)
  return redact(line) !== line.replace(/\r$/, '') || /fernet_key/.test(line)
}

function countLines(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1
  }
  return line
}

function codePoints(text: string): number {
  return Array.from(text).length
}
