import { definePlugin, type TaskPlugin } from '@qarion/core'

import { SYNC_OPTIONS } from './sync-options.ts'
import { sync } from './sync.ts'

const plugin: TaskPlugin = definePlugin({
  kind: 'task',
  id: 'sync',
  contract: 1,
  options: SYNC_OPTIONS,
  create: () => sync,
})

export default plugin
