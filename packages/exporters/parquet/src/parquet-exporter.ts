import type { Exporter, ResolvedOptions } from '@qarion/core'
import { writeExport } from '@qarion/kit-files'

import { toParquetExportSettings } from './parquet-export-options.ts'

/** The exporter of Parquet files. `options` are those of `PARQUET_EXPORT_OPTIONS`. */
export function createParquetExporter(options: ResolvedOptions): Exporter {
  const settings = toParquetExportSettings(options)
  return {
    extension: 'parquet',
    format: { name: 'parquet', settings: { ...settings } },
    write: async (request) => {
      const { encodeParquet } = await import('./encode-parquet.ts')
      return writeExport(request, (batches) => encodeParquet(request.columns, batches, settings))
    },
  }
}
