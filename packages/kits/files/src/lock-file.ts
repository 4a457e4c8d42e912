import { randomUUID } from 'node:crypto'
import {
  access,
  link,
  mkdir,
  readFile,
  readdir,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import { classifyFileError, systemCodeOf } from './classify-file-error.ts'
import { fileError } from './files-errors.ts'
import { identifyOwnProcess, isProcessGone, type ProcessIdentity } from './process-identity.ts'

export interface FileLockOptions {
  /** What the lock is taken for, for the message that others get: `qarion run orders`. */
  readonly description: string
  /** Wait so long for another holder before giving up. */
  readonly waitMs: number
  readonly signal: AbortSignal
  /** How often the holder says that it lives; 5,000 if absent. */
  readonly heartbeatMs?: number
  /** A holder that cannot be looked at (another machine) and has been silent so long counts as dead; 60,000 if absent. */
  readonly staleAfterMs?: number
}

/** A lock that this process holds. */
export interface FileLock {
  /** Grows with every lock of the same path. */
  readonly fence: bigint
  /** False once released, or once somebody took the lock away because this process looked dead. */
  isHeld(): boolean
  /** Lets others have the lock. May be called again. */
  release(): Promise<void>
}

interface LockRecord extends ProcessIdentity {
  readonly description: string
  /** ISO 8601. */
  readonly since: string
}

interface Holder {
  readonly number: number
  /** `undefined` where the file cannot be read as a record: it is being written, or was cut by a crash. */
  readonly record: LockRecord | undefined
  readonly isReleased: boolean
  readonly silentMs: number
}

const RECORD_FILE = /^([1-9][0-9]*)\.json$/
const NUMBERED_FILE = /^([1-9][0-9]*)\./

/**
 * Takes the lock at `path`, a small folder. Each holder makes a file with the next number in it by `link`, which only
 * one can; the highest number is the holder, until a second file says that it is released. Files are only added, and
 * removed once a higher number is there, so a number is never given twice and no slow process can take a lock that has
 * moved on. A dead holder of this machine is passed at
 * once. Throws QRN-FILE-013 (reason `locked`), naming the holder, after `waitMs`, and QRN-FILE-014 when aborted.
 */
export async function acquireFileLock(path: string, options: FileLockOptions): Promise<FileLock> {
  const { staleAfterMs = 60_000, signal, waitMs } = options
  const own = await identifyOwnProcess()
  const deadline = Date.now() + waitMs
  try {
    await mkdir(path, { recursive: true })
    for (;;) {
      signal.throwIfAborted()
      const holder = await readHolder(path)
      if (holder === undefined || (await isFree(holder, own, staleAfterMs))) {
        const number = (holder?.number ?? 0) + 1
        if (await createRecord(path, number, own, options.description))
          return hold(path, number, options)
        continue
      }
      const left = deadline - Date.now()
      if (left <= 0) throw lockedError(path, holder)
      await sleep(Math.min(left, 50 + Math.random() * 100), undefined, { signal })
    }
  } catch (cause) {
    throw classifyFileError(cause, path)
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  for (;;) {
    const number = await highestNumber(path)
    if (number === 0) return undefined
    const file = recordPath(path, number)
    try {
      const [text, stats, isReleased] = await Promise.all([
        readFile(file, 'utf8'),
        stat(file),
        exists(releasePath(path, number)),
      ])
      return { number, record: parseRecord(text), isReleased, silentMs: Date.now() - stats.mtimeMs }
    } catch (cause) {
      // It was followed by a higher number and removed meanwhile.
      if (systemCodeOf(cause) !== 'ENOENT') throw cause
    }
  }
}

async function highestNumber(path: string): Promise<number> {
  const names = await readdir(path)
  return Math.max(0, ...names.map((name) => Number(RECORD_FILE.exec(name)?.[1] ?? 0)))
}

function recordPath(path: string, number: number): string {
  return join(path, `${number}.json`)
}

function releasePath(path: string, number: number): string {
  return join(path, `${number}.released`)
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function parseRecord(text: string): LockRecord | undefined {
  try {
    const record = JSON.parse(text) as Partial<LockRecord> | null
    return typeof record?.pid === 'number' && typeof record.machine === 'string'
      ? (record as LockRecord)
      : undefined
  } catch {
    return undefined
  }
}

async function isFree(
  { record, isReleased, silentMs }: Holder,
  own: ProcessIdentity,
  staleAfterMs: number,
): Promise<boolean> {
  if (isReleased) return true
  const isStale = silentMs > staleAfterMs
  if (record === undefined || record.machine !== own.machine) return isStale
  return (await isProcessGone(record)) ?? isStale
}

async function createRecord(
  path: string,
  number: number,
  own: ProcessIdentity,
  description: string,
): Promise<boolean> {
  const record: LockRecord = { description, ...own, since: new Date().toISOString() }
  const target = recordPath(path, number)
  const text = `${JSON.stringify(record, undefined, 2)}\n`
  const aside = join(path, `.${randomUUID()}`)
  try {
    await writeFile(aside, text)
    await link(aside, target)
  } catch (cause) {
    const code = systemCodeOf(cause)
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw cause
    // A file system without hard links: others may see the file before its content, and then wait.
    if (!(await writeExclusively(target, text))) return false
  } finally {
    await rm(aside, { force: true })
  }
  const highest = await highestNumber(path)
  if (highest === number) return true
  // The lock moved on between looking and linking, and this number had already been removed.
  await rm(target, { force: true })
  return false
}

async function writeExclusively(target: string, text: string): Promise<boolean> {
  try {
    await writeFile(target, text, { flag: 'wx' })
    return true
  } catch (cause) {
    if (systemCodeOf(cause) === 'EEXIST') return false
    throw cause
  }
}

function hold(path: string, number: number, options: FileLockOptions): FileLock {
  const { heartbeatMs = 5000 } = options
  const file = recordPath(path, number)
  let isHeld = true

  const beat = async (): Promise<void> => {
    const now = new Date()
    try {
      await utimes(file, now, now)
      if ((await highestNumber(path)) !== number) isHeld = false
    } catch (cause) {
      // Anything else, such as a network file system that is away for a moment, says nothing about the lock.
      if (systemCodeOf(cause) === 'ENOENT') isHeld = false
    }
    if (!isHeld) clearInterval(timer)
  }
  const timer = setInterval(() => void beat(), heartbeatMs)
  timer.unref()
  void removeOlder(path, number)

  return {
    fence: BigInt(number),
    isHeld: () => isHeld,
    release: async () => {
      clearInterval(timer)
      if (!isHeld) return
      isHeld = false
      try {
        await writeFile(releasePath(path, number), '')
      } catch (cause) {
        throw classifyFileError(cause, path)
      }
    },
  }
}

async function removeOlder(path: string, number: number): Promise<void> {
  const names = await readdir(path).catch(() => [])
  for (const name of names) {
    const other = Number(NUMBERED_FILE.exec(name)?.[1] ?? number)
    // What cannot be removed now will be by the next holder.
    if (other < number) await rm(join(path, name), { force: true }).catch(() => undefined)
  }
}

function lockedError(path: string, { record, silentMs }: Holder): ReturnType<typeof fileError> {
  if (record === undefined)
    return fileError(
      'QRN-FILE-013',
      'locked',
      `The lock ${path} is being taken by another process.`,
    )
  const { description, pid, host, since } = record
  return fileError(
    'QRN-FILE-013',
    'locked',
    `${description} (process ${pid} on ${host}) holds ${path} since ${since}.`,
    { data: { description, pid, host, since, silentMs: Math.round(silentMs) } },
  )
}
