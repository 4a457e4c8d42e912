import { definePlugin, type PublisherPlugin } from '@qarion/core'

import { WEBHOOK_OPTIONS } from './webhook-options.ts'
import { createWebhookPublisher } from './webhook-publisher.ts'
import { toWebhookSettings } from './webhook-settings.ts'

const plugin: PublisherPlugin = definePlugin({
  kind: 'publisher',
  id: 'webhook',
  contract: 1,
  options: WEBHOOK_OPTIONS,
  create: async (host, options) =>
    createWebhookPublisher(await toWebhookSettings(options, (id) => host.secret(id))),
} satisfies PublisherPlugin)

export default plugin
