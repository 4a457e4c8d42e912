import {
  createJsonPrinter,
  type Column,
  type ColumnBatch,
  type Exporter,
  type ResolvedOptions,
} from '@qarion/core'
import { COMPRESSION_ENDINGS, writeExport } from '@qarion/kit-files'

import { toJsonExportSettings, type JsonExportSettings } from './json-export-options.ts'

/** Rows made into one text: what a row takes does not add up to more than a text may hold. */
const ROWS_AT_ONCE = 1024

interface Layout {
  readonly extension: string
  /** What stands before the first row, between rows, and at the end with and without rows. */
  readonly before: string
  readonly between: string
  readonly after: string
  readonly empty: string
}

const LAYOUTS: Readonly<Record<JsonExportSettings['layout'], Layout>> = {
  array: { extension: 'json', before: '[\n', between: ',\n', after: '\n]\n', empty: '[]\n' },
  lines: { extension: 'ndjson', before: '', between: '\n', after: '\n', empty: '' },
}

/** The exporter of JSON files. `options` are those of `JSON_EXPORT_OPTIONS`. */
export function createJsonExporter(options: ResolvedOptions): Exporter {
  const settings = toJsonExportSettings(options)
  const layout = LAYOUTS[settings.layout]
  return {
    extension: `${layout.extension}${COMPRESSION_ENDINGS[settings.compression]}`,
    write: (request) =>
      writeExport(
        request,
        (batches) => printObjects(request.columns, batches, layout, settings),
        settings.compression,
      ),
  }
}

async function* printObjects(
  columns: readonly Column[],
  batches: AsyncIterable<ColumnBatch>,
  layout: Layout,
  { numbers }: JsonExportSettings,
): AsyncGenerator<string> {
  const print = createJsonPrinter(columns, numbers)
  let isEmpty = true
  for await (const batch of batches) {
    for (let start = 0; start < batch.rowCount; start += ROWS_AT_ONCE) {
      const rows = print(batch, start, start + ROWS_AT_ONCE)
      yield `${isEmpty ? layout.before : layout.between}${rows.join(layout.between)}`
      isEmpty = false
    }
  }
  yield isEmpty ? layout.empty : layout.after
}
