import { countCodePoints } from '@qarion/kit-files'

import { flagsOfRecord } from './record-collector.ts'
import { BAD_KEY, type RecordReader, type RecordReaderParts } from './record-reader.ts'
import { skipBlanks } from './record-scanner.ts'
import { ARRAY, BAD_WORD, INTEGER, noRecord, NULL, TEXT, TRUE } from './value-kinds.ts'
import { INCOMPLETE, WRONG } from './value-scanner.ts'

/** JSON Lines: a line that is no record is broken by itself, since the next line feed ends it whatever it holds. */
export function createLineReader(parts: RecordReaderParts): RecordReader {
  const { keys, values, records, collector, width, checkLength } = parts
  let line = 1

  const readLine = (bytes: Buffer, position: number, end: number): void => {
    const start = skipBlanks(bytes, position)
    if (start >= end) return
    checkLength(end - start, line)
    const columnOf = (at: number): number =>
      countCodePoints(bytes.toString('utf8', position, at)) + 1
    values.isWide = false
    const after =
      bytes[start] === 123 ? records.scan(bytes, start, end, collector.count * width) : WRONG
    if (after > 0 && skipBlanks(bytes, after) === end && !records.hasBadKey) {
      collector.add(start, after, line, flagsOfRecord(values.isWide, records.hasBadValue))
      keys.commit((at) => ({ line, column: columnOf(at) }))
      return
    }
    const lineEnd = bytes[end - 1] === 13 ? end - 1 : end
    collector.addBroken(start, lineEnd, line, reasonOf(bytes, start, after, columnOf))
  }

  const reasonOf = (
    bytes: Buffer,
    start: number,
    after: number,
    columnOf: (at: number) => number,
  ): string => {
    if (bytes[start] !== 123) return noRecord(kindByFirstByte(bytes[start] as number))
    if (after === INCOMPLETE) return 'not JSON: the line ends within the record'
    if (after === WRONG) return `not JSON: ${values.wrong} at column ${columnOf(values.wrongAt)}`
    return records.hasBadKey
      ? BAD_KEY
      : `not JSON: more text after the record at column ${columnOf(skipBlanks(bytes, after))}`
  }

  return {
    read: (window, isLast) => {
      const { bytes, view, filled } = window
      while (!collector.isFull && window.position < filled) {
        const feed = view.indexOf(10, window.position)
        if (feed < 0 && !isLast) return
        const end = feed < 0 ? filled : feed
        // Ends all loops over the line.
        bytes[end] = 0
        readLine(bytes, window.position, end)
        if (feed >= 0) bytes[end] = 10
        window.position = feed < 0 ? end : end + 1
        line += 1
      }
    },
    lineOf: () => line,
    drop: () => {},
  }
}

function kindByFirstByte(byte: number): number {
  const character = String.fromCharCode(byte)
  if (character === '"') return TEXT
  if (character === '[') return ARRAY
  if (/[-0-9]/.test(character)) return INTEGER
  if (character === 'n') return NULL
  return character === 't' || character === 'f' ? TRUE : BAD_WORD
}
