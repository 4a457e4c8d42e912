import assert from 'node:assert/strict'

import { DataTypes } from '@qarion/core'

import { expectError, expectRows } from '../../suite/expect.ts'
import { tableOf, testDataset } from '../../support/datasets.ts'
import type { EngineSubject } from '../engine-subject.ts'
import type { Trial } from '../trial.ts'

const items = testDataset(
  'items',
  { id: DataTypes.integer, label: DataTypes.string },
  { key: ['id'] },
)

const nothing = { parameters: {}, acceptedGuards: [], signal: new AbortController().signal }

/** What needs an engine that nothing has been done to yet. */
export const FRESH_CASES = {
  'open/a read session creates nothing': async (subject: EngineSubject): Promise<void> => {
    const { engine } = subject
    const reading = await engine.open('read')
    assert.deepEqual(await reading.listTables(), [])
    await reading.close()
    if (!engine.capabilities.isPersistent) return
    assert.ok(subject.exists !== undefined, 'a persistent engine says whether its store exists')
    assert.equal(await subject.exists(), false)
  },
}

/** Opening sessions, and who may write. */
export const OPEN_CASES = {
  'open/a read session refuses to commit': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a']])
    const reading = await trial.engine.open('read')
    try {
      const operations = [{ kind: 'drop_table' as const, table: 'items' }]
      await expectError(() =>
        reading.commit({ ...nothing, operations, catalog: trial.catalog(), lease: trial.lease }),
      )
    } finally {
      await reading.close()
    }
    expectRows(await trial.rows(items), [[1n, 'a']])
  },
  'open/a read session sees what was committed': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a']])
    const reading = await trial.engine.open('read')
    try {
      assert.deepEqual(await reading.listTables('items'), [
        { name: 'items', kind: 'table', columns: ['id', 'label'] },
      ])
    } finally {
      await reading.close()
    }
  },
  'open/closing twice is fine': async (trial: Trial): Promise<void> => {
    const reading = await trial.engine.open('read')
    await reading.close()
    await reading.close()
  },
  'lease/a second one is refused while the first is held': async (trial: Trial): Promise<void> => {
    const error = await expectError(() => trial.engine.acquireLease(ownerOf('second', 0)), {
      reason: 'locked',
    })
    assert.match(error.message + (error.hint ?? ''), /conformance/, 'the holder is named')
    assert.ok(error.isRetryable)
  },
  'lease/the fence grows with every lease': async (trial: Trial): Promise<void> => {
    await trial.lease.release()
    const second = await trial.engine.acquireLease(ownerOf('second', 0))
    await second.release()
    const third = await trial.engine.acquireLease(ownerOf('third', 0))
    await third.release()
    assert.ok(second.fence > trial.lease.fence && third.fence > second.fence)
  },
  'lease/releasing twice frees only its own': async (trial: Trial): Promise<void> => {
    await trial.lease.release()
    const second = await trial.engine.acquireLease(ownerOf('second', 0))
    try {
      await trial.lease.release()
      await expectError(() => trial.engine.acquireLease(ownerOf('third', 0)), { reason: 'locked' })
    } finally {
      await second.release()
    }
  },
  'lease/waits until the holder lets go': async (trial: Trial): Promise<void> => {
    const waiting = trial.engine.acquireLease(ownerOf('second', 10_000))
    await new Promise((resolve) => setTimeout(resolve, 50))
    await trial.lease.release()
    const second = await waiting
    assert.ok(second.fence > trial.lease.fence)
    await second.release()
  },
  'lease/waiting ends with the signal': async (trial: Trial): Promise<void> => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    const owner = { description: 'second', waitMs: 60_000, signal: controller.signal }
    await expectError(() => trial.engine.acquireLease(owner), { reason: 'interrupted' })
  },
  'lease/an old one cannot commit': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a']])
    await trial.lease.release()
    const second = await trial.engine.acquireLease(ownerOf('second', 0))
    try {
      const table = tableOf(testDataset('other', { id: DataTypes.integer }))
      await expectError(() => trial.commit([{ kind: 'create_table', table }]), { reason: 'locked' })
      assert.deepEqual((await trial.tables('other')).length, 0)
      await trial.commit([{ kind: 'create_table', table }], { lease: second })
      assert.deepEqual((await trial.tables('other')).length, 1)
    } finally {
      await second.release()
    }
  },
}

function ownerOf(
  description: string,
  waitMs: number,
): { description: string; waitMs: number; signal: AbortSignal } {
  return { description, waitMs, signal: new AbortController().signal }
}
