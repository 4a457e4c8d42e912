import { definePlugin, type FlowPlugin } from '@qarion/core'

import { growthAccounting } from './growth-accounting.ts'
import { GROWTH_OPTIONS } from './growth-options.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'growth_accounting',
  contract: 1,
  options: GROWTH_OPTIONS,
  create: () => growthAccounting,
})

export default plugin
