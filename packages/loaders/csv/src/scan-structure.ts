import { isUtf8 } from 'node:buffer'

import { countCodePoints, firstInvalidByte } from '@qarion/kit-files'

import { csvError } from './csv-errors.ts'
import type { CsvDialect } from './csv-options.ts'
import { createFieldReader, fieldCount, rowEnd } from './field-text.ts'
import {
  BLANK,
  createRowTokenizer,
  HAS_NUL,
  NEWLINE_IN_QUOTES,
  NON_ASCII,
  QUOTED,
  STRAY_QUOTE,
  TEXT_AFTER_QUOTE,
  type Rows,
} from './row-tokenizer.ts'

/** What one pass over the bytes tells; plain data that crosses threads. */
export interface CsvStructure {
  /** Fields of the header, or none. */
  readonly header: readonly string[] | undefined
  readonly headerLine: number
  /** Line of the first row of data; where there is none, the line it would have. */
  readonly dataStartLine: number
  /** Fields of the header, or else of the first row; 0 in a file without rows. */
  readonly columnCount: number
  /** A blank line is a row with NULL, since that is what it looks like with one column. */
  readonly isSingleColumn: boolean
  readonly rowCount: number
  /** Ways rows ended: LF, CRLF, CR of the tokenizer, added. */
  readonly newlines: number
  readonly hasBom: boolean
  readonly hasQuotes: boolean
  readonly blankLineCount: number
  /** Rows whose number of fields is not `columnCount`. */
  readonly raggedRowCount: number
  /** Rows that read as rejects whatever the types: quotes in wrong places, NUL, not UTF-8. */
  readonly damagedRowCount: number
  readonly hasNewlinesInQuotes: boolean
}

const ROWS_AT_ONCE = 4096
const DAMAGED = STRAY_QUOTE | TEXT_AFTER_QUOTE | HAS_NUL

export interface StructureScan {
  /** The next bytes of the file. */
  push(chunk: Uint8Array): void
  /** Ends the file. Both throw what the tokenizer throws, and QRN-CSV-003 and -009 for a header that cannot be read. */
  finish(): CsvStructure
}

export interface StructureScanOptions {
  readonly dialect: CsvDialect
  /** For messages. */
  readonly fileName: string
  readonly declaredColumnCount: number
}

/** Looks at the structure of a file, chunk by chunk. */
export function createStructureScan({
  dialect,
  fileName,
  declaredColumnCount,
}: StructureScanOptions): StructureScan {
  const tokenizer = createRowTokenizer(dialect, fileName, ROWS_AT_ONCE)
  const fields = createFieldReader(dialect)
  let header: string[] | undefined
  let headerLine = 0
  let dataStartLine = 0
  let columnCount = 0
  let isSingleColumn = !dialect.hasHeader && declaredColumnCount === 1
  let rowCount = 0
  let blankLineCount = 0
  let raggedRowCount = 0
  let damagedRowCount = 0
  let allFlags = 0
  let isFirst = true

  const readHeader = (rows: Rows, row: number): void => {
    headerLine = rows.lines[row] as number
    const bytes = rows.bytes.subarray(rows.starts[row], rowEnd(rows, row))
    checkHeader(bytes, rows.flags[row] as number, headerLine, fileName)
    columnCount = fieldCount(rows, row)
    isSingleColumn = columnCount === 1
    header = Array.from({ length: columnCount }, (_, index) => fields.read(rows, row, index).text)
  }

  const take = (rows: Rows): void => {
    const isText =
      (rows.allFlags & NON_ASCII) === 0 ||
      isUtf8(rows.bytes.subarray(rows.starts[0], rowEnd(rows, rows.count - 1)))
    allFlags |= rows.allFlags
    for (let row = 0; row < rows.count; row += 1) {
      const flags = rows.flags[row] as number
      if ((flags & BLANK) !== 0) {
        blankLineCount += 1
        if (dialect.skipBlankLines && !isSingleColumn) continue
      }
      if (isFirst) {
        isFirst = false
        if (dialect.hasHeader) {
          readHeader(rows, row)
          continue
        }
        columnCount = fieldCount(rows, row)
      }
      if (rowCount === 0) dataStartLine = rows.lines[row] as number
      rowCount += 1
      if ((rows.bases[row + 1] as number) - (rows.bases[row] as number) !== columnCount)
        raggedRowCount += 1
      else if (
        (flags & DAMAGED) !== 0 ||
        (!isText && !isUtf8(rows.bytes.subarray(rows.starts[row], rowEnd(rows, row))))
      )
        damagedRowCount += 1
    }
  }

  const drain = (isLast: boolean): void => {
    for (;;) {
      // The first row tells where data start; in a single column a blank line is a row of its own.
      if (rowCount > 0 && columnCount > 1) rowCount += tokenizer.skipPlain(columnCount)
      const rows = tokenizer.next(isLast)
      if (rows === undefined) return
      take(rows)
    }
  }

  return {
    push: (chunk) => {
      if (isFirst) checkUtf16(chunk, fileName)
      tokenizer.push(chunk)
      drain(false)
    },
    finish: () => {
      drain(true)
      return {
        header,
        headerLine,
        dataStartLine: dataStartLine === 0 ? headerLine + 1 : dataStartLine,
        columnCount,
        isSingleColumn,
        rowCount,
        newlines: tokenizer.newlines,
        hasBom: tokenizer.hasBom,
        hasQuotes: (allFlags & QUOTED) !== 0,
        blankLineCount,
        raggedRowCount,
        damagedRowCount,
        hasNewlinesInQuotes: (allFlags & NEWLINE_IN_QUOTES) !== 0,
      }
    },
  }
}

function checkUtf16(chunk: Uint8Array, fileName: string): void {
  const isUtf16 =
    (chunk[0] === 0xff && chunk[1] === 0xfe) || (chunk[0] === 0xfe && chunk[1] === 0xff)
  if (!isUtf16) return
  throw csvError('QRN-CSV-003', 'data', `${fileName} is UTF-16, not UTF-8.`, {
    hint: 'Convert it, for instance with iconv -f utf-16 -t utf-8.',
    place: { file: fileName, line: 1, column: 1 },
  })
}

function checkHeader(bytes: Buffer, flags: number, line: number, fileName: string): void {
  const invalid = firstInvalidByte(bytes)
  if (invalid >= 0) {
    const column = countCodePoints(bytes.toString('utf8', 0, invalid)) + 1
    throw csvError(
      'QRN-CSV-003',
      'data',
      `${fileName}:${line}:${column}: The header is not UTF-8.`,
      {
        place: { file: fileName, line, column },
      },
    )
  }
  if ((flags & DAMAGED) === 0) return
  const what =
    (flags & HAS_NUL) !== 0 ? 'The header holds a NUL' : 'The header has a quote in the wrong place'
  throw csvError('QRN-CSV-009', 'data', `${fileName}:${line}: ${what}.`, {
    place: { file: fileName, line, excerpt: bytes.toString('utf8', 0, 200) },
  })
}
