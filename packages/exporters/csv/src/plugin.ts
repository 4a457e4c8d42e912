import { definePlugin, type ExporterPlugin } from '@qarion/core'

import { CSV_EXPORT_OPTIONS } from './csv-export-options.ts'
import { createCsvExporter } from './csv-exporter.ts'

const plugin: ExporterPlugin = definePlugin({
  kind: 'exporter',
  id: 'csv',
  contract: 1,
  options: CSV_EXPORT_OPTIONS,
  create: (_host, options) => createCsvExporter(options),
} satisfies ExporterPlugin)

export default plugin
