import { definePlugin, type LoaderPlugin } from '@qarion/core'

import { createJsonLoader } from './json-loader.ts'
import { JSON_OPTIONS } from './json-options.ts'

const plugin: LoaderPlugin = definePlugin({
  kind: 'loader',
  id: 'json',
  contract: 1,
  options: JSON_OPTIONS,
  create: (host, options) => createJsonLoader(host, options),
} satisfies LoaderPlugin)

export default plugin
