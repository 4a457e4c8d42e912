import {
  ARRAY,
  BAD_ESCAPE,
  BAD_WORD,
  CONTROL,
  ESCAPED_TEXT,
  FALSE,
  HAS_NUL,
  INTEGER,
  NULL,
  NUMBER,
  OBJECT,
  TEXT,
  TRUE,
  WIDE_TEXT,
} from './value-kinds.ts'

/** The bytes end within what is looked at. */
export const INCOMPLETE = -1
/** What stands there cannot stand there. */
export const WRONG = -2

/**
 * Finds where values end and what they are. `bytes[end]` must be 0, which ends every loop. Only what can hide the end
 * of a value is looked at: texts, words, and brackets that close one another. What is wrong within a value makes its
 * kind a bad one and goes no further.
 */
export interface ValueScanner {
  /** Kind and place of the value scanned last; texts without their quotes. */
  kind: number
  start: number
  end: number
  /** Set once bytes beyond ASCII were seen; its owner clears it. */
  isWide: boolean
  /** Where and what, after `WRONG`. */
  wrongAt: number
  wrong: string
  /** The place after the value at `at`, or `INCOMPLETE` or `WRONG`. */
  scan(bytes: Buffer, at: number, end: number): number
  /** The same where a text is known to start. */
  scanText(bytes: Buffer, at: number, end: number): number
}

export function createValueScanner(): ValueScanner {
  /** The brackets that have to close, innermost last. */
  let closing = new Uint8Array(64)

  const scanner: ValueScanner = {
    kind: 0,
    start: 0,
    end: 0,
    isWide: false,
    wrongAt: 0,
    wrong: '',
    scan: (bytes, at, end) => {
      const first = bytes[at] as number
      if (first === 34) return scanText(bytes, at, end)
      return first === 123 || first === 91 ? scanNested(bytes, at, end) : scanWord(bytes, at, end)
    },
    scanText: (bytes, at, end) => scanText(bytes, at, end),
  }

  const scanText = (bytes: Buffer, from: number, end: number): number => {
    let kind = TEXT
    let at = from + 1
    for (;;) {
      while (PLAIN[bytes[at] as number] === 1) at += 1
      const byte = bytes[at] as number
      if (byte === 34) break
      if (byte >= 0x80) {
        if (kind === TEXT) kind = WIDE_TEXT
        scanner.isWide = true
        do at += 1
        while ((bytes[at] as number) >= 0x80)
      } else if (byte === 92) {
        const length = escapeLength(bytes, at, end)
        if (length === INCOMPLETE) return INCOMPLETE
        if (length === 0) {
          kind = Math.max(kind, BAD_ESCAPE)
          at += 1
        } else {
          if (kind < ESCAPED_TEXT) kind = ESCAPED_TEXT
          at += length
        }
      } else if (byte === 0 && at >= end) return INCOMPLETE
      else {
        kind = Math.max(kind, byte === 0 ? HAS_NUL : CONTROL)
        at += 1
      }
    }
    scanner.kind = kind
    scanner.start = from + 1
    scanner.end = at
    return at + 1
  }

  const scanWord = (bytes: Buffer, from: number, end: number): number => {
    const first = bytes[from] as number
    let at = from
    let kind = BAD_WORD
    if (first === 45 || (first >= 48 && first <= 57)) {
      kind = INTEGER
      if (first === 45) at += 1
      const whole = at
      at = skipDigits(bytes, at)
      // No digit, or one after a leading zero.
      if (at === whole || (bytes[whole] === 48 && at > whole + 1)) kind = BAD_WORD
      if (bytes[at] === 46) {
        const fraction = at + 1
        at = skipDigits(bytes, fraction)
        kind = at === fraction || kind === BAD_WORD ? BAD_WORD : NUMBER
      }
      if (((bytes[at] as number) | 32) === 101) {
        const sign = bytes[at + 1]
        const exponent = at + (sign === 43 || sign === 45 ? 2 : 1)
        at = skipDigits(bytes, exponent)
        kind = at === exponent || kind === BAD_WORD ? BAD_WORD : NUMBER
      }
    } else if (first === 116 && holds(bytes, from, 'true')) [kind, at] = [TRUE, from + 4]
    else if (first === 102 && holds(bytes, from, 'false')) [kind, at] = [FALSE, from + 5]
    else if (first === 110 && holds(bytes, from, 'null')) [kind, at] = [NULL, from + 4]
    if (WORD[bytes[at] as number] === 1) {
      kind = BAD_WORD
      while (WORD[bytes[at] as number] === 1) at += 1
    }
    if (at >= end) return INCOMPLETE
    if (at === from) {
      scanner.wrongAt = at
      scanner.wrong = 'expected a value'
      return WRONG
    }
    scanner.kind = kind
    scanner.start = from
    scanner.end = at
    return at
  }

  const scanNested = (bytes: Buffer, from: number, end: number): number => {
    let depth = 0
    let at = from
    for (;;) {
      while (INNER[bytes[at] as number] === 1) at += 1
      const byte = bytes[at] as number
      if (byte === 34) {
        at = scanText(bytes, at, end)
        if (at < 0) return at
        continue
      }
      if (byte === 0 && at >= end) return INCOMPLETE
      at += 1
      if (byte === 123 || byte === 91) {
        if (depth === closing.length) {
          const deeper = new Uint8Array(depth * 2)
          deeper.set(closing)
          closing = deeper
        }
        closing[depth] = byte + 2
        depth += 1
      } else if (byte === 125 || byte === 93) {
        depth -= 1
        if (closing[depth] !== byte) {
          scanner.wrongAt = at - 1
          scanner.wrong = `expected ${String.fromCharCode(closing[depth] as number)}`
          return WRONG
        }
        if (depth === 0) break
      } else if (byte >= 0x80) scanner.isWide = true
    }
    scanner.kind = bytes[from] === 123 ? OBJECT : ARRAY
    scanner.start = from
    scanner.end = at
    return at
  }

  return scanner
}

