import { definePlugin, type TaskPlugin } from '@qarion/core'

import { CONDITIONAL_OPTIONS } from './conditional-options.ts'
import { conditional } from './conditional.ts'

const plugin: TaskPlugin = definePlugin({
  kind: 'task',
  id: 'conditional',
  contract: 1,
  options: CONDITIONAL_OPTIONS,
  create: () => conditional,
})

export default plugin
