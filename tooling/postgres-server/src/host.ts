// Runs a server as long as another process lives: node host.ts <folder for the report> <pid of the owner>
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { isAlive } from './is-alive.ts'
import type { HostReport } from './shared-server.ts'
import { startServer } from './start-server.ts'

const LOOK_EVERY_MS = 200
/** So long others may read why there is no server. */
const KEEP_ERROR_MS = 10_000

const [, , directory = '', owner = ''] = process.argv
const ownerPid = Number(owner)

async function report(content: Omit<HostReport, 'hostPid'>): Promise<void> {
  const aside = join(directory, 'report.part')
  await writeFile(aside, JSON.stringify({ hostPid: process.pid, ...content }))
  await rename(aside, join(directory, 'report.json'))
}

// A terminal's Ctrl-C is for the tests; the server goes when they have gone.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

try {
  const server = await startServer()
  try {
    await report({ url: server.url })
    while (isAlive(ownerPid) && server.process.exitCode === null) await sleep(LOOK_EVERY_MS)
  } finally {
    await server.stop()
  }
} catch (thrown) {
  await report({ error: String(thrown) })
  await sleep(KEEP_ERROR_MS)
} finally {
  await rm(directory, { recursive: true, force: true })
}
