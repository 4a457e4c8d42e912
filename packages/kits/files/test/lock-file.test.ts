import { spawn, type ChildProcess } from 'node:child_process'
import { appendFile, mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, it, onTestFinished } from 'vitest'

import { acquireFileLock, type FileLock } from '../src/index.ts'
import { errorOf, temporaryFolder } from './support.ts'

const holderScript = fileURLToPath(new URL('fixtures/hold-lock.ts', import.meta.url))

function acquire(
  path: string,
  waitMs = 0,
  signal = new AbortController().signal,
): Promise<FileLock> {
  return acquireFileLock(path, { description: 'qarion run orders', waitMs, signal })
}

/** A process that holds the lock as the fixture's `mode` says; resolves with its first line. */
async function start(path: string, mode: string, ...rest: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holderScript, path, mode, ...rest], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  if (mode === 'hold') await new Promise((resolve) => child.stdout.once('data', resolve))
  return child
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', resolve))
}

it('is held by one, and free again after release', async () => {
  const path = join(await temporaryFolder(), 'shop.db.lock')
  const lock = await acquire(path)
  expect(lock.isHeld()).toBe(true)
  expect(lock.fence).toBe(1n)
  const error = await errorOf(acquire(path))
  expect([error.code, error.reason, error.isRetryable]).toEqual(['QRN-FILE-013', 'locked', true])
  expect(error.message).toContain(`qarion run orders (process ${process.pid} on ${hostname()})`)
  expect(error.message).toMatch(/since \d{4}-/)
  expect(error.hint).toContain('--wait 10m')
  await lock.release()
  await lock.release()
  expect(lock.isHeld()).toBe(false)
  const next = await acquire(path)
  expect(next.fence).toBe(2n)
  await next.release()
})

it('waits for the holder, and can be aborted while it waits', async () => {
  const path = join(await temporaryFolder(), 'lock')
  const lock = await acquire(path)
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 50)
  expect((await errorOf(acquire(path, 10_000, controller.signal))).code).toBe('QRN-FILE-014')
  const waiting = acquire(path, 10_000)
  setTimeout(() => void lock.release(), 50)
  const next = await waiting
  expect(next.fence).toBe(2n)
  await next.release()
})

it('names a living process, and takes the lock at once when it is killed', async () => {
  const path = join(await temporaryFolder(), 'lock')
  const child = await start(path, 'hold')
  expect((await errorOf(acquire(path))).data['pid']).toBe(child.pid)
  const gone = ended(child)
  child.kill('SIGKILL')
  await gone
  const lock = await acquire(path)
  expect(lock.fence).toBe(2n)
  await lock.release()
})

it('lets 8 racing processes in one after the other, through kills', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'lock')
  const log = join(folder, 'log')
  const victim = await start(path, 'hold')
  const racers = await Promise.all(Array.from({ length: 8 }, () => start(path, 'work', log)))
  await new Promise((resolve) => setTimeout(resolve, 300))
  victim.kill('SIGKILL')
  expect(await Promise.all(racers.map(ended))).toEqual(racers.map(() => 0))
  const lines = (await readFile(log, 'utf8')).trim().split('\n')
  expect(lines).toHaveLength(8 * 5 * 2)
  // Each entry is followed by the exit of the same process, with a number that was never given before.
  for (let at = 0; at < lines.length; at += 2) {
    const [, fence] = (lines[at] ?? '').split(' ')
    expect(lines[at]).toMatch(/^in /)
    expect(lines[at + 1]).toBe(`out ${fence}`)
  }
  const fences = lines.filter((line) => line.startsWith('in ')).map((line) => Number(line.slice(3)))
  expect(new Set(fences).size).toBe(fences.length)
  expect(fences.toSorted((a, b) => a - b)).toEqual(fences)
  // Used numbers are cleared away.
  expect((await readdir(path)).length).toBeLessThanOrEqual(4)
}, 60_000)

async function record(path: string, changes: object, ageMs = 0): Promise<void> {
  const own = await acquire(path)
  const file = join(path, '1.json')
  const text = await readFile(file, 'utf8')
  await own.release()
  const other = `${path}-other`
  await mkdir(other)
  await writeFile(join(other, '1.json'), JSON.stringify({ ...JSON.parse(text), ...changes }))
  const at = new Date(Date.now() - ageMs)
  await utimes(join(other, '1.json'), at, at)
}

it('passes a process whose number was given to another one', async () => {
  const path = join(await temporaryFolder(), 'lock')
  await record(path, { startedAt: '1' })
  const lock = await acquire(`${path}-other`)
  expect(lock.fence).toBe(2n)
  await lock.release()
})

it('believes a holder of another machine until it has been silent for a minute', async () => {
  const path = join(await temporaryFolder(), 'lock')
  await record(path, { host: 'elsewhere', machine: 'elsewhere', pid: 1 }, 30_000)
  const error = await errorOf(acquire(`${path}-other`))
  expect(error.message).toContain('on elsewhere')
  const at = new Date(Date.now() - 61_000)
  await utimes(join(`${path}-other`, '1.json'), at, at)
  await (await acquire(`${path}-other`)).release()
})

it('waits for a record that is being written, and passes one that a crash cut', async () => {
  const path = join(await temporaryFolder(), 'lock')
  await mkdir(path)
  await writeFile(join(path, '7.json'), '{"pid":')
  expect((await errorOf(acquire(path))).message).toContain('being taken')
  const at = new Date(Date.now() - 61_000)
  await utimes(join(path, '7.json'), at, at)
  const lock = await acquire(path)
  expect(lock.fence).toBe(8n)
  await lock.release()
})

it('says that it lives, and notices that it lost the lock', async () => {
  const path = join(await temporaryFolder(), 'lock')
  const lock = await acquireFileLock(path, {
    description: 'test',
    waitMs: 0,
    signal: new AbortController().signal,
    heartbeatMs: 20,
  })
  const file = join(path, '1.json')
  await utimes(file, 1, 1)
  const { stat } = await import('node:fs/promises')
  await expect.poll(async () => (await stat(file)).mtimeMs).toBeGreaterThan(1_000_000)
  expect(lock.isHeld()).toBe(true)
  await appendFile(join(path, '2.json'), '{}')
  await expect.poll(() => lock.isHeld()).toBe(false)
  await lock.release()
  expect(await readdir(path)).not.toContain('1.released')
})
