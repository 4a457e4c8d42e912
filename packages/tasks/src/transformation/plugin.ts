import { definePlugin, type TaskPlugin } from '@qarion/core'

import { TRANSFORMATION_OPTIONS } from './transformation-options.ts'
import { transformation } from './transformation.ts'

const plugin: TaskPlugin = definePlugin({
  kind: 'task',
  id: 'transformation',
  contract: 1,
  options: TRANSFORMATION_OPTIONS,
  create: () => transformation,
})

export default plugin
