import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { engineSuite, type EngineSubject } from '@qarion/testkit'
import { describe, it } from 'vitest'
const which = process.env['ENGINE'] ?? 'sqlite'
async function make(): Promise<EngineSubject> {
  const dir = mkdtempSync(join(tmpdir(), 'tk-'))
  const path = join(dir, 'd.db')
  const engine =
    which === 'sqlite'
      ? (await import('../../engines/sqlite/src/index.ts')).createSqliteEngine({
          path,
          cacheBytes: 16 << 20,
          busyTimeoutMs: 5000,
        })
      : (await import('../../engines/duckdb/src/index.ts')).createDuckdbEngine({
          path,
          memoryLimitBytes: 1 << 30,
        } as never)
  return {
    engine,
    exists: async () => existsSync(path),
    storageBytes: async () => statSync(path).size,
    close: async () => rmSync(dir, { recursive: true, force: true }),
  }
}
describe('e', () => {
  engineSuite(it, make)
})
