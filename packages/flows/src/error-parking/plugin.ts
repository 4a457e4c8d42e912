import { definePlugin, type FlowPlugin } from '@qarion/core'

import { ERROR_PARKING_OPTIONS } from './error-parking-options.ts'
import { errorParking } from './error-parking.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'error_parking',
  contract: 1,
  options: ERROR_PARKING_OPTIONS,
  create: () => errorParking,
})

export default plugin
