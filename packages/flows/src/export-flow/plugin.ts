import { definePlugin, type FlowPlugin } from '@qarion/core'

import { exportFlow } from './export-flow.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'export_flow',
  contract: 1,
  options: [],
  create: () => exportFlow,
})

export default plugin
