import {
  createCsvPrinter,
  type Column,
  type ColumnBatch,
  type Exporter,
  type ResolvedOptions,
} from '@qarion/core'
import { COMPRESSION_ENDINGS, writeExport } from '@qarion/kit-files'

import { toCsvExportSettings, type CsvExportSettings } from './csv-export-options.ts'

/** Rows made into one text: what a row takes does not add up to more than a text may hold. */
const ROWS_AT_ONCE = 1024

/** The exporter of CSV files. `options` are those of `CSV_EXPORT_OPTIONS`. Throws QRN-CSVEXPORT-001. */
export function createCsvExporter(options: ResolvedOptions): Exporter {
  const settings = toCsvExportSettings(options)
  return {
    extension: `csv${COMPRESSION_ENDINGS[settings.compression]}`,
    format: {
      name: 'csv',
      settings: {
        ...settings.layout,
        hasHeader: settings.hasHeader,
        compression: settings.compression,
      },
    },
    write: (request) =>
      writeExport(
        request,
        (batches) => printLines(request.columns, batches, settings),
        settings.compression,
      ),
  }
}

async function* printLines(
  columns: readonly Column[],
  batches: AsyncIterable<ColumnBatch>,
  { layout, hasHeader }: CsvExportSettings,
): AsyncGenerator<string> {
  const printer = createCsvPrinter(columns, layout)
  if (hasHeader) yield printer.header()
  for await (const batch of batches)
    for (let start = 0; start < batch.rowCount; start += ROWS_AT_ONCE)
      yield printer.rows(batch, start, start + ROWS_AT_ONCE)
}
