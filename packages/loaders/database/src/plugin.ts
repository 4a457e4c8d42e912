import { definePlugin, type LoaderPlugin } from '@qarion/core'

import { createDatabaseLoader } from './database-loader.ts'
import { DATABASE_OPTIONS } from './database-options.ts'

const plugin: LoaderPlugin = definePlugin({
  kind: 'loader',
  id: 'database',
  contract: 1,
  options: DATABASE_OPTIONS,
  create: (host, options) => createDatabaseLoader(host, options),
} satisfies LoaderPlugin)

export default plugin
