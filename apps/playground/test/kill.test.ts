import { fileURLToPath } from 'node:url'

import { rowsOf } from '@qarion/core'
import { createQarion } from '@qarion/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  ALL_PLUGINS,
  copyProject,
  createScenario,
  PERSISTENT_ENGINE_IDS,
  type EngineId,
  type Scenario,
} from '../src/index.ts'
import { runChild, type Outcome } from './run-child.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
const ROWS = 3000
const BATCHES = 3
/** Kills at random instants per engine; those at step boundaries come on top. `QARION_TEST_KILLS` makes more. */
const RANDOM_KILLS = Number(process.env['QARION_TEST_KILLS'] ?? 8)

const runProject = (
  directory: string,
  { killAt, killAfterMs }: { killAt?: number; killAfterMs?: number } = {},
): Promise<Outcome> =>
  runChild(CHILD, [directory, ...(killAt === undefined ? [] : [String(killAt)])], killAfterMs)

const csv = (batch: number): string =>
  `id,v\n${Array.from({ length: ROWS }, (_, index) => (index % 50 === batch ? '' : `k${index},${index % 7 === batch ? batch : 0}\n`)).join('')}`

describe.each(PERSISTENT_ENGINE_IDS)('%s', (engine: EngineId) => {
  let template: Scenario
  let expected: Record<string, string[]>
  let eventCount: number
  let fullRunMs: number

  const contents = async (directory: string): Promise<Record<string, string[]>> => {
    const qarion = createQarion({
      projectDirectory: directory,
      env: process.env,
      discover: false,
      plugins: ALL_PLUGINS,
    })
    const result: Record<string, string[]> = {}
    for (const dataset of ['change_feed', 'current', 'rejects', 'deleted_keys']) {
      // Batch times come from the clock; everything else must be the same.
      const { columns } = await qarion.show({ dataset: `t.${dataset}`, limit: 0 })
      const names = columns.map(({ name }) => name).filter((name) => name !== 'xt_batch_time')
      const shown = await qarion.show({ dataset: `t.${dataset}`, columns: names })
      result[dataset] = []
      for await (const batch of shown.batches)
        for (const row of rowsOf(batch)) result[dataset].push(row.join('|'))
    }
    await qarion.close()
    return result
  }

  beforeAll(async () => {
    template = await createScenario({ engine })
    for (let batch = 1; batch <= BATCHES; batch += 1)
      await template.deliver(`d${batch}.csv`, csv(batch))
    const reference = await copyProject(template, engine)
    const outcome = await runProject(reference.directory)
    expect(outcome).toMatchObject({ code: 0 })
    eventCount = Number(outcome.output)
    fullRunMs = outcome.durationMs
    expected = await contents(reference.directory)
    expect(expected['change_feed']?.length).toBeGreaterThan(ROWS)
    await reference.close()
  }, 120_000)

  afterAll(() => template.close())

  const killThenFinish = async (options: {
    killAt?: number
    killAfterMs?: number
  }): Promise<boolean> => {
    const copy = await copyProject(template, engine)
    const { directory } = copy
    try {
      const killed = await runProject(directory, options)
      const finished = await runProject(directory)
      expect(finished).toMatchObject({ code: 0 })
      expect(await contents(directory)).toEqual(expected)
      return killed.signal === 'SIGKILL'
    } finally {
      await copy.close()
    }
  }

  it('SIGKILL at every event: nothing lost, nothing doubled', { timeout: 300_000 }, async () => {
    let killed = 0
    for (let event = 0; event < eventCount; event += 1)
      if (await killThenFinish({ killAt: event })) killed += 1
    expect(killed).toBe(eventCount)
    expect(eventCount).toBeGreaterThanOrEqual(20)
  })

  it(
    'SIGKILL at random instants: nothing lost, nothing doubled',
    { timeout: 300_000 },
    async () => {
      let killed = 0
      for (let attempt = 0; attempt < RANDOM_KILLS; attempt += 1) {
        if (await killThenFinish({ killAfterMs: 50 + Math.random() * fullRunMs })) killed += 1
      }
      expect(killed).toBeGreaterThan(0)
    },
  )
})
