import { definePlugin, type FlowPlugin } from '@qarion/core'

import { OUTBOX_OPTIONS } from './outbox-options.ts'
import { outbox } from './outbox.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'outbox',
  contract: 1,
  options: OUTBOX_OPTIONS,
  create: () => outbox,
})

export default plugin
