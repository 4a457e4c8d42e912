import { createArrayReader } from './array-reader.ts'
import { createByteWindow, pushBytes } from './byte-window.ts'
import { jsonError } from './json-errors.ts'
import type { JsonForm } from './json-options.ts'
import { createKeyTable, type ExtraKey } from './key-table.ts'
import { createLineReader } from './line-reader.ts'
import { createRecordCollector } from './record-collector.ts'
import type { RecordReader } from './record-reader.ts'
import { createRecordScanner, skipBlanks } from './record-scanner.ts'
import type { Records } from './records.ts'
import { createValueScanner } from './value-scanner.ts'

/** Finds records in a file that comes in chunks, wherever the chunks end. */
export interface RecordTokenizer {
  readonly hasBom: boolean
  /** As declared or, with `auto`, as found; lines where nothing has been found. */
  readonly layout: 'array' | 'lines'
  /** For each declared key its place among all keys in the order they first appeared. */
  readonly foundAs: readonly (number | undefined)[]
  readonly extras: readonly ExtraKey[]
  push(chunk: Uint8Array): void
  /**
   * The next records; `undefined` where more bytes are needed. `isLast`: no more will come. Throws QRN-JSON-002 and
   * -006 for an array whose form is broken, -003 and -007.
   */
  next(isLast: boolean): Records | undefined
}

export interface TokenizerOptions {
  readonly form: Pick<JsonForm, 'layout' | 'recordsPath' | 'maxRecordBytes'>
  /** The keys that are read. */
  readonly keys: readonly string[]
  readonly fileName: string
  /** Most records at once. */
  readonly maxRecords: number
}

export function createRecordTokenizer(options: TokenizerOptions): RecordTokenizer {
  const { form, fileName } = options
  const { maxRecordBytes } = form
  const width = options.keys.length
  const keys = createKeyTable(options.keys)
  const values = createValueScanner()
  const collector = createRecordCollector(width, options.maxRecords)
  const records = createRecordScanner(values, keys, collector, width)
  const window = createByteWindow()
  const { recordsPath } = form
  const shared = { keys, values, records, collector, width, fileName, recordsPath }
  let layout: 'array' | 'lines' = form.layout === 'array' ? 'array' : 'lines'
  let reader: RecordReader | undefined
  let hasBom = false
  /** A record that was not complete is looked at again only when twice as much is there, so that long ones cost little. */
  let wanted = 0

  const checkLength = (bytes: number, line: number): void => {
    if (bytes <= maxRecordBytes) return
    throw jsonError(
      'QRN-JSON-007',
      'data',
      `${fileName}:${line}: The record takes more than ${maxRecordBytes} bytes.`,
      { place: { file: fileName, line } },
    )
  }

  /** Looks at the first bytes; `undefined` where they are too few. */
  const open = (isLast: boolean): RecordReader | undefined => {
    const { bytes, filled } = window
    if (filled < 3 && !isLast) return undefined
    bytes[filled] = 0
    checkUtf16(bytes, filled, fileName)
    hasBom = filled >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    const start = hasBom ? 3 : 0
    if (form.layout === 'auto') {
      const at = skipBlanks(bytes, start)
      if (at >= filled && !isLast) {
        checkLength(filled, 1)
        return undefined
      }
      layout = bytes[at] === 91 ? 'array' : 'lines'
    }
    window.position = start
    const parts = { ...shared, start, checkLength }
    return layout === 'array' ? createArrayReader(parts) : createLineReader(parts)
  }

  return {
    foundAs: keys.foundAs,
    extras: keys.extras,
    get hasBom() {
      return hasBom
    },
    get layout() {
      return layout
    },
    push: (chunk) => {
      if (reader !== undefined) {
        checkLength(window.filled - window.position, reader.lineOf(window))
        reader.drop(window)
      }
      pushBytes(window, chunk)
    },
    next: (isLast) => {
      if (!isLast && window.filled - window.position < wanted) return undefined
      reader ??= open(isLast)
      reader?.read(window, isLast)
      const left = window.filled - window.position
      // Up to the longest record there may be, else it would be refused before it was looked at.
      wanted = collector.count === 0 ? Math.min(2 * left, maxRecordBytes) : 0
      return collector.take(window.bytes)
    },
  }
}

function checkUtf16(bytes: Buffer, filled: number, fileName: string): void {
  const isUtf16 =
    filled > 1 &&
    ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
  if (!isUtf16) return
  throw jsonError('QRN-JSON-003', 'data', `${fileName} is UTF-16, not UTF-8.`, {
    place: { file: fileName, line: 1, column: 1 },
  })
}
