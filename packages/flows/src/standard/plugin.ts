import { definePlugin, type FlowPlugin } from '@qarion/core'

import { standard } from './standard.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'standard',
  contract: 1,
  options: [],
  create: () => standard,
})

export default plugin
