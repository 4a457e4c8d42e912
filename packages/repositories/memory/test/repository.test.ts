import type { PluginHost, RunRecord } from '@qarion/core'
import { expect, test } from 'vitest'

import plugin from '../src/plugin.ts'

const run: RunRecord = {
  id: 'a',
  environment: 'default',
  startedAtMs: 1000,
  status: 'succeeded',
  command: 'qarion run',
  acceptedGuards: [],
  flows: [{ flow: 'orders', status: 'succeeded', batches: [] }],
}

test('each repository of the plugin has a history of its own', async () => {
  const first = await plugin.create({} as PluginHost, {})
  const second = await plugin.create({} as PluginHost, {})
  await first.runs.save(run)
  await first.close()
  expect(await first.runs.list()).toEqual([run])
  expect(await second.runs.list()).toEqual([])
})

test('what callers do to their objects changes nothing that is kept', async () => {
  const repository = await plugin.create({} as PluginHost, {})
  const entry = { batch: 1, recordedAtMs: 1, columns: '[]' }
  const mine = structuredClone(run) as { status: RunRecord['status'] } & RunRecord
  await repository.runs.save(mine)
  await repository.schemaHistory.append('a.b', entry)
  mine.status = 'failed'
  entry.batch = 2
  const [listed] = (await repository.runs.list()) as unknown as { status: string }[]
  if (listed !== undefined) listed.status = 'failed'
  const got = (await repository.runs.get('a')) as { status: string }
  got.status = 'failed'
  const [kept] = (await repository.schemaHistory.list('a.b')) as unknown as { batch: number }[]
  if (kept !== undefined) kept.batch = 3
  expect(await repository.runs.get('a')).toEqual(run)
  expect(await repository.runs.list()).toEqual([run])
  expect(await repository.schemaHistory.list('a.b')).toEqual([
    { batch: 1, recordedAtMs: 1, columns: '[]' },
  ])
})
