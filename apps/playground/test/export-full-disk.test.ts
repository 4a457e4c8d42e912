import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { PERSISTENT_ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'
import { exportedFiles, openExports } from './export-support.ts'

const open = openExports()

const DISK_BYTES = 16 << 20
/** What is left of it: less than a file takes. */
const FREE_BYTES = 300_000
const ROWS = 30_000

/** Mounts a small file system of its own, in memory; `undefined` where that is not allowed. */
function mountDisk(path: string): (() => void) | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', path], {
      stdio: 'ignore',
    })
  } catch {
    return undefined
  }
  return () => execFileSync('umount', [path])
}

/** Texts that no compression makes small. */
function delivery(version: number): string {
  let state = version
  const next = (): string => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state.toString(36)
  }
  const rows = Array.from(
    { length: ROWS },
    (_, row) => `${row},${Array.from({ length: 14 }, next).join('')}\n`,
  )
  return `id,v\n${rows.join('')}`
}

async function freeBytes(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path)
  return bavail * bsize
}

async function expectFullDisk(scenario: Scenario, file: string): Promise<void> {
  const { errors } = await scenario.run()
  expect(errors[0]?.error).toMatchObject({ code: 'QRN-FILE-005', reason: 'resource' })
  expect(errors[0]?.error.message).toContain(`${file} cannot be written: no space is left`)
  expect(errors[0]?.error.message).not.toContain('.qarion-')
  expect(errors[0]?.error.hint).toBeTruthy()
}

describe.each(PERSISTENT_ENGINE_IDS)('%s on a full disk', (engine: EngineId) => {
  it.for(['csv', 'json', 'parquet'])(
    'leaves the %s file that was there and nothing else; the next run writes it',
    { timeout: 120_000 },
    async (format, { skip }) => {
      const file = `exports/now.${format}`
      const scenario = await open(engine, `file_path = "${file}"\nformat = "${format}"`, {
        source: 't.current',
      })
      const disk = join(scenario.directory, 'exports')
      await mkdir(disk)
      const unmount = mountDisk(disk)
      if (unmount === undefined) {
        // CI runs as root, where it can be mounted.
        expect(process.env['CI'] === 'true' && process.getuid?.() === 0).toBe(false)
        skip('a file system to fill can only be mounted by root')
      }
      try {
        await scenario.deliver('d1.csv', delivery(1))
        await scenario.runOk()
        const before = await readFile(join(scenario.directory, file))
        await writeFile(join(disk, 'ballast'), Buffer.alloc((await freeBytes(disk)) - FREE_BYTES))

        await scenario.deliver('d2.csv', delivery(2))
        await expectFullDisk(scenario, file)
        expect(await exportedFiles(scenario)).toEqual(['ballast', `now.${format}`])
        expect((await readFile(join(scenario.directory, file))).equals(before)).toBe(true)
        await expectFullDisk(scenario, file)

        await rm(join(disk, 'ballast'))
        await scenario.runOk()
        expect(await exportedFiles(scenario)).toEqual([`now.${format}`])
        expect((await readFile(join(scenario.directory, file))).equals(before)).toBe(false)
      } finally {
        unmount?.()
      }
    },
  )
})
