import { definePlugin, type ExporterPlugin } from '@qarion/core'

import { PARQUET_EXPORT_OPTIONS } from './parquet-export-options.ts'
import { createParquetExporter } from './parquet-exporter.ts'

const plugin: ExporterPlugin = definePlugin({
  kind: 'exporter',
  id: 'parquet',
  contract: 1,
  options: PARQUET_EXPORT_OPTIONS,
  create: (_host, options) => createParquetExporter(options),
} satisfies ExporterPlugin)

export default plugin
