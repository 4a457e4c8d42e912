import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { isAlive } from './is-alive.ts'

export interface ServerUrlOptions {
  /**
   * The process whose end is the end of the server. Default: the one that runs all tests, of which a file of tests is
   * a child; elsewhere this one.
   */
  readonly ownerPid?: number
}

/** What the host of a shared server says of it. */
export interface HostReport {
  readonly hostPid: number
  readonly url?: string
  readonly error?: string
}

const HOST = fileURLToPath(new URL('./host.ts', import.meta.url))
const POLL_MS = 20
const GIVE_UP_AFTER_MS = 60_000

/**
 * URL of a server that all files of one test run share: the first to ask starts it, and it ends with the run, however
 * that ends. `QARION_TEST_POSTGRES_URL` names another one.
 */
export async function serverUrl({
  ownerPid = process.env['VITEST'] === undefined ? process.pid : process.ppid,
}: ServerUrlOptions = {}): Promise<string> {
  const given = process.env['QARION_TEST_POSTGRES_URL']
  if (given !== undefined && given !== '') return given
  const directory = join(tmpdir(), `qarion-postgres-of-${ownerPid}`)
  const deadline = Date.now() + GIVE_UP_AFTER_MS
  for (;;) {
    if (await isFirst(directory)) startHost(directory, ownerPid)
    const report = await readReport(directory)
    if (report?.error !== undefined) throw new Error(report.error)
    if (report?.url !== undefined && isAlive(report.hostPid)) return report.url
    // What a host left that was killed, of a process whose number the owner has now.
    if (report !== undefined && !isAlive(report.hostPid))
      await rm(directory, { recursive: true, force: true })
    if (Date.now() > deadline) throw new Error(`No server came up in ${directory}.`)
    await sleep(POLL_MS)
  }
}

/** Only one process can make a folder. */
async function isFirst(directory: string): Promise<boolean> {
  try {
    await mkdir(directory)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  }
}

function startHost(directory: string, ownerPid: number): void {
  spawn(process.execPath, [HOST, directory, String(ownerPid)], {
    detached: true,
    stdio: 'ignore',
  }).unref()
}

async function readReport(directory: string): Promise<HostReport | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, 'report.json'), 'utf8')) as HostReport
  } catch {
    return undefined
  }
}
