import { isUtf8 } from 'node:buffer'

import { csvError } from './csv-errors.ts'
import type { CsvDialect } from './csv-options.ts'
import { countPlainRows, plainEnd } from './plain-rows.ts'

/** What is special about a row; together in `Rows.flags`. */
export const QUOTED = 1
/** A quoted field holds an escaped quote. */
export const ESCAPED = 2
/** A quote within a field that does not start with one. */
export const STRAY_QUOTE = 4
export const TEXT_AFTER_QUOTE = 8
export const HAS_NUL = 16
export const NON_ASCII = 32
/** The line holds no character at all. */
export const BLANK = 64
export const NEWLINE_IN_QUOTES = 128

/** Ways rows ended, in `RowTokenizer.newlines`. */
export const LF = 1
export const CRLF = 2
export const CR = 4

/** Below, looking for plain rows costs more than it saves. */
const MIN_PLAIN_BYTES = 4096

/** A longer row is taken for an unclosed quote before it takes all memory. */
const MAX_ROW_BYTES = 128 * 2 ** 20

/**
 * Rows found in a window of the file, as positions; valid until the tokenizer is used again. Field k of row r spans
 * from `starts[r]`, or one after `ends[k - 1]`, to `ends[k]`, for k from `bases[r]` up to, not with, `bases[r + 1]`.
 */
export interface Rows {
  readonly bytes: Buffer
  readonly count: number
  readonly starts: Int32Array
  readonly bases: Int32Array
  readonly ends: Int32Array
  readonly flags: Uint8Array
  /** Line on which each row starts. */
  readonly lines: Float64Array
  /** The flags of all rows together. */
  readonly allFlags: number
  /** The bytes from the first row to the end of the last as Latin-1: one string to cut is several times faster than decoding fields. */
  latin1(): string
}

/** Finds rows and fields in a file that comes in chunks, wherever the chunks end. */
export interface RowTokenizer {
  readonly hasBom: boolean
  /** LF, CRLF, CR as far as they ended rows. */
  readonly newlines: number
  push(chunk: Uint8Array): void
  /**
   * Passes the rows at the front that have exactly so many fields (at least 2), end with LF and hold no quote, CR or
   * NUL; gives their number. `next` goes on after them. It looks at four bytes at a time and keeps no positions, which
   * is several times as fast.
   */
  skipPlain(fieldCount: number): number
  /**
   * The next rows, at most `maxRows`; `undefined` where more bytes are needed. `isLast`: no more will come. Throws
   * QRN-CSV-007 at the end for a quote that is not closed and QRN-CSV-008.
   */
  next(isLast: boolean): Rows | undefined
}

const ORDINARY = 0
const C_DELIMITER = 1
const C_LF = 2
const C_CR = 3
const C_QUOTE = 4
const C_NUL = 5
const C_HIGH = 6
const C_ESCAPE = 7

