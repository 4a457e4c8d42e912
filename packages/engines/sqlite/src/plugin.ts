import { CONTRACT_VERSIONS, definePlugin, type EnginePlugin } from '@qarion/core'

import { createSqliteEngine } from './sqlite-engine.ts'
import { SQLITE_OPTIONS } from './sqlite-options.ts'

const plugin: EnginePlugin = definePlugin({
  kind: 'engine',
  id: 'sqlite',
  contract: CONTRACT_VERSIONS.engine,
  options: SQLITE_OPTIONS,
  create: (_host, options) =>
    createSqliteEngine({
      path: options['path'] as string,
      cacheBytes: options['cache_size'] as number,
      busyTimeoutMs: options['busy_timeout'] as number,
    }),
} satisfies EnginePlugin)

export default plugin
