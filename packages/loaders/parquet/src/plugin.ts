import { definePlugin, type LoaderPlugin } from '@qarion/core'

import { createParquetLoader } from './parquet-loader.ts'
import { PARQUET_OPTIONS } from './parquet-options.ts'

const plugin: LoaderPlugin = definePlugin({
  kind: 'loader',
  id: 'parquet',
  contract: 1,
  options: PARQUET_OPTIONS,
  create: (host, options) => createParquetLoader(host, options),
} satisfies LoaderPlugin)

export default plugin
