import { definePlugin, type RepositoryPlugin } from '@qarion/core'

import { LOCAL_OPTIONS } from './local-options.ts'
import { createLocalRepository } from './local-repository.ts'

const plugin: RepositoryPlugin = definePlugin({
  kind: 'repository',
  id: 'local',
  contract: 1,
  options: LOCAL_OPTIONS,
  create: (host, options) =>
    createLocalRepository({ directory: String(options['directory']), logger: host.logger }),
})

export default plugin
