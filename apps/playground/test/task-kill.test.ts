import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { runChild } from './run-child.ts'
import { task, taskFlow, withTasks } from './standard-support.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))

const TASKS = taskFlow(
  task('orders', 'flow_trigger', 'target_flow_id = "t"') +
    task('people', 'ingestion', 'path = "in.csv"\nformat = "csv"', 'target_dataset_id = "people"') +
    task(
      'history',
      'transformation',
      'processing_type = "INCREMENTAL"\nrules = [{ operation = "select", columns = ["id"] }]',
      'source_dataset_id = "t.current"\ntarget_dataset_id = "history"\ndependencies = ["orders"]',
    ) +
    task(
      'file',
      'export',
      'file_path = "out/{batch_id}.csv"\nformat = "csv"',
      'source_dataset_id = "history"\ndependencies = ["history"]',
    ) +
    task('trace', 'script', 'path = "trace.mjs"', 'dependencies = ["people"]'),
  '[input]\ncolumns = [{ name = "name", schema_type = "string" }]',
)

const TRACE = `import { appendFileSync } from 'node:fs'
export default ({ projectDirectory, batch }) =>
  appendFileSync(projectDirectory + '/trace.txt', batch + ' ')`

/** Whether the run was killed before its end. */
async function killThenFinish(engine: 'sqlite' | 'duckdb', event: number): Promise<boolean> {
  let isKilled = false
  await withTasks(
    { s: TASKS },
    async (t) => {
      await writeFile(join(t.directory, 'in.csv'), 'name\nann\n')
      await writeFile(join(t.directory, 'trace.mjs'), TRACE)
      await mkdir(join(t.directory, 'out'))
      const killed = await runChild(CHILD, [t.directory, String(event)])
      isKilled = killed.signal !== null
      expect(await runChild(CHILD, [t.directory])).toMatchObject({ code: 0 })
      expect(await t.rows('s.history', ['id', 'xt_batch_id'], { batch: 1 })).toEqual([
        'a|1',
        'b|1',
        'c|1',
      ])
      expect(await t.rows('s.results', ['task', 'status'], { batch: 1 })).toEqual([
        'file|succeeded',
        'history|succeeded',
        'orders|succeeded',
        'people|succeeded',
        'trace|succeeded',
      ])
      expect(await t.rows('s.people')).toEqual(['ann'])
      expect((await t.rows('t.change_feed')).length).toBe(3)
      expect(await readFile(join(t.directory, 'out/1.csv'), 'utf8')).toMatch(/^id,.*\na,1,/)
      // Its record may be missing where the script is done: then it is done once more, and no more.
      const ran = (await readFile(join(t.directory, 'trace.txt'), 'utf8')).split(' ')
      expect(ran.filter((batch) => batch === '1').length).toBeLessThanOrEqual(2)
    },
    { engine },
  )
  return isKilled
}

describe.each(['sqlite', 'duckdb'] as const)('%s', (engine) => {
  it('SIGKILL at every event: the batch is finished once', { timeout: 300_000 }, async () => {
    let event = 0
    while (await killThenFinish(engine, event)) event += 1
    expect(event).toBeGreaterThan(20)
  })
})
