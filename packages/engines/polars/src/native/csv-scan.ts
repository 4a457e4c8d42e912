import type { FileScan } from '@qarion/core'

import { columnNode, type Node } from '../frame/node.ts'
import type { LazyFrame, Polars } from '../polars.ts'

/** A clean file of `@qarion/loader-csv` as Polars reads it: every field as text. */
export interface CsvScan {
  readonly frame: LazyFrame
  /** Line of the first row of data, from 1; each row takes one. */
  readonly dataStartLine: number
  readonly hasQuotes: boolean
  /** What an empty field in quotes is. */
  readonly emptyString: 'null' | 'quoted'
  readonly nullValues: readonly string[]
}

/** Paths that might be taken for patterns. */
const PATTERN = /[*?[\]]/
const NEWLINES: ReadonlySet<unknown> = new Set(['lf', 'crlf'])
const UTC_NAMES: ReadonlySet<unknown> = new Set([undefined, 'UTC', 'Etc/UTC', 'Z'])

/** `undefined` where Polars might not see the rows that the loader sees. */
export function scanCsvFile(scan: FileScan, polars: Polars): CsvScan | undefined {
  const { format, isClean, settings, columns, file } = scan
  if (format !== 'csv' || !isClean || PATTERN.test(file.path)) return undefined
  const { delimiter, quote, escape, hasHeader, hasQuotes, emptyString, nullValues } = settings
  const { columnCount, dataStartLine, newline, compression, timezone } = settings
  if (typeof delimiter !== 'string' || typeof quote !== 'string' || !Array.isArray(nullValues))
    return undefined
  if (typeof columnCount !== 'number' || typeof dataStartLine !== 'number') return undefined
  if (emptyString !== 'null' && emptyString !== 'quoted') return undefined
  // Blank lines are rows where there is one column; Polars passes them over.
  if (columnCount < 2 || compression !== 'none' || !NEWLINES.has(newline)) return undefined
  if (hasQuotes === true && (escape ?? quote) !== quote) return undefined
  const hasTimestamps = columns.some(({ column }) => column.type.kind === 'timestamp')
  if (hasTimestamps && !UTC_NAMES.has(timezone)) return undefined
  return {
    frame: polars.scanCsv(file.path, {
      delimiter,
      // A clean file without quoted fields has no quotes at all.
      quote,
      skippedRows: hasHeader === true ? 1 : 0,
    }),
    dataStartLine,
    hasQuotes: hasQuotes === true,
    emptyString,
    nullValues: nullValues as readonly string[],
  }
}

/** The field at a place, from 0, under the name that Polars gives it. */
export function fieldNode(index: number): Node {
  return columnNode(`column_${index + 1}`)
}
