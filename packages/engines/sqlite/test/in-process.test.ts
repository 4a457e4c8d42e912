import { existsSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'

import { engineSuite, type EngineSubject } from '@qarion/testkit'
import { it, vi } from 'vitest'

import { createSqliteEngine } from '../src/index.ts'
import { serve } from '../src/worker/serve.ts'

// The suite once more with the database on this thread instead of one of its own: coverage does not see other threads.
vi.mock('../src/session/threads.ts', () => ({
  takeThread: () => {
    const { port1, port2 } = new MessageChannel()
    serve(port2)
    return Object.assign(port1, { terminate: async () => port1.close() })
  },
  giveBack: (port: { close(): void }) => port.close(),
}))

async function openTemporary(): Promise<EngineSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'qarion-sqlite-in-process-'))
  const path = join(folder, 'data.db')
  return {
    engine: createSqliteEngine({ path }),
    exists: async () => existsSync(path),
    storageBytes: async () => (await stat(path)).size,
    close: () => rm(folder, { recursive: true, force: true }),
  }
}

// A statement cannot be cancelled from the thread that it keeps busy.
const unlessCancelled: typeof it = Object.assign((name: string, ...rest: unknown[]) => {
  if (!name.startsWith('cancel/')) (it as (...args: unknown[]) => void)(name, ...rest)
}, it)

engineSuite(unlessCancelled, openTemporary)
