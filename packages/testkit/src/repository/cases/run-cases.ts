import assert from 'node:assert/strict'

import type { RunRecord } from '@qarion/core'

import type { RepositorySubject } from '../repository-subject.ts'

/** Names that must not lead anywhere else, whatever the store makes files or statements of. */
export const HOSTILE_IDS: readonly string[] = [
  '../outside', 'a/b', 'a\\b', '..', '.', "it's", '"; drop table runs; --', 'ünï', '😀', 'con', ' ', 'A', 'a', 'x'.repeat(200),
] // prettier-ignore

export function runRecord(
  id: string,
  startedAtMs: number,
  flows: readonly string[] = ['orders'],
): RunRecord {
  return {
    id,
    environment: 'default',
    startedAtMs,
    finishedAtMs: startedAtMs + 1500,
    status: 'failed',
    command: 'qarion run orders',
    acceptedGuards: [{ guard: 'mass_delete', reason: `they said "yes"` }],
    flows: flows.map((flow) => ({
      flow,
      status: 'failed',
      batches: [
        {
          batch: 3,
          batchTime: '2024-02-29T00:00:00Z',
          files: ['data/örders 3.csv'],
          counts: { new: 1, changed: 0, loaded: 9_007_199_254_740_991 },
          durationMs: 12.5,
        },
      ],
      error: {
        code: 'QRN-CSV-001',
        reason: 'data',
        message: 'line\nbreak',
        retryable: false,
        place: { file: 'a.csv', line: 2 },
      },
    })),
  }
}

/** Run history. */
export const RUN_CASES = {
  'runs/saved as they are': async ({ repository }: RepositorySubject): Promise<void> => {
    const run = runRecord('one', 1000)
    await repository.runs.save(run)
    assert.deepEqual(await repository.runs.get('one'), run)
  },
  'runs/one that is unknown': async ({ repository }: RepositorySubject): Promise<void> => {
    assert.equal(await repository.runs.get('none'), undefined)
    assert.deepEqual(await repository.runs.list(), [])
  },
  'runs/saved again in the place of the one before': async ({
    repository,
  }: RepositorySubject): Promise<void> => {
    const { finishedAtMs: _, ...running } = runRecord('one', 1000)
    await repository.runs.save({ ...running, status: 'running' })
    assert.equal((await repository.runs.get('one'))?.finishedAtMs, undefined)
    await repository.runs.save({ ...runRecord('one', 1000), status: 'succeeded' })
    assert.deepEqual(
      (await repository.runs.list()).map(({ status }) => status),
      ['succeeded'],
    )
  },
  'runs/newest first': async ({ repository }: RepositorySubject): Promise<void> => {
    for (const at of [2000, 10_000, 1000]) await repository.runs.save(runRecord(`run ${at}`, at))
    const runs = await repository.runs.list()
    assert.deepEqual(
      runs.map(({ startedAtMs }) => startedAtMs),
      [10_000, 2000, 1000],
    )
  },
  'runs/by flow, up to a limit': async ({ repository }: RepositorySubject): Promise<void> => {
    for (let at = 1; at <= 6; at += 1) {
      const flows = at % 2 === 0 ? ['orders', 'customers'] : ['orders2']
      await repository.runs.save(runRecord(`run ${at}`, at, flows))
    }
    const idsOf = async (filter: { flow?: string; limit?: number }): Promise<readonly string[]> =>
      (await repository.runs.list(filter)).map(({ id }) => id)
    assert.deepEqual(await idsOf({ flow: 'orders' }), ['run 6', 'run 4', 'run 2'])
    assert.deepEqual(await idsOf({ flow: 'customers', limit: 2 }), ['run 6', 'run 4'])
    assert.deepEqual(await idsOf({ limit: 1 }), ['run 6'])
    assert.deepEqual(await idsOf({ flow: 'order' }), [])
  },
  'runs/ids meant to break out': async ({ repository }: RepositorySubject): Promise<void> => {
    for (const [index, id] of HOSTILE_IDS.entries())
      await repository.runs.save(runRecord(id, index, [id]))
    for (const [index, id] of HOSTILE_IDS.entries()) {
      assert.deepEqual(await repository.runs.get(id), runRecord(id, index, [id]))
      assert.equal((await repository.runs.list({ flow: id })).length, 1)
    }
    assert.equal((await repository.runs.list()).length, HOSTILE_IDS.length)
  },
  'runs/saved at the same time': async ({ repository }: RepositorySubject): Promise<void> => {
    const runs = Array.from({ length: 40 }, (_, index) => runRecord(`run ${index}`, index))
    await Promise.all(runs.map((run) => repository.runs.save(run)))
    assert.deepEqual(await repository.runs.list(), runs.toReversed())
  },
  'runs/one saved many times at the same time is whole': async ({
    repository,
  }: RepositorySubject): Promise<void> => {
    const saves = Array.from({ length: 20 }, (_, index) =>
      repository.runs.save(runRecord('one', index)),
    )
    await Promise.all(saves)
    const [run, ...others] = await repository.runs.list()
    assert.deepEqual(others, [])
    assert.deepEqual(run, runRecord('one', run?.startedAtMs ?? -1))
  },
  'runs/kept when the repository is opened again': async (
    subject: RepositorySubject,
  ): Promise<void> => {
    if (subject.reopen === undefined) return
    await subject.repository.runs.save(runRecord('one', 1000))
    const again = await subject.reopen()
    assert.deepEqual(await again.runs.get('one'), runRecord('one', 1000))
    await again.runs.save(runRecord('two', 2000))
    assert.equal((await subject.repository.runs.list()).length, 2)
  },
}
