import assert from 'node:assert/strict'

import type { RepositorySubject } from '../repository-subject.ts'
import { HOSTILE_IDS } from './run-cases.ts'

/** Stored definitions. */
export const DEFINITION_CASES = {
  'definitions/saved, got and put in place': async ({
    repository,
  }: RepositorySubject): Promise<void> => {
    const { definitions } = repository
    const text = 'id = "orders"\r\n# ünï 😀\n\t\\ "quoted"\n'
    await definitions.save('flow', 'orders', text)
    assert.equal(await definitions.get('flow', 'orders'), text)
    await definitions.save('flow', 'orders', '')
    assert.equal(await definitions.get('flow', 'orders'), '')
    assert.deepEqual(await definitions.list('flow'), ['orders'])
  },
  'definitions/kinds stay apart': async ({ repository }: RepositorySubject): Promise<void> => {
    const { definitions } = repository
    await definitions.save('flow', 'orders', 'a flow')
    assert.equal(await definitions.get('dataset', 'orders'), undefined)
    await definitions.save('dataset', 'orders', 'a dataset')
    assert.equal(await definitions.delete('dataset', 'orders'), true)
    assert.equal(await definitions.get('flow', 'orders'), 'a flow')
  },
  'definitions/deleted, which says whether there was one': async ({
    repository,
  }: RepositorySubject): Promise<void> => {
    const { definitions } = repository
    await definitions.save('flow', 'orders', 'x')
    assert.equal(await definitions.delete('flow', 'orders'), true)
    assert.equal(await definitions.delete('flow', 'orders'), false)
    assert.equal(await definitions.get('flow', 'orders'), undefined)
    assert.deepEqual(await definitions.list('flow'), [])
  },
  'definitions/ids meant to break out': async ({
    repository,
  }: RepositorySubject): Promise<void> => {
    const { definitions } = repository
    for (const id of HOSTILE_IDS) await definitions.save('dataset', id, `text of ${id}`)
    for (const id of HOSTILE_IDS)
      assert.equal(await definitions.get('dataset', id), `text of ${id}`)
    assert.deepEqual((await definitions.list('dataset')).toSorted(), HOSTILE_IDS.toSorted())
  },
  'definitions/a long text': async ({ repository }: RepositorySubject): Promise<void> => {
    const text = 'né😀"\n'.repeat(200_000)
    await repository.definitions.save('flow', 'long', text)
    assert.ok((await repository.definitions.get('flow', 'long')) === text)
  },
  'definitions/kept when the repository is opened again': async (
    subject: RepositorySubject,
  ): Promise<void> => {
    if (subject.reopen === undefined) return
    await subject.repository.definitions.save('flow', 'orders', 'x')
    const again = await subject.reopen()
    assert.equal(await again.definitions.get('flow', 'orders'), 'x')
  },
}
