import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { Logger, PluginHost, Repository, RunRecord } from '@qarion/core'
import { onTestFinished } from 'vitest'

import plugin from '../src/plugin.ts'

export interface OpenedRepository {
  readonly repository: Repository
  readonly directory: string
  readonly warnings: readonly string[]
}

/** The plugin on a folder of its own, as a host opens it. */
export async function openRepository(directory = temporaryFolder()): Promise<OpenedRepository> {
  const warnings: string[] = []
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: (text) => void warnings.push(text),
  }
  const repository = await plugin.create({ logger } as PluginHost, { directory })
  return { repository, directory, warnings }
}

export function temporaryFolder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'qarion-local-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export function run(id: string, startedAtMs: number, more: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    environment: 'default',
    startedAtMs,
    status: 'succeeded',
    command: 'qarion run',
    acceptedGuards: [],
    flows: [{ flow: 'orders', status: 'succeeded', batches: [] }],
    ...more,
  }
}
