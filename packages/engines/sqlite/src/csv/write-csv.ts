import { createCsvPrinter, type ExportedFile } from '@qarion/core'
import { compressContent, writeFileAtomically } from '@qarion/kit-files'
import type { FileTarget, SqlStatement } from '@qarion/kit-sql'

import { csvSettingsOf } from './csv-settings.ts'
import { createRowPrinter } from './print-rows.ts'
import { selectRowTexts, type RowTexts } from './row-text.ts'

/**
 * Writes the rows of a statement as a CSV file: `read` gives them as texts, which become CSV without a value of
 * JavaScript for each field. Resolves to `undefined` for other formats, and for settings that the printer lacks.
 */
export async function writeCsv(
  { sql, parameters }: SqlStatement,
  { path, columns, format, onRows, signal }: FileTarget,
  read: (statement: SqlStatement) => AsyncIterable<RowTexts>,
): Promise<ExportedFile | undefined> {
  const settings = csvSettingsOf(format)
  if (settings === undefined) return undefined
  const { layout, hasHeader, compression } = settings
  const printRows = createRowPrinter(columns, layout)
  let rowCount = 0
  async function* content(): AsyncGenerator<Uint8Array | string> {
    if (hasHeader) yield createCsvPrinter(columns, layout).header()
    for await (const texts of read({ sql: selectRowTexts(sql, columns), parameters })) {
      rowCount += texts.rowCount
      onRows(texts.rowCount)
      yield printRows(texts)
    }
  }
  const written = await writeFileAtomically(path, compressContent(content(), compression), {
    signal,
  })
  return { path, rowCount, ...written }
}
