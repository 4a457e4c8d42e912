import { CONTRACT_VERSIONS, definePlugin, type EnginePlugin } from '@qarion/core'

import { createPostgresEngine } from './postgres-engine.ts'
import { POSTGRES_OPTIONS, settingsOf } from './postgres-options.ts'

const plugin: EnginePlugin = definePlugin({
  kind: 'engine',
  id: 'postgres',
  contract: CONTRACT_VERSIONS.engine,
  options: POSTGRES_OPTIONS,
  create: (_host, options) => createPostgresEngine(() => settingsOf(options)),
} satisfies EnginePlugin)

export default plugin
