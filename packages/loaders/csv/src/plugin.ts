import { definePlugin, type LoaderPlugin } from '@qarion/core'

import { createCsvLoader } from './csv-loader.ts'
import { CSV_OPTIONS } from './csv-options.ts'

const plugin: LoaderPlugin = definePlugin({
  kind: 'loader',
  id: 'csv',
  contract: 1,
  options: CSV_OPTIONS,
  create: (host, options) => createCsvLoader(host, options),
} satisfies LoaderPlugin)

export default plugin
