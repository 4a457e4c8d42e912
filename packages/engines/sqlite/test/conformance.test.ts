import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { engineSuite, type EngineSubject } from '@qarion/testkit'
import { it } from 'vitest'

import { createSqliteEngine } from '../src/index.ts'

async function openTemporary(): Promise<EngineSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'qarion-sqlite-suite-'))
  const path = join(folder, 'data.db')
  return {
    engine: createSqliteEngine({ path }),
    exists: async () => existsSync(path),
    storageBytes: async () => (await stat(path)).size,
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

engineSuite(it, openTemporary)
