import { join } from 'node:path'

import type { Logger, Repository } from '@qarion/core'

import { createLocalDefinitions } from './local-definitions.ts'
import { createLocalRuns } from './local-runs.ts'
import { createLocalSchemaHistory } from './local-schema-history.ts'

/**
 * History and definitions as files below `directory`, which is made when something is first saved. Several processes
 * may use one folder at a time.
 */
export function createLocalRepository(request: {
  readonly directory: string
  readonly logger: Logger
}): Repository {
  const { directory, logger } = request
  return {
    runs: createLocalRuns(join(directory, 'runs'), logger),
    definitions: createLocalDefinitions(join(directory, 'definitions')),
    schemaHistory: createLocalSchemaHistory(join(directory, 'schemas'), logger),
    close: () => Promise.resolve(),
  }
}
