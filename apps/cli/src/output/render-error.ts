import { redact } from '@qarion/core'

import { printable } from './printable.ts'
import { renderSample } from './render-sample.ts'
import type { Colors } from './terminal.ts'
import { cutText, textWidth } from './text-width.ts'

/** What is printed of an error: a QarionError has it, and an ErrorDocument. */
export interface ShownError {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  readonly place?: ShownPlace | undefined
  readonly cause?: unknown
  readonly data?: Readonly<Record<string, unknown>>
  readonly problems?: readonly ShownError[]
}

export interface ShownPlace {
  readonly file: string
  readonly line?: number
  readonly column?: number
  readonly excerpt?: string
  readonly length?: number
}

export interface ErrorStyle {
  readonly colors: Colors
  /** Cells in a line; excerpts are cut to it. */
  readonly width: number
  /** Adds causes. */
  readonly isVerbose: boolean
}

/**
 * The error for people, ending in a newline: what, where with the line shown and marked, what to do. An error of
 * several problems shows them all, file by file.
 */
export function renderError(error: ShownError, style: ErrorStyle): string {
  const problems = flatten(error)
  if (problems.length === 1 && problems[0] === error) return renderProblem(error, style)
  const { bold, red } = style.colors
  const sections: string[] = []
  for (const [file, found] of byFile(problems)) {
    if (file !== '') sections.push(`${bold(printable(file))}: ${countOf(found.length)}\n`)
    sections.push(...found.map((problem) => renderProblem(problem, style)))
  }
  sections.push(
    `${red('error')} ${bold(error.code)} ${wrapped(error.message)}\n${renderHint(error, style)}`,
  )
  return sections.join('\n')
}

function countOf(count: number): string {
  return count === 1 ? '1 problem' : `${count} problems`
}

function flatten(error: ShownError): readonly ShownError[] {
  const problems = error.problems ?? []
  return problems.length === 0 ? [error] : problems.flatMap(flatten)
}

function byFile(problems: readonly ShownError[]): ReadonlyMap<string, readonly ShownError[]> {
  const groups = new Map<string, ShownError[]>()
  for (const problem of problems) {
    const file = problem.place?.file ?? ''
    const group = groups.get(file)
    if (group === undefined) groups.set(file, [problem])
    else group.push(problem)
  }
  for (const group of groups.values()) {
    group.sort(
      ({ place: left }, { place: right }) =>
        (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0),
    )
  }
  return groups
}

function renderProblem(error: ShownError, style: ErrorStyle): string {
  const { bold, red } = style.colors
  return [
    `${red('error')} ${bold(error.code)} ${wrapped(error.message)}\n`,
    error.place === undefined ? '' : renderPlace(error.place, style),
    renderSample(error.data, style),
    renderHint(error, style),
    style.isVerbose ? renderCauses(error.cause, style) : '',
  ].join('')
}

function renderHint({ hint }: ShownError, { colors }: ErrorStyle): string {
  return hint === undefined ? '' : `  ${colors.cyan('hint:')} ${wrapped(hint)}\n`
}

/** A message may hold lines of its own; they stay, set in. */
function wrapped(text: string): string {
  return text.split('\n').map(printable).join('\n    ')
}

/** `file:line:column`, as editors and terminals link it. */
export function formatPlace(place: ShownPlace): string {
  const parts = [place.file, place.line, place.line === undefined ? undefined : place.column]
  return printable(parts.filter((part) => part !== undefined).join(':'))
}

function renderPlace(place: ShownPlace, style: ErrorStyle): string {
  const { blue, dim } = style.colors
  const head = `  ${dim('at')} ${blue(formatPlace(place))}\n`
  if (place.excerpt === undefined) return head
  const gutter = place.line === undefined ? '' : String(place.line)
  const blank = ' '.repeat(gutter.length)
  const { line, marks } = markedLine(place, place.excerpt, style.width - gutter.length - 8)
  const shown = `    ${dim(`${gutter} │`)} ${line}\n`
  return marks === ''
    ? head + shown
    : `${head}${shown}    ${dim(`${blank} │`)} ${style.colors.red(marks)}\n`
}

function markedLine(
  place: ShownPlace,
  excerpt: string,
  width: number,
): { readonly line: string; readonly marks: string } {
  const room = Math.max(20, width)
  const firstLine = excerpt.split(/\r?\n/, 1)[0] ?? ''
  const masked = redact(firstLine)
  const characters = Array.from(masked)
  const at = (place.column ?? 0) - 1
  const original = Array.from(firstLine)
  // Masking a secret moves what follows it: then there is no place to mark.
  const isMoved = at < 0 || original.slice(0, at).join('') !== characters.slice(0, at).join('')
  if (isMoved) return { line: cutText(printable(masked), room), marks: '' }

  // Where the place is far to the right, the line begins shortly before it.
  const lead = Math.trunc(room / 3)
  const isFar = textWidth(printable(characters.slice(0, at).join(''))) > room - 12
  const start = isFar ? Math.max(0, at - lead) : 0
  const before = `${isFar ? '…' : ''}${printable(characters.slice(start, at).join(''))}`
  const marked = printable(characters.slice(at, at + Math.max(1, place.length ?? 1)).join(''))
  const line = cutText(`${before}${printable(characters.slice(at, at + room).join(''))}`, room)
  const beginning = textWidth(before)
  const cells = Math.max(1, Math.min(textWidth(marked), room - beginning))
  return { line, marks: `${' '.repeat(beginning)}${'^'.repeat(cells)}` }
}

function renderCauses(cause: unknown, { colors }: ErrorStyle): string {
  const lines: string[] = []
  const seen = new Set<unknown>()
  for (let next = cause; next !== undefined && next !== null && !seen.has(next);) {
    seen.add(next)
    const text = next instanceof Error ? (next.stack ?? next.message) : JSON.stringify(next)
    const [first = '', ...rest] = redact(text).split('\n')
    lines.push(`  ${colors.dim('caused by')} ${printable(first)}\n`)
    lines.push(...rest.map((line) => `  ${colors.dim(printable(line))}\n`))
    next = next instanceof Error ? next.cause : undefined
  }
  return lines.join('')
}
