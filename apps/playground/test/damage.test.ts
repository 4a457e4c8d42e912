import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { isQarionError, type QarionError } from '@qarion/core'
import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))

let scenario: Scenario
afterEach(() => scenario.close())

async function errorOfRun(): Promise<QarionError> {
  try {
    const result = await scenario.run()
    return result.errors[0]?.error as QarionError
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return thrown
  }
}

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  const store = (): string =>
    join(scenario.directory, 'store', engine === 'sqlite' ? 't.db' : 't.duckdb')

  it('a file that is no database is refused and left as it is', async () => {
    scenario = await createScenario({ engine })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await mkdir(join(scenario.directory, 'store'))
    const garbage = Buffer.alloc(20_000, 'this is no database ')
    await writeFile(store(), garbage)
    expect(await errorOfRun()).toMatchObject({ reason: 'corrupt' })
    expect(await readFile(store())).toEqual(garbage)
  })

  it('a disk that takes no more: an error, every target as it was, and the next run finishes', async () => {
    scenario = await createScenario({ engine })
    await scenario.deliver('d1.csv', 'id,v\na,1\nb,2\n')
    await scenario.runOk()
    const feed = await scenario.rows('change_feed')
    const rows = Array.from({ length: 60_000 }, (_, index) => `key-${index * 7919},${index}`)
    await scenario.deliver('d2.csv', `id,v\na,1\nb,2\n${rows.join('\n')}\n`)
    await scenario.restart()
    // Files may grow to 1 MB (2,048 blocks of 512 bytes); writing on fails as it does on a full disk.
    const limited = spawnSync(
      'sh',
      [
        '-c',
        'trap "" XFSZ; ulimit -f 2048; exec "$0" "$@"',
        process.execPath,
        CHILD,
        scenario.directory,
      ],
      { encoding: 'utf8' },
    )
    expect(limited.status).toBe(1)
    expect(limited.stderr).toMatch(/reason: '(resource|file_system)'/)
    expect(await scenario.rows('change_feed')).toEqual(feed)
    expect(await scenario.rows('current')).toEqual(['a|1', 'b|2'])
    await scenario.runOk()
    expect((await scenario.qarion.show({ dataset: 't.current' })).totalRows).toBe(60_002)
    expect((await scenario.qarion.show({ dataset: 't.change_feed' })).totalRows).toBe(60_002)
  })

  it('a delivery that is a link out of the project is refused', async () => {
    scenario = await createScenario({ engine })
    const outside = await mkdtemp(join(tmpdir(), 'qarion-outside-'))
    try {
      await writeFile(join(outside, 'd.csv'), 'id,v\na,1\n')
      await symlink(join(outside, 'd.csv'), join(scenario.directory, 'data', 'd1.csv'))
      const error = await errorOfRun()
      expect(error.reason).toBe('configuration')
      expect(error.hint).toContain('allowed_paths')
    } finally {
      await rm(outside, { recursive: true, force: true })
    }
  })

  it('a source folder that is missing is named', async () => {
    scenario = await createScenario({ engine })
    await rm(join(scenario.directory, 'data'), { recursive: true })
    const error = await errorOfRun()
    expect(error.code).toMatch(/^QRN-FILE-/)
    expect(error.message).toContain('data')
  })

  it('reading a project that was never run shows no rows and makes no file', async () => {
    scenario = await createScenario({ engine })
    expect(await scenario.rows('change_feed')).toEqual([])
    expect(await scenario.rows('current')).toEqual([])
    const [status] = await scenario.qarion.status()
    expect(status).toMatchObject({ flow: 't', waiting: [], rejectedRows: 0 })
    await expect(readFile(store())).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
