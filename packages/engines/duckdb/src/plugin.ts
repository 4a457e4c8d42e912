import { CONTRACT_VERSIONS, definePlugin, type EnginePlugin } from '@qarion/core'

import { createDuckdbEngine } from './duckdb-engine.ts'
import { DUCKDB_OPTIONS, settingsOf } from './duckdb-options.ts'

const plugin: EnginePlugin = definePlugin({
  kind: 'engine',
  id: 'duckdb',
  contract: CONTRACT_VERSIONS.engine,
  options: DUCKDB_OPTIONS,
  create: (_host, options) => createDuckdbEngine(settingsOf(options)),
} satisfies EnginePlugin)

export default plugin
