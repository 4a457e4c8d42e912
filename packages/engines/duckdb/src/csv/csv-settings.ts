import { isUtcZone, type FileScan } from '@qarion/core'
import { quoteText } from '@qarion/kit-sql'

import { escapeGlob } from '../native/native-file.ts'

/** What `@qarion/loader-csv` found, as far as a native reader needs it. */
export interface CsvSettings {
  readonly delimiter: string
  readonly quote: string
  readonly hasHeader: boolean
  /** As DuckDB writes it. */
  readonly newline: '\\n' | '\\r\\n'
  readonly hasQuotes: boolean
  readonly emptyString: 'null' | 'quoted'
  readonly nullValues: readonly string[]
  readonly columnCount: number
  /** Line of the first row of data, from 1. */
  readonly dataStartLine: number
}

const NEWLINES: Readonly<Record<string, CsvSettings['newline']>> = { lf: '\\n', crlf: '\\r\\n' }

/** The settings of a clean scan, or `undefined` where DuckDB might not read the file as the loader does. */
export function csvSettingsOf({
  format,
  isClean,
  settings,
  columns,
}: FileScan): CsvSettings | undefined {
  if (format !== 'csv' || !isClean) return undefined
  const {
    delimiter,
    quote,
    hasHeader,
    hasQuotes,
    emptyString,
    nullValues,
    columnCount,
    dataStartLine,
  } = settings
  const newline = NEWLINES[String(settings['newline'])]
  if (typeof delimiter !== 'string' || typeof quote !== 'string' || newline === undefined)
    return undefined
  if (
    typeof hasHeader !== 'boolean' ||
    typeof hasQuotes !== 'boolean' ||
    !Array.isArray(nullValues)
  )
    return undefined
  if (emptyString !== 'null' && emptyString !== 'quoted') return undefined
  if (typeof columnCount !== 'number' || typeof dataStartLine !== 'number') return undefined
  // Blank lines are rows where there is one column. Escapes other than doubled quotes differ in what they escape.
  if (columnCount < 2 || (hasQuotes && (settings['escape'] ?? quote) !== quote)) return undefined
  // The loader reads every member of a compressed file and refuses what follows; DuckDB need not.
  if (settings['compression'] !== 'none') return undefined
  const hasTimestamps = columns.some(({ column }) => column.type.kind === 'timestamp')
  if (hasTimestamps && !isUtcZone(settings['timezone'])) return undefined
  return {
    delimiter,
    quote,
    hasHeader,
    newline,
    hasQuotes,
    emptyString,
    columnCount,
    dataStartLine,
    nullValues: nullValues as string[],
  }
}

/** Name of the field at an index, in what `readCsvCall` gives. */
export function fieldName(index: number): string {
  return `c${index}`
}

/** All fields as text; nothing is guessed. */
export function readCsvCall(path: string, settings: CsvSettings): string {
  const { delimiter, quote, hasHeader, newline, hasQuotes, emptyString, columnCount } = settings
  // Without quotes in the file the parser need not look for them.
  const quoting = quoteText(hasQuotes ? quote : '')
  const columns = Array.from(
    { length: columnCount },
    (_, index) => `'${fieldName(index)}': 'VARCHAR'`,
  )
  const options = [
    'auto_detect = false',
    `delim = ${quoteText(delimiter)}`,
    `quote = ${quoting}`,
    `escape = ${quoting}`,
    `header = ${hasHeader}`,
    `new_line = '${newline}'`,
    "comment = ''",
    "nullstr = ''",
    `allow_quoted_nulls = ${emptyString === 'null'}`,
    // The strict parser runs CRLF lines together where there are no quotes; the scan has checked the structure.
    `strict_mode = ${newline === '\\n'}`,
    'null_padding = false',
    'ignore_errors = false',
    'hive_partitioning = false',
    "compression = 'none'",
    `columns = {${columns.join(', ')}}`,
  ]
  return `read_csv([${quoteText(escapeGlob(path))}], ${options.join(', ')})`
}
