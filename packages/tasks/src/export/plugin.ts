import { definePlugin, type TaskPlugin } from '@qarion/core'

import { EXPORT_OPTIONS } from './export-options.ts'
import { exportTask } from './export.ts'

const plugin: TaskPlugin = definePlugin({
  kind: 'task',
  id: 'export',
  contract: 1,
  options: EXPORT_OPTIONS,
  create: () => exportTask,
})

export default plugin
