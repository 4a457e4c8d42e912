import { definePlugin, type RepositoryPlugin } from '@qarion/core'

import { createMemoryRepository } from './memory-repository.ts'

const plugin: RepositoryPlugin = definePlugin({
  kind: 'repository',
  id: 'memory',
  contract: 1,
  options: [],
  create: () => createMemoryRepository(),
} satisfies RepositoryPlugin)

export default plugin
