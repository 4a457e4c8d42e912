import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createNdjsonPublisher } from '@qarion/publisher-ndjson'
import { publisherSuite } from '@qarion/testkit'
import { it } from 'vitest'

import { readEvents } from './support.ts'

publisherSuite(it, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-ndjson-'))
  const path = join(directory, 'events.ndjson')
  return {
    publisher: createNdjsonPublisher({ path }),
    received: () => readEvents(path),
    reopen: async () => createNdjsonPublisher({ path }),
    close: () => rm(directory, { recursive: true, force: true }),
  }
})
