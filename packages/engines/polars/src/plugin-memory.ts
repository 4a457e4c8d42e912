import { CONTRACT_VERSIONS, definePlugin, type EnginePlugin } from '@qarion/core'

import { createPolarsMemoryEngine } from './polars-engine.ts'
import { MEMORY_OPTIONS } from './polars-options.ts'

const plugin: EnginePlugin = definePlugin({
  kind: 'engine',
  id: 'polars_memory',
  contract: CONTRACT_VERSIONS.engine,
  options: MEMORY_OPTIONS,
  create: () => createPolarsMemoryEngine(),
} satisfies EnginePlugin)

export default plugin
