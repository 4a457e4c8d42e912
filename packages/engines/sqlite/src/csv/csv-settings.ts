import type { CsvLayout, ExportFormat } from '@qarion/core'
import { WRITE_COMPRESSIONS, type WriteCompression } from '@qarion/kit-files'

/** What `@qarion/exporter-csv` says of its files. */
export interface CsvFileSettings {
  readonly layout: Required<CsvLayout>
  readonly hasHeader: boolean
  readonly compression: WriteCompression
}

/** Delimiters and NULLs that a number, a time or a boolean may hold or be: each would need a look. */
const IN_PLAIN = /[0-9A-Za-z+\-.:]/
const LIKE_PLAIN = /^(?:[-0-9]|true$|false$)/

/** The settings of a CSV file that can be written from texts of rows, or `undefined`. */
export function csvSettingsOf({ name, settings }: ExportFormat): CsvFileSettings | undefined {
  if (name !== 'csv') return undefined
  const { delimiter, nullText, quoting, lineEnding, hasHeader } = settings
  const compression = WRITE_COMPRESSIONS.find((known) => known === settings['compression'])
  if (typeof delimiter !== 'string' || typeof nullText !== 'string' || quoting !== 'minimal')
    return undefined
  if (IN_PLAIN.test(delimiter) || LIKE_PLAIN.test(nullText)) return undefined
  if (lineEnding !== '\n' && lineEnding !== '\r\n') return undefined
  if (typeof hasHeader !== 'boolean' || compression === undefined) return undefined
  return { layout: { delimiter, nullText, quoting, lineEnding }, hasHeader, compression }
}
