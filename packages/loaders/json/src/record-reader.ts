import type { ByteWindow } from './byte-window.ts'
import type { KeyTable } from './key-table.ts'
import type { RecordCollector } from './record-collector.ts'
import type { RecordScanner } from './record-scanner.ts'
import type { ValueScanner } from './value-scanner.ts'

/** Takes records out of a window into a collector, in the way of one layout. */
export interface RecordReader {
  /** Moves `position` as far as records are whole and the collector has room. `isLast`: no more bytes will come. */
  read(window: ByteWindow, isLast: boolean): void
  /** Line of the window's position. */
  lineOf(window: ByteWindow): number
  /** The bytes before the window's position are about to leave it. */
  drop(window: ByteWindow): void
}

export interface RecordReaderParts {
  readonly keys: KeyTable
  readonly values: ValueScanner
  readonly records: RecordScanner
  readonly collector: RecordCollector
  readonly width: number
  readonly fileName: string
  readonly recordsPath: readonly string[]
  /** Where the content starts in the first window. */
  readonly start: number
  /** Throws for a record that takes too much. */
  readonly checkLength: (bytes: number, line: number) => void
}

export const BAD_KEY = 'a key that is no text of Unicode'
