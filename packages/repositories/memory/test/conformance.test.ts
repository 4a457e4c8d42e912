import { repositorySuite } from '@qarion/testkit'
import { it } from 'vitest'

import { createMemoryRepository } from '../src/memory-repository.ts'

repositorySuite(it, async () => ({
  repository: createMemoryRepository(),
  close: () => Promise.resolve(),
}))
