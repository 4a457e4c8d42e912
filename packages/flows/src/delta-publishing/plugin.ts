import { definePlugin, type FlowPlugin } from '@qarion/core'

import { DELTA_PUBLISHING_OPTIONS } from './delta-publishing-options.ts'
import { deltaPublishing } from './delta-publishing.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'delta_publishing',
  contract: 1,
  options: DELTA_PUBLISHING_OPTIONS,
  create: () => deltaPublishing,
})

export default plugin
