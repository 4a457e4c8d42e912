import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { repositorySuite } from '@qarion/testkit'
import { it } from 'vitest'

import { openRepository } from './support.ts'

repositorySuite(it, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-local-'))
  const { repository } = await openRepository(directory)
  return {
    repository,
    reopen: async () => (await openRepository(directory)).repository,
    close: () => rm(directory, { recursive: true, force: true }),
  }
})
