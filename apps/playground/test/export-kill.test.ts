import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { rowsOf } from '@qarion/core'
import { createQarion } from '@qarion/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ALL_PLUGINS, FILE_ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'
import { createExport, exportedFiles, readExport } from './export-support.ts'
import { runChild, type Outcome } from './run-child.ts'

const CHILD = fileURLToPath(new URL('./export-kill-child.ts', import.meta.url))
const ROWS = 4000
const BATCHES = 2
/** Folders of each batch: x, v0 and v1. */
const PARTITIONS = 3
/** Kills at random instants per engine; those at events and commits come on top. */
const RANDOM_KILLS = Number(process.env['QARION_TEST_KILLS'] ?? 4)

const runProject = (
  directory: string,
  words: readonly string[] = [],
  killAfterMs?: number,
): Promise<Outcome> => runChild(CHILD, [directory, ...words], killAfterMs)

const csv = (batch: number): string =>
  `id,v\n${Array.from({ length: ROWS }, (_, index) => `k${index},${index % 3 === batch ? 'x' : `v${index % 2}`}\n`).join('')}`

const isFinal = (name: string): boolean => !/(^|\/)\./.test(name)

// The runs of this test work on copies of a project's folder, which hold all there is.
describe.each(FILE_ENGINE_IDS)('%s', (engine: EngineId) => {
  let template: Scenario
  let expected: Awaited<ReturnType<typeof contents>>
  let eventCount: number
  let commitCount: number
  let fullRunMs: number

  /** Every file with its text, and what is recorded of them. */
  async function contents(directory: string): Promise<Readonly<Record<string, unknown>>> {
    const files: Record<string, unknown> = {}
    for (const name of await exportedFiles({ directory }))
      files[name] = await readExport({ directory }, name)
    const qarion = createQarion({
      projectDirectory: directory,
      discover: false,
      plugins: ALL_PLUGINS,
    })
    const columns = ['xt_batch_id', 'path', 'row_count', 'size_bytes', 'content_hash']
    const shown = await qarion.show({ dataset: 'x.files', columns })
    const rows: string[] = []
    for await (const batch of shown.batches)
      for (const row of rowsOf(batch)) rows.push(row.join('|'))
    await qarion.close()
    return { files, rows }
  }

  beforeAll(async () => {
    template = await createExport(
      engine,
      'file_path = "exports/{batch_id}/x.csv"\nformat = "csv"\nexport_mode = "changes_only"\npartition_by = ["v"]',
    )
    for (let batch = 1; batch <= BATCHES; batch += 1)
      await template.deliver(`d${batch}.csv`, csv(batch))
    await template.runOk({ flows: ['t'] })
    await template.qarion.close()
    const reference = await copyOf(template.directory)
    const outcome = await runProject(reference)
    expect(outcome).toMatchObject({ code: 0 })
    ;[eventCount, commitCount] = outcome.output.split(' ').map(Number) as [number, number]
    fullRunMs = outcome.durationMs
    expected = await contents(reference)
    expect(Object.keys(expected['files'] as object)).toHaveLength(6)
    await rm(reference, { recursive: true, force: true })
  }, 120_000)

  afterAll(() => template.close())

  /** Kills a run, looks at the names that are there, and lets another run finish. */
  const killThenFinish = async (
    words: readonly string[],
    killAfterMs?: number,
  ): Promise<{ wasKilled: boolean; names: readonly string[] }> => {
    const directory = await copyOf(template.directory)
    try {
      const killed = await runProject(directory, words, killAfterMs)
      const names = await exportedFiles({ directory })
      const files = expected['files'] as Readonly<Record<string, string>>
      for (const name of names.filter(isFinal))
        expect(await readExport({ directory }, name)).toBe(files[name])
      expect(await runProject(directory)).toMatchObject({ code: 0 })
      expect(await contents(directory)).toEqual(expected)
      return { wasKilled: killed.signal === 'SIGKILL', names }
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  }

  it('SIGKILL at every event', { timeout: 300_000 }, async () => {
    for (let event = 0; event < eventCount; event += 1)
      expect((await killThenFinish(['event', String(event)])).wasKilled).toBe(true)
    expect(eventCount).toBeGreaterThanOrEqual(11)
  })

  it('SIGKILL before and after every commit', { timeout: 300_000 }, async () => {
    expect(commitCount).toBe(2 * BATCHES)
    const seen: Record<string, readonly string[]> = {}
    for (let commit = 0; commit < commitCount; commit += 1) {
      for (const when of ['before', 'after']) {
        const { wasKilled, names } = await killThenFinish([when, String(commit)])
        expect(wasKilled).toBe(true)
        seen[`${when} ${commit}`] = names
      }
    }
    // Whole under other names, recorded or not; then under their own, recorded as done or not.
    const count = (when: string, wanted: boolean): number =>
      (seen[when] ?? []).filter((name) => isFinal(name) === wanted).length
    expect([count('before 0', true), count('before 0', false)]).toEqual([0, PARTITIONS])
    expect([count('after 0', true), count('after 0', false)]).toEqual([0, PARTITIONS])
    expect([count('before 1', true), count('before 1', false)]).toEqual([PARTITIONS, 0])
    expect([count('after 1', true), count('after 1', false)]).toEqual([PARTITIONS, 0])
  })

  it('a definition that changes after a kill leaves nothing of the old one', async () => {
    const directory = await copyOf(template.directory)
    try {
      expect((await runProject(directory, ['after', '0'])).signal).toBe('SIGKILL')
      expect(await exportedFiles({ directory })).toHaveLength(PARTITIONS)
      const flow = join(directory, 'flows/a_x.toml')
      const text = await readFile(flow, 'utf8')
      await writeFile(
        flow,
        text.replace('exports/{batch_id}/x.csv', 'exports/new_{batch_id}/x.csv'),
      )
      expect(await runProject(directory)).toMatchObject({ code: 0 })
      const files = await exportedFiles({ directory })
      expect(files).toEqual(Object.keys(expected['files'] as object).map((name) => `new_${name}`))
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('SIGKILL at random instants', { timeout: 300_000 }, async () => {
    let killed = 0
    for (let attempt = 0; attempt < RANDOM_KILLS; attempt += 1) {
      const { wasKilled } = await killThenFinish([], 50 + Math.random() * fullRunMs)
      if (wasKilled) killed += 1
    }
    expect(killed).toBeGreaterThan(0)
  })
})

async function copyOf(directory: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'qarion-export-kill-'))
  await cp(directory, copy, { recursive: true, preserveTimestamps: true })
  expect(await readdir(copy)).toContain('qarion.toml')
  return copy
}
