import { planError } from '../plan-errors.ts'
import {
  characterSet,
  complement,
  isSurrogate,
  NEW_LINE,
  type CharacterRange,
  type CharacterSet,
} from './character-set.ts'
import {
  MAX_PATTERN_DEPTH,
  MAX_PATTERN_LENGTH,
  MAX_PATTERN_SIZE,
  MAX_REPEAT,
  type Pattern,
} from './pattern.ts'

const range = (first: string, last: string): CharacterRange => ({
  first: first.codePointAt(0) as number,
  last: last.codePointAt(0) as number,
})
const single = (codePoint: number): CharacterRange => ({ first: codePoint, last: codePoint })

const DIGITS = characterSet([range('0', '9')])
const WORDS = characterSet([range('0', '9'), range('A', 'Z'), range('a', 'z'), range('_', '_')])
const SPACES = characterSet([range('\t', '\n'), range('\f', '\r'), range(' ', ' ')])

/** Sets with a name of their own: ASCII, as in RE2. */
const NAMED_SETS: Readonly<Record<string, CharacterSet>> = {
  d: DIGITS,
  w: WORDS,
  s: SPACES,
  D: complement(DIGITS),
  W: complement(WORDS),
  S: complement(SPACES),
}

const CONTROLS: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 }

const QUANTIFIERS: Readonly<Record<string, readonly [least: number, most?: number]>> = {
  '*': [0],
  '+': [1],
  '?': [0, 1],
}

interface Reader {
  readonly points: readonly string[]
  at: number
}

/** Reads a pattern; throws QRN-PLAN-003 that names the character at which it is none. */
export function parsePattern(text: string): Pattern {
  const points = Array.from(text)
  if (points.length > MAX_PATTERN_LENGTH)
    throw planError(
      'QRN-PLAN-003',
      `The pattern has ${points.length} characters; ${MAX_PATTERN_LENGTH} are the most.`,
    )
  const reader: Reader = { points, at: 0 }
  const pattern = readChoice(reader, 0)
  if (reader.at < points.length) throw problem(reader, ') closes nothing', 'Write \\) for it.')
  const size = sizeOf(pattern)
  if (size > MAX_PATTERN_SIZE)
    throw planError(
      'QRN-PLAN-003',
      `The pattern comes to ${size} characters with its repeats written out; ${MAX_PATTERN_SIZE} are the most.`,
    )
  return pattern
}

function readChoice(reader: Reader, depth: number): Pattern {
  if (depth > MAX_PATTERN_DEPTH) throw problem(reader, 'parentheses are nested too deep')
  const branches = [readSequence(reader, depth)]
  while (take(reader, '|')) branches.push(readSequence(reader, depth))
  return branches.length === 1 ? (branches[0] as Pattern) : { kind: 'choice', branches }
}

function readSequence(reader: Reader, depth: number): Pattern {
  const parts: Pattern[] = []
  for (;;) {
    const next = reader.points[reader.at]
    if (next === undefined || next === '|' || next === ')') break
    parts.push(readRepeat(reader, readAtom(reader, depth)))
  }
  return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'sequence', parts }
}

function readAtom(reader: Reader, depth: number): Pattern {
  const start = reader.at
  const sign = next(reader)
  switch (sign) {
    case '^':
      return { kind: 'start' }
    case '$':
      return { kind: 'end' }
    case '.':
      return { kind: 'character', of: complement(NEW_LINE) }
    case '[':
      return { kind: 'character', of: readSet(reader, start) }
    case '(':
      return readGroup(reader, start, depth)
    case '\\':
      return { kind: 'character', of: readEscape(reader) }
    case '*':
    case '+':
    case '?':
    case '{':
      throw problem({ ...reader, at: start }, `${sign} repeats nothing`, `Write \\${sign} for it.`)
    default:
      return { kind: 'character', of: [single(sign.codePointAt(0) as number)] }
  }
}

function readGroup(reader: Reader, start: number, depth: number): Pattern {
  if (take(reader, '?') && !take(reader, ':'))
    throw problem(
      { ...reader, at: start },
      '(? with what follows is not in the language of patterns',
      'Groups are written (…) or (?:…); options, names and looking around are not there.',
    )
  const inner = readChoice(reader, depth + 1)
  if (!take(reader, ')')) throw problem({ ...reader, at: start }, '( is not closed')
  return inner
}

function readRepeat(reader: Reader, part: Pattern): Pattern {
  const start = reader.at
  const sign = reader.points[start] ?? ''
  const bounds = sign === '{' ? readBounds(reader) : QUANTIFIERS[sign]
  if (bounds === undefined) return part
  if (sign !== '{') reader.at += 1
  // Whether it takes as few as it can plays no part in whether it fits.
  take(reader, '?')
  const after = reader.points[reader.at] ?? ''
  if (after === '{' || after in QUANTIFIERS)
    throw problem(reader, `${after} repeats a repeat`, 'Put the first one into (?:…).')
  if (holdsAnchor(part))
    throw problem({ ...reader, at: start }, '^ and $ cannot be repeated', 'Take them out of it.')
  const [least, most] = bounds
  if (most === 0) return { kind: 'sequence', parts: [] }
  return { kind: 'repeat', part, least, ...(most === undefined ? {} : { most }) }
}

