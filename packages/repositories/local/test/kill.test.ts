import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { openRepository, temporaryFolder } from './support.ts'

const SCRIPT = fileURLToPath(new URL('./saving-process.ts', import.meta.url))

/** Starts a saving process, kills it at an instant of its work, and gives the rounds it reported as done. */
async function saveAndKill(directory: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [SCRIPT, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  await once(child.stdout, 'data')
  await new Promise((resolve) => setTimeout(resolve, afterMs))
  child.kill('SIGKILL')
  await once(child, 'close')
  return output.split('\n').filter((line) => line !== '').length
}

test('SIGKILL while saving: every file is whole and nothing that was saved is lost', async () => {
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const directory = temporaryFolder()
    const done = await saveAndKill(directory, (attempt * 37) % 50)
    const { repository, warnings } = await openRepository(directory)
    const saved = await repository.runs.get('shared')
    expect(new Set(saved?.command).size).toBe(1)
    expect((saved?.command.length ?? 0) % 40_000).toBe(1)
    const entries = await repository.schemaHistory.list('d')
    expect(entries.length).toBeGreaterThanOrEqual(done)
    expect(entries.length).toBeLessThanOrEqual(done + 1)
    expect(entries.map((entry) => entry.batch)).toEqual(entries.map((_, index) => index))
    expect(warnings).toEqual([])
  }
}, 60_000)
