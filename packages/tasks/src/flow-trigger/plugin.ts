import { definePlugin, type TaskPlugin } from '@qarion/core'

import { FLOW_TRIGGER_OPTIONS } from './flow-trigger-options.ts'
import { flowTrigger } from './flow-trigger.ts'

const plugin: TaskPlugin = definePlugin({
  kind: 'task',
  id: 'flow_trigger',
  contract: 1,
  options: FLOW_TRIGGER_OPTIONS,
  create: () => flowTrigger,
})

export default plugin