/** How long the escape at a backslash is; 0 where it is none, `INCOMPLETE` where the bytes end within it. */
function escapeLength(bytes: Buffer, at: number, end: number): number {
  const letter = bytes[at + 1] as number
  if (letter !== 117) return ESCAPES[letter] === 1 ? 2 : at + 1 === end ? INCOMPLETE : 0
  for (let digit = at + 2; digit < at + 6; digit += 1)
    if (HEX[bytes[digit] as number] !== 1) return digit === end ? INCOMPLETE : 0
  return 6
}

function skipDigits(bytes: Buffer, from: number): number {
  let at = from
  while ((bytes[at] as number) >= 48 && (bytes[at] as number) <= 57) at += 1
  return at
}

function holds(bytes: Buffer, at: number, word: string): boolean {
  for (let index = 1; index < word.length; index += 1)
    if (bytes[at + index] !== word.charCodeAt(index)) return false
  return true
}

function tableOf(isIn: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (isIn(byte) ? 1 : 0))
}

/** In a text: stands for itself. */
const PLAIN = tableOf((byte) => byte >= 32 && byte < 0x80 && byte !== 34 && byte !== 92)
/** In a nested value: neither text nor bracket. */
const INNER = tableOf(
  (byte) => byte > 0 && byte < 0x80 && !'"[]{}'.includes(String.fromCharCode(byte)),
)
const WORD = tableOf((byte) => /[A-Za-z0-9+\-._]/.test(String.fromCharCode(byte)))
const HEX = tableOf((byte) => /[0-9A-Fa-f]/.test(String.fromCharCode(byte)))
const ESCAPES = tableOf((byte) => byte > 0 && '"\\/bfnrt'.includes(String.fromCharCode(byte)))
