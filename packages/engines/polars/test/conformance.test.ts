import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { engineSuite, type EngineSubject } from '@qarion/testkit'
import { describe, it } from 'vitest'

import { createPolarsLocalEngine, createPolarsMemoryEngine } from '../src/index.ts'

async function openInMemory(): Promise<EngineSubject> {
  return { engine: createPolarsMemoryEngine(), close: async () => {} }
}

async function openTemporary(): Promise<EngineSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'qarion-polars-suite-'))
  const storageDirectory = join(folder, 'data')
  return {
    engine: createPolarsLocalEngine({ storageDirectory }),
    exists: async () => existsSync(storageDirectory),
    storageBytes: async () => {
      const files = await readdir(storageDirectory, { recursive: true, withFileTypes: true })
      const sizes = files
        .filter((file) => file.isFile())
        .map(async (file) => (await stat(join(file.parentPath, file.name))).size)
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    },
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

describe('polars_memory', () => {
  engineSuite(it, openInMemory)
})

describe('polars_local', () => {
  engineSuite(it, openTemporary)
})
