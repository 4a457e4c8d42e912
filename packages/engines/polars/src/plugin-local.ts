import { CONTRACT_VERSIONS, definePlugin, type EnginePlugin } from '@qarion/core'

import { createPolarsLocalEngine } from './polars-engine.ts'
import { LOCAL_OPTIONS } from './polars-options.ts'

const plugin: EnginePlugin = definePlugin({
  kind: 'engine',
  id: 'polars_local',
  contract: CONTRACT_VERSIONS.engine,
  options: LOCAL_OPTIONS,
  create: (_host, options) =>
    createPolarsLocalEngine({ storageDirectory: options['storage_dir'] as string }),
} satisfies EnginePlugin)

export default plugin