export function createRowTokenizer(
  dialect: CsvDialect,
  fileName: string,
  maxRows: number,
): RowTokenizer {
  const quote = dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0)
  const escape = dialect.quote === '' ? -1 : dialect.escape.charCodeAt(0)
  const outside = classTable(dialect, false)
  const inside = classTable(dialect, true)
  const plainFrom = Math.max(14, dialect.delimiter.charCodeAt(0) + 1, quote + 1)
  const plainCount = 0x80 - plainFrom

  let window = Buffer.alloc(1 << 16)
  let position = 0
  let filled = 0
  let line = 1
  let newlines = 0
  let isStarted = false
  let hasBom = false
  /** A row that was not complete is looked at again only when twice as much is there, so that long ones cost little. */
  let wanted = 0

  const starts = new Int32Array(maxRows)
  const bases = new Int32Array(maxRows + 1)
  const flagsOf = new Uint8Array(maxRows)
  const lines = new Float64Array(maxRows)
  let ends = new Int32Array(maxRows * 8)

  const push = (chunk: Uint8Array): void => {
    const left = filled - position
    if (left > MAX_ROW_BYTES)
      throw csvError(
        'QRN-CSV-008',
        'data',
        `${fileName}:${line}: The row takes more than 128 MiB.`,
        {
          place: { file: fileName, line },
        },
      )
    // One byte stays free for the line feed that ends the loops.
    if (left + chunk.length + 1 > window.length) {
      const wider = Buffer.alloc(Math.max(left + chunk.length + 1, window.length * 2))
      window.copy(wider, 0, position, filled)
      window = wider
    } else if (position > 0) window.copyWithin(0, position, filled)
    window.set(chunk, left)
    position = 0
    filled = left + chunk.length
  }

  const skipBom = (isLast: boolean): void => {
    if (filled < 3 && !isLast) return
    isStarted = true
    hasBom = filled >= 3 && window[0] === 0xef && window[1] === 0xbb && window[2] === 0xbf
    if (hasBom) position = 3
  }

  const next = (isLast: boolean): Rows | undefined => {
    if (!isStarted) skipBom(isLast)
    if (!isStarted || (!isLast && filled - position < wanted)) return undefined
    const bytes = window
    const end = filled
    bytes[end] = 10
    let at = position
    let count = 0
    let field = 0
    let allFlags = 0

    rows: while (count < maxRows && at < end) {
      const start = at
      const base = field
      const startLine = line
      let flags = 0
      let lineNow = line

      fields: for (;;) {
        if (field === ends.length) {
          const wider = new Int32Array(field * 2)
          wider.set(ends)
          ends = wider
        }
        if (bytes[at] === quote && at < end) {
          const openLine = lineNow
          let isClosed = false
          flags |= QUOTED
          at += 1
          quoted: for (;;) {
            while (inside[bytes[at] as number] === ORDINARY) at += 1
            switch (inside[bytes[at] as number]) {
              case C_LF:
                if (at >= end) break quoted
                flags |= NEWLINE_IN_QUOTES
                lineNow += 1
                at += 1
                break
              case C_CR:
                // A line feed that follows counts by itself.
                if (at + 1 === end && !isLast) break quoted
                flags |= NEWLINE_IN_QUOTES
                if (bytes[at + 1] !== 10 || at + 1 === end) lineNow += 1
                at += 1
                break
              case C_QUOTE:
                if (quote === escape) {
                  if (at + 1 === end && !isLast) break quoted
                  if (at + 1 < end && bytes[at + 1] === quote) {
                    flags |= ESCAPED
                    at += 2
                    break
                  }
                }
                at += 1
                isClosed = true
                break quoted
              case C_ESCAPE:
                if (at + 1 === end && !isLast) break quoted
                at += 1
                if (at < end && (bytes[at] === quote || bytes[at] === escape)) {
                  flags |= ESCAPED
                  at += 1
                }
                break
              case C_NUL:
                flags |= HAS_NUL
                at += 1
                break
              default:
                flags |= NON_ASCII
                at += 1
            }
          }
          if (!isClosed) {
            if (isLast) throw unclosed(openLine)
            at = start
            field = base
            break rows
          }
          const after = outside[bytes[at] as number]
          if (after !== C_DELIMITER && after !== C_LF && after !== C_CR) flags |= TEXT_AFTER_QUOTE
        }
        for (;;) {
          let byte = bytes[at] as number
          // One comparison passes nearly all bytes of a text; the table knows the rest.
          while ((byte - plainFrom) >>> 0 < plainCount || outside[byte] === ORDINARY) {
            at += 1
            byte = bytes[at] as number
          }
          switch (outside[byte]) {
            case C_DELIMITER:
              ends[field] = at
              field += 1
              at += 1
              continue fields
            case C_LF:
              if (at === end) {
                if (!isLast) {
                  at = start
                  field = base
                  break rows
                }
                ends[field] = at
              } else {
                ends[field] = at
                newlines |= LF
                lineNow += 1
                at += 1
              }
              field += 1
              break fields
            case C_CR:
              if (at + 1 === end && !isLast) {
                at = start
                field = base
                break rows
              }
              ends[field] = at
              field += 1
              at += 1
              lineNow += 1
              if (at < end && bytes[at] === 10) {
                at += 1
                newlines |= CRLF
              } else newlines |= CR
              break fields
            case C_QUOTE:
              flags |= STRAY_QUOTE
              at += 1
              break
            case C_NUL:
              flags |= HAS_NUL
              at += 1
              break
            default:
              flags |= NON_ASCII
              at += 1
              while ((bytes[at] as number) >= 0x80 && at < end) at += 1
          }
        }
      }
      if (field - base === 1 && ends[base] === start) flags |= BLANK
      starts[count] = start
      bases[count] = base
      flagsOf[count] = flags
      lines[count] = startLine
      allFlags |= flags
      line = lineNow
      count += 1
    }
    wanted = count === 0 ? 2 * (filled - position) : 0
    position = at
    bases[count] = field
    if (count === 0) return undefined
    let text: string | undefined
    return {
      bytes,
      count,
      starts,
      bases,
      ends,
      flags: flagsOf,
      lines,
      allFlags,
      latin1: () => (text ??= bytes.toString('latin1', starts[0], ends[field - 1])),
    }
  }

  const skipPlain = (fieldCount: number): number => {
    const end = plainEnd(window, position, filled, dialect.quote)
    if (end - position < MIN_PLAIN_BYTES || !isUtf8(window.subarray(position, end))) return 0
    const passed = countPlainRows(window, position, end, dialect.delimiter, fieldCount)
    if (passed.rowCount === 0) return 0
    position = passed.end
    line += passed.rowCount
    newlines |= LF
    wanted = 0
    return passed.rowCount
  }

  const unclosed = (openLine: number): Error =>
    csvError(
      'QRN-CSV-007',
      'data',
      `${fileName}:${openLine}: A quote opens here and is never closed.`,
      {
        place: { file: fileName, line: openLine },
      },
    )

  return {
    get hasBom() {
      return hasBom
    },
    get newlines() {
      return newlines
    },
    push,
    skipPlain,
    next,
  }
}

function classTable({ delimiter, quote, escape }: CsvDialect, isInside: boolean): Uint8Array {
  const table = new Uint8Array(256)
  table.fill(C_HIGH, 0x80)
  table[0] = C_NUL
  table[10] = C_LF
  table[13] = C_CR
  if (!isInside) table[delimiter.charCodeAt(0)] = C_DELIMITER
  if (quote !== '') {
    if (isInside) table[escape.charCodeAt(0)] = C_ESCAPE
    table[quote.charCodeAt(0)] = C_QUOTE
  }
  return table
}
