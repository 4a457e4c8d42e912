import { createSecret } from '@qarion/core'
import { createWebhookPublisher, toWebhookSettings } from '@qarion/publisher-webhook'
import { publisherSuite, receivedEvent, startReceiver } from '@qarion/testkit'
import { describe, it } from 'vitest'

describe.each(['structured', 'binary'])('%s', (mode) => {
  publisherSuite(it, async () => {
    const receiver = await startReceiver()
    const settings = await toWebhookSettings(
      { url: receiver.url, mode, secret: createSecret('s3cret') },
      () => Promise.reject(new Error('no store')),
    )
    return {
      publisher: createWebhookPublisher(settings),
      received: async () => receiver.requests.map(receivedEvent),
      reopen: async () => createWebhookPublisher(settings),
      close: () => receiver.close(),
    }
  })
})
