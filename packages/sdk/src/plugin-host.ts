import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  QarionError,
  type Engine,
  type EngineReference,
  type PluginHost,
  type Secret,
} from '@qarion/core'

/** What plugins get of their surroundings, and the end of it. */
export interface ProjectHost {
  readonly host: PluginHost
  close(): Promise<void>
}

export interface ProjectHostOptions {
  readonly projectDirectory: string
  readonly signal: AbortSignal
  readonly openEngine: (reference: EngineReference) => Promise<Engine>
  readonly secret: (id: string) => Promise<Secret>
}

function silent(): void {}

/** A host whose temporary folders are removed by `close`. Logging is silent: what matters is an event. */
export function createProjectHost(options: ProjectHostOptions): ProjectHost {
  const directories: string[] = []
  return {
    host: {
      logger: { debug: silent, info: silent, warn: silent },
      projectDirectory: options.projectDirectory,
      signal: options.signal,
      temporaryDirectory: async () => {
        const directory = await mkdtemp(join(tmpdir(), 'qarion-'))
        directories.push(directory)
        return directory
      },
      secret: options.secret,
      openEngine: options.openEngine,
    },
    close: async () => {
      for (const directory of directories.splice(0))
        await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The error for a secret that no store holds. */
export function noSecret(id: string): QarionError {
  return new QarionError(
    'QRN-SDK-002',
    'configuration',
    `there is no credential store that holds "${id}"`,
    {
      hint: 'Declare [credential_store] in qarion.toml, or use ${env:NAME}.',
    },
  )
}
