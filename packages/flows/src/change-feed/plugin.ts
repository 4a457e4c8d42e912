import { definePlugin, type FlowPlugin } from '@qarion/core'

import { CHANGE_FEED_OPTIONS } from './change-feed-options.ts'
import { changeFeed } from './change-feed.ts'

const plugin: FlowPlugin = definePlugin({
  kind: 'flow',
  id: 'change_feed',
  contract: 1,
  options: CHANGE_FEED_OPTIONS,
  create: () => changeFeed,
})

export default plugin
