import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { promisify } from 'node:util'

/** What tells a process from every other one, also from a later one with its number. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in a form that only equality is asked of; `null` where the system does not tell. */
  readonly startedAt: string | null
  readonly host: string
  /** Where process numbers mean the same: one boot of one machine, one container. */
  readonly machine: string
}

const run = promisify(execFile)

export async function identifyOwnProcess(): Promise<ProcessIdentity> {
  const host = hostname()
  const [boot, namespace] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
  ])
  return {
    pid: process.pid,
    startedAt: (await startOf(process.pid)) ?? null,
    host,
    machine: [host, boot.trim(), namespace].join(' ').trim(),
  }
}

/** Whether a process of this machine is gone; `undefined` where that cannot be told. */
export async function isProcessGone(owner: ProcessIdentity): Promise<boolean | undefined> {
  try {
    process.kill(owner.pid, 0)
  } catch (cause) {
    // EPERM: it is there, and another user's.
    if ((cause as NodeJS.ErrnoException).code === 'ESRCH') return true
  }
  const startedAt = await startOf(owner.pid)
  if (startedAt === undefined || owner.startedAt === null) return undefined
  return startedAt !== owner.startedAt
}

/** `gone` for a process that has ended but is not yet collected by its parent. */
async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined
  if (process.platform !== 'linux') {
    const found = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined)
    return found?.stdout.trim() || undefined
  }
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the name in parentheses, which may hold anything.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields === undefined) return 'gone'
  return fields[0] === 'Z' || fields[0] === 'X' ? 'gone' : fields[19]
}
