import { definePlugin, type FlowPlugin } from '@qarion/core'

import { SESSIONIZATION_OPTIONS } from './sessionization-options.ts'
import { sessionization } from './sessionization.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'sessionization',
  contract: 1,
  options: SESSIONIZATION_OPTIONS,
  create: () => sessionization,
})

export default plugin
