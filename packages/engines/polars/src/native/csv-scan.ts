import { isUtcZone, type FileScan } from '@qarion/core'

import type { Polars } from '../polars.ts'
import { readField, type CsvScan } from './csv-columns.ts'
import { nativeColumns, type NativeFile, type NativeRequest } from './native-file.ts'

/** Paths that might be taken for patterns. */
const PATTERN = /[*?[\]]/
const NEWLINES: ReadonlySet<unknown> = new Set(['lf', 'crlf'])

/** Plans a clean file of which no field needs a form of its own. */
export function planCsv(request: NativeRequest): NativeFile | undefined {
  const { scan, polars } = request
  const csv = scanCsvFile(scan, polars)
  if (csv === undefined) return undefined
  const columns = nativeColumns(request, (target, scanned) => readField(target, scanned, csv))
  return columns && { scan, frame: csv.frame, firstLine: csv.dataStartLine, columns }
}

/** `undefined` where Polars might not see the rows that the loader sees. */
function scanCsvFile(scan: FileScan, polars: Polars): CsvScan | undefined {
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
  if (hasTimestamps && !isUtcZone(timezone)) return undefined
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
