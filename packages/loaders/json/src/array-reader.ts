import { createArrayFrame } from './array-frame.ts'
import type { ByteWindow } from './byte-window.ts'
import { jsonError } from './json-errors.ts'
import { createLineTracker } from './line-tracker.ts'
import { flagsOfRecord } from './record-collector.ts'
import { BAD_KEY, type RecordReader, type RecordReaderParts } from './record-reader.ts'
import { skipBlanks } from './record-scanner.ts'
import { noRecord } from './value-kinds.ts'
import { INCOMPLETE, WRONG } from './value-scanner.ts'

const MAX_EXCERPT_BYTES = 200

/** An array of records: where its form is broken nothing after it can be trusted, so the file is refused. */
export function createArrayReader(parts: RecordReaderParts): RecordReader {
  const { keys, values, records, collector, width, checkLength } = parts
  const frame = createArrayFrame(parts.recordsPath, values)
  const tracker = createLineTracker(parts.start)

  /** The place after what stands at `at`, which is a record or other element, or of the frame. */
  const readNext = ({ bytes, view, filled }: ByteWindow, at: number): number => {
    if (!frame.isAtRecord) return frame.step(bytes, at, filled)
    values.isWide = false
    const isRecord = bytes[at] === 123
    const after = isRecord
      ? records.scan(bytes, at, filled, collector.count * width)
      : values.scan(bytes, at, filled)
    if (after < 0) {
      if (after === WRONG && bytes[at] === 93) values.wrong = 'a comma before ]'
      return after
    }
    const line = tracker.lineAt(view, at)
    checkLength(after - at, line)
    if (!isRecord) collector.addBroken(at, after, line, noRecord(values.kind))
    else if (records.hasBadKey) collector.addBroken(at, after, line, BAD_KEY)
    else {
      collector.add(at, after, line, flagsOfRecord(values.isWide, records.hasBadValue))
      keys.commit((position) => tracker.placeAt(view, position))
    }
    frame.recordEnded()
    return after
  }

  const cutOff = (window: ByteWindow): Error => {
    const { view, position, filled } = window
    const isWithin = frame.isAtRecord && position < filled
    const line = tracker.lineAt(view, position)
    const what = isWithin
      ? `the file ends within the record that starts in line ${line}`
      : 'the file ends before the array does'
    return malformed(view, filled, what)
  }

  const malformed = (view: Buffer, at: number, what: string): Error => {
    const { line, column, byteOffset } = tracker.placeAt(view, at)
    const { fileName } = parts
    return jsonError(
      frame.isPathWrong ? 'QRN-JSON-006' : 'QRN-JSON-002',
      'data',
      `${fileName}:${line}:${column}: ${frame.isPathWrong ? '' : 'Not a JSON array of records: '}${what} (byte ${byteOffset}).`,
      {
        place: { file: fileName, line, column, ...excerptOf(view, at, column) },
        data: { byteOffset },
      },
    )
  }

  return {
    read: (window, isLast) => {
      const { bytes, view, filled } = window
      bytes[filled] = 0
      while (!collector.isFull) {
        const at = skipBlanks(bytes, window.position)
        window.position = Math.min(at, filled)
        if (at >= filled) break
        const after = readNext(window, at)
        if (after === WRONG) throw malformed(view, values.wrongAt, values.wrong)
        if (after === INCOMPLETE) break
        window.position = after
      }
      if (isLast && !collector.isFull && !frame.isClosed) throw cutOff(window)
    },
    lineOf: ({ view, position }) => tracker.lineAt(view, position),
    drop: ({ view, position }) => tracker.drop(view, position),
  }
}

/** The line, where it is short enough to be shown with its column. */
function excerptOf(view: Buffer, at: number, column: number): { readonly excerpt?: string } {
  const start = at === 0 ? 0 : view.lastIndexOf(10, at - 1) + 1
  if (at - start > MAX_EXCERPT_BYTES || column > at - start + 1) return {}
  const feed = view.indexOf(10, at)
  const end = Math.min(feed < 0 ? view.length : feed, start + MAX_EXCERPT_BYTES)
  return { excerpt: view.toString('utf8', start, end).replace(/\r$/, '') }
}
