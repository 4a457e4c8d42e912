import { definePlugin, type FlowPlugin } from '@qarion/core'

import { orchestrator } from './orchestrator.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'orchestrator',
  contract: 1,
  options: [],
  create: () => orchestrator,
})

export default plugin
