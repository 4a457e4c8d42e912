import { definePlugin, type FlowPlugin } from '@qarion/core'

import { SCD2_OPTIONS } from './scd2-options.ts'
import { scd2 } from './scd2.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'scd2',
  contract: 1,
  options: SCD2_OPTIONS,
  create: () => scd2,
})

export default plugin
