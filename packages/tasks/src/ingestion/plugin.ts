import { definePlugin, type TaskPlugin } from '@qarion/core'

import { INGESTION_OPTIONS } from './ingestion-options.ts'
import { ingestion } from './ingestion.ts'

const plugin: TaskPlugin = definePlugin({
  kind: 'task',
  id: 'ingestion',
  contract: 1,
  options: INGESTION_OPTIONS,
  create: () => ingestion,
})

export default plugin
