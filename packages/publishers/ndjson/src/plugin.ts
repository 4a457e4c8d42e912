import { definePlugin, type PublisherPlugin } from '@qarion/core'

import { NDJSON_OPTIONS } from './ndjson-options.ts'
import { createNdjsonPublisher } from './ndjson-publisher.ts'

const plugin: PublisherPlugin = definePlugin({
  kind: 'publisher',
  id: 'ndjson',
  contract: 1,
  options: NDJSON_OPTIONS,
  create: (_host, options) => createNdjsonPublisher({ path: options['path'] as string }),
} satisfies PublisherPlugin)

export default plugin
