import { definePlugin, type TaskPlugin } from '@qarion/core'

import { SCRIPT_OPTIONS } from './script-options.ts'
import { script } from './script.ts'

const plugin: TaskPlugin = definePlugin({
  kind: 'task',
  id: 'script',
  contract: 1,
  options: SCRIPT_OPTIONS,
  create: () => script,
})

export default plugin