function readBounds(reader: Reader): readonly [number, number?] {
  const rest = reader.points.slice(reader.at, reader.at + 12).join('')
  const found = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(rest)
  if (found === null)
    throw problem(reader, '{ opens no repeat', 'Write {2}, {2,} or {2,5}, or \\{.')
  const least = Number(found[1])
  const most =
    found[2] === undefined ? least : found[3] === undefined ? undefined : Number(found[3])
  if (least > MAX_REPEAT || (most ?? 0) > MAX_REPEAT)
    throw problem(reader, `a repeat counts to ${MAX_REPEAT} at most`)
  if (most !== undefined && most < least)
    throw problem(reader, 'a repeat ends before it begins', `Write {${most},${least}}.`)
  reader.at += found[0].length
  return most === undefined ? [least] : [least, most]
}

function readSet(reader: Reader, start: number): CharacterSet {
  const isNegated = take(reader, '^')
  const ranges: CharacterRange[] = []
  for (let isFirst = true; isFirst || reader.points[reader.at] !== ']'; isFirst = false) {
    if (reader.at >= reader.points.length)
      throw problem({ ...reader, at: start }, '[ is not closed')
    if (reader.points[reader.at] === '[' && /[:.=]/.test(reader.points[reader.at + 1] ?? ''))
      throw problem(
        reader,
        '[: in brackets is not in the language of patterns',
        'Write the set out: [A-Za-z].',
      )
    ranges.push(...readMember(reader))
  }
  reader.at += 1
  const set = isNegated ? complement(characterSet(ranges)) : characterSet(ranges)
  if (set.length === 0) throw problem({ ...reader, at: start }, 'the brackets hold no character')
  return set
}

function readMember(reader: Reader): readonly CharacterRange[] {
  const start = reader.at
  const first = readSetCharacter(reader)
  const isRange = reader.points[reader.at] === '-' && (reader.points[reader.at + 1] ?? ']') !== ']'
  if (!isRange) return first
  reader.at += 1
  const last = readSetCharacter(reader)
  const [from, to] = [onlyOf(first), onlyOf(last)]
  if (from === undefined || to === undefined || to < from)
    throw problem(
      { ...reader, at: start },
      'a range in brackets goes from one character to a later one',
      'Write \\- for a hyphen.',
    )
  return [{ first: from, last: to }]
}

function readSetCharacter(reader: Reader): CharacterSet {
  if (take(reader, '\\')) return readEscape(reader)
  return [single(next(reader).codePointAt(0) as number)]
}

function onlyOf(set: CharacterSet): number | undefined {
  const [only] = set
  return only !== undefined && set.length === 1 && only.first === only.last ? only.first : undefined
}

/** What follows a backslash. */
function readEscape(reader: Reader): CharacterSet {
  const start = reader.at - 1
  const sign = reader.points[reader.at]
  if (sign === undefined)
    throw problem({ ...reader, at: start }, '\\ stands at the end', 'Write \\\\ for it.')
  reader.at += 1
  const named = NAMED_SETS[sign]
  if (named !== undefined) return named
  const control = CONTROLS[sign]
  if (control !== undefined) return [single(control)]
  if (sign === 'x') return [single(readCodePoint(reader, start))]
  if (/^[!-/:-@[-`{-~]$/.test(sign)) return [single(sign.codePointAt(0) as number)]
  throw problem(
    { ...reader, at: start },
    `\\${sign} is not in the language of patterns`,
    'There are \\d \\w \\s \\D \\W \\S \\t \\n \\r \\f \\v \\x41 \\x{1F600}, and \\ before a sign.',
  )
}

function readCodePoint(reader: Reader, start: number): number {
  const rest = reader.points.slice(reader.at, reader.at + 8).join('')
  const found = /^(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest)
  const codePoint = Number.parseInt(found?.[1] ?? found?.[2] ?? '', 16)
  if (found === null || codePoint === 0 || codePoint > 0x10_ff_ff || isSurrogate(codePoint))
    throw problem({ ...reader, at: start }, '\\x names no character', 'Write \\x41 or \\x{1F600}.')
  reader.at += found[0].length
  return codePoint
}

function holdsAnchor(pattern: Pattern): boolean {
  switch (pattern.kind) {
    case 'start':
    case 'end':
      return true
    case 'sequence':
      return pattern.parts.some(holdsAnchor)
    case 'choice':
      return pattern.branches.some(holdsAnchor)
    default:
      return false
  }
}

function sizeOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'sequence':
      return pattern.parts.reduce((sum, part) => sum + sizeOf(part), 0)
    case 'choice':
      return pattern.branches.reduce((sum, branch) => sum + sizeOf(branch), 0)
    case 'repeat':
      return sizeOf(pattern.part) * Math.max(1, pattern.most ?? pattern.least)
    default:
      return 1
  }
}

function take(reader: Reader, sign: string): boolean {
  if (reader.points[reader.at] !== sign) return false
  reader.at += 1
  return true
}

function next(reader: Reader): string {
  const point = reader.points[reader.at] as string
  reader.at += 1
  return point
}

function problem({ points, at }: Reader, message: string, hint?: string): Error {
  return planError(
    'QRN-PLAN-003',
    `The pattern '${points.join('')}' is none: ${message} (character ${at + 1}).`,
    hint,
  )
}
