import { definePlugin, type FlowPlugin } from '@qarion/core'

import { QUALITY_CHECK_OPTIONS } from './quality-check-options.ts'
import { qualityCheck } from './quality-check.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'quality_check',
  contract: 1,
  options: QUALITY_CHECK_OPTIONS,
  create: () => qualityCheck,
})

export default plugin
