import assert from 'node:assert/strict'

import type { SchemaHistoryEntry } from '@qarion/core'

import type { RepositorySubject } from '../repository-subject.ts'
import { HOSTILE_IDS } from './run-cases.ts'

function entry(batch: number, columns = '[]'): SchemaHistoryEntry {
  return { batch, recordedAtMs: 1_700_000_000_000 + batch, columns }
}

/** Histories of schemas. */
export const SCHEMA_CASES = {
  'schemas/oldest first': async ({ repository }: RepositorySubject): Promise<void> => {
    const { schemaHistory } = repository
    const entries = [entry(1), entry(2, '[{"name":"ünï"}]'), entry(10)]
    for (const one of entries) await schemaHistory.append('orders.landing', one)
    assert.deepEqual(await schemaHistory.list('orders.landing'), entries)
  },
  'schemas/of one dataset only': async ({ repository }: RepositorySubject): Promise<void> => {
    const { schemaHistory } = repository
    for (const [index, id] of HOSTILE_IDS.entries())
      await schemaHistory.append(id, entry(index + 1))
    for (const [index, id] of HOSTILE_IDS.entries()) {
      assert.deepEqual(await schemaHistory.list(id), [entry(index + 1)])
    }
    assert.deepEqual(await schemaHistory.list('none'), [])
  },
  'schemas/appended at the same time': async ({ repository }: RepositorySubject): Promise<void> => {
    const { schemaHistory } = repository
    const batches = Array.from({ length: 20 }, (_, index) => index + 1)
    await Promise.all(batches.map((batch) => schemaHistory.append('orders', entry(batch))))
    const kept = await schemaHistory.list('orders')
    assert.deepEqual(
      kept.map(({ batch }) => batch).toSorted((left, right) => left - right),
      batches,
    )
  },
  'schemas/kept when the repository is opened again': async (
    subject: RepositorySubject,
  ): Promise<void> => {
    if (subject.reopen === undefined) return
    await subject.repository.schemaHistory.append('orders', entry(1))
    const again = await subject.reopen()
    assert.deepEqual(await again.schemaHistory.list('orders'), [entry(1)])
  },
}
