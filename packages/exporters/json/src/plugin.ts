import { definePlugin, type ExporterPlugin } from '@qarion/core'

import { JSON_EXPORT_OPTIONS } from './json-export-options.ts'
import { createJsonExporter } from './json-exporter.ts'

const plugin: ExporterPlugin = definePlugin({
  kind: 'exporter',
  id: 'json',
  contract: 1,
  options: JSON_EXPORT_OPTIONS,
  create: (_host, options) => createJsonExporter(options),
} satisfies ExporterPlugin)

export default plugin
