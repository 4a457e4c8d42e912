import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { isQarionError, type RunRecord } from '@qarion/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { openRepository, run, temporaryFolder } from './support.ts'

test('nothing is there, and nothing is made, before something is saved', async () => {
  const { repository, directory } = await openRepository()
  expect(await repository.runs.list()).toEqual([])
  expect(await repository.runs.get('x')).toBeUndefined()
  expect(await repository.definitions.list('flow')).toEqual([])
  expect(await repository.definitions.get('flow', 'x')).toBeUndefined()
  expect(await repository.schemaHistory.list('x.y')).toEqual([])
  expect(readdirSync(directory)).toEqual([])
})

test('a run is saved, found, put in the place of its former state and kept for the next process', async () => {
  const { repository, directory } = await openRepository()
  await repository.runs.save(run('a', 1000, { status: 'running' }))
  await repository.runs.save(run('a', 1000, { finishedAtMs: 2000 }))
  const again = await openRepository(directory)
  expect(await again.repository.runs.list()).toEqual([run('a', 1000, { finishedAtMs: 2000 })])
  expect(await again.repository.runs.get('a')).toMatchObject({ finishedAtMs: 2000 })
  expect(await again.repository.runs.get('b')).toBeUndefined()
  await repository.close()
})

/** Changes a file and leaves its time as it was. */
function damage(path: string, text: string): void {
  const { atime, mtime } = statSync(path)
  writeFileSync(path, text)
  utimesSync(path, atime, mtime)
}

const ids = (runs: readonly RunRecord[]) => runs.map((each) => each.id)

test('runs are listed newest first, by flow, and only as many as asked for are read', async () => {
  const { repository, directory, warnings } = await openRepository()
  for (const [id, at] of [
    ['b', 2],
    ['d', 4],
    ['a', 1],
    ['c', 30],
  ] as const) {
    const flow = at % 2 === 0 ? 'even' : 'odd'
    await repository.runs.save(run(id, at, { flows: [{ flow, status: 'succeeded', batches: [] }] }))
  }
  expect(ids(await repository.runs.list())).toEqual(['c', 'd', 'b', 'a'])
  expect(ids(await repository.runs.list({ flow: 'even' }))).toEqual(['c', 'd', 'b'])
  expect(ids(await repository.runs.list({ flow: 'even', limit: 2 }))).toEqual(['c', 'd'])
  // The older files are not opened: a damaged one among them goes unnoticed.
  damage(join(directory, 'runs', 'a.json'), '{')
  expect(ids(await repository.runs.list({ limit: 3 }))).toEqual(['c', 'd', 'b'])
  expect(warnings).toEqual([])
})

test('files that have lost their times, as after a copy, are listed in the right order all the same', async () => {
  const { repository, directory } = await openRepository()
  for (const [id, at] of [
    ['b', 2000],
    ['a', 1000],
    ['c', 3000],
  ] as const) {
    await repository.runs.save(run(id, at))
    utimesSync(join(directory, 'runs', `${id}.json`), 10 - at / 1000, 10 - at / 1000)
  }
  expect(ids(await repository.runs.list({ limit: 2 }))).toEqual(['c', 'b'])
  expect(ids(await repository.runs.list({ flow: 'orders' }))).toEqual(['c', 'b', 'a'])
})

test('a damaged file is reported and left out of lists; asked for by id it is an error', async () => {
  const { repository, directory, warnings } = await openRepository()
  await repository.runs.save(run('good', 2))
  await repository.runs.save(run('bad', 1))
  for (const text of ['', '{"id":', 'null', '{"id":"bad"}', '\0\0\0']) {
    damage(join(directory, 'runs', 'bad.json'), text)
    expect((await repository.runs.list()).map((each) => each.id)).toEqual(['good'])
    const error: unknown = await repository.runs.get('bad').catch((thrown: unknown) => thrown)
    expect(isQarionError(error) && [error.code, error.reason]).toEqual(['QRN-LOCAL-004', 'corrupt'])
  }
  expect(warnings).toHaveLength(5)
  expect(warnings[0]).toContain('is damaged')
})

test('an id that is empty or too long is refused', async () => {
  const { repository } = await openRepository()
  const attempts = ['', 'x'.repeat(201), 'Ä'.repeat(40)].flatMap((id) => [
    () => repository.runs.save(run(id, 1)),
    () => repository.definitions.save('flow', id, ''),
    () => repository.schemaHistory.append(id, entry(1, 1)),
  ])
  for (const attempt of attempts) {
    const error: unknown = await attempt().catch((thrown: unknown) => thrown)
    expect(isQarionError(error) && error.code).toBe('QRN-LOCAL-003')
  }
})

test('any JSON comes back as it was, big integers included', async () => {
  const { repository } = await openRepository()
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string({ unit: 'grapheme' }),
      fc.bigInt(),
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(fc.constantFrom('$bigint', '$escaped', 'a', 'b'), tie('value'), {
        noNullPrototype: true,
      }),
    ),
  })).value
  await fc.assert(
    fc.asyncProperty(value, async (extra) => {
      const saved = run('x', 1, {
        flows: [
          {
            flow: 'f',
            status: 'failed',
            batches: [],
            error: { code: 'X', reason: 'data', message: 'm', retryable: false, data: { extra } },
          },
        ],
      })
      await repository.runs.save(saved)
      expect(await repository.runs.get('x')).toEqual(saved)
    }),
    { numRuns: 50 },
  )
})

test('definitions by kind, with ids that file systems do not like', async () => {
  const { repository } = await openRepository()
  const ids = ['orders', 'Orders', 'a/b', '..', 'käse', 'nul', 'a%2fb', 'x.landing']
  for (const id of ids)
    await repository.definitions.save('flow', id, `id = ${JSON.stringify(id)}\r\n`)
  await repository.definitions.save('dataset', 'orders', 'other')
  expect(await repository.definitions.list('flow')).toEqual(ids.toSorted())
  for (const id of ids) {
    expect(await repository.definitions.get('flow', id)).toBe(`id = ${JSON.stringify(id)}\r\n`)
  }
  expect(await repository.definitions.delete('flow', 'Orders')).toBe(true)
  expect(await repository.definitions.delete('flow', 'Orders')).toBe(false)
  expect(await repository.definitions.get('flow', 'orders')).toBeDefined()
  expect(await repository.definitions.list('dataset')).toEqual(['orders'])
})

const entry = (batch: number, recordedAtMs: number) => ({ batch, recordedAtMs, columns: '[]' })

test('the schemas of a dataset, oldest first; a damaged one is reported', async () => {
  const { repository, directory, warnings } = await openRepository()
  for (const [batch, at] of [
    [2, 200],
    [1, 100],
    [10, 200],
  ] as const) {
    await repository.schemaHistory.append('orders.landing', entry(batch, at))
  }
  await repository.schemaHistory.append('Orders.landing', entry(9, 9))
  expect(await repository.schemaHistory.list('orders.landing')).toEqual([
    entry(1, 100),
    entry(2, 200),
    entry(10, 200),
  ])
  const folder = join(directory, 'schemas', 'orders.landing')
  writeFileSync(join(folder, readdirSync(folder).toSorted()[0] as string), '[]')
  expect(await repository.schemaHistory.list('orders.landing')).toHaveLength(2)
  expect(warnings).toHaveLength(1)
})

test('writers side by side lose nothing', async () => {
  const { directory } = await openRepository()
  const writers = await Promise.all(Array.from({ length: 8 }, () => openRepository(directory)))
  await Promise.all(
    writers.flatMap(({ repository }, writer) =>
      Array.from({ length: 10 }, async (_, index) => {
        await repository.runs.save(run(`w${writer}-${index}`, index))
        await repository.runs.save(run('shared', 5, { command: `${writer}`.repeat(5000) }))
        await repository.schemaHistory.append('d', {
          batch: index,
          recordedAtMs: 1,
          columns: `${writer}`,
        })
      }),
    ),
  )
  const { repository, warnings } = await openRepository(directory)
  expect(await repository.runs.list()).toHaveLength(81)
  expect(await repository.schemaHistory.list('d')).toHaveLength(80)
  expect(new Set((await repository.runs.get('shared'))?.command).size).toBe(1)
  expect(warnings).toEqual([])
  expect(readdirSync(join(directory, 'runs')).filter((name) => name.startsWith('.'))).toEqual([])
})

test('what killed writers left is removed after an hour, what is being written is not', async () => {
  const { repository, directory } = await openRepository()
  const folder = join(directory, 'runs')
  mkdirSync(folder)
  for (const name of ['.aside-old', '.aside-new']) writeFileSync(join(folder, name), 'half')
  utimesSync(join(folder, '.aside-old'), 1, 1)
  await repository.runs.save(run('a', 1))
  expect(readdirSync(folder).toSorted()).toEqual(['.aside-new', 'a.json'])
  expect(await repository.runs.list()).toHaveLength(1)
})

test('a folder that cannot be used is an error with its path', async () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'file'), '')
  const { repository } = await openRepository(join(folder, 'file'))
  const save: unknown = await repository.runs.save(run('a', 1)).catch((thrown: unknown) => thrown)
  const list: unknown = await repository.runs.list().catch((thrown: unknown) => thrown)
  for (const error of [save, list]) {
    expect(isQarionError(error) && [error.code, error.reason]).toEqual([
      'QRN-LOCAL-001',
      'file_system',
    ])
    expect(isQarionError(error) && error.place?.file).toContain(folder)
  }
})

test('a full disk is told as such, and what was there stays', async (context) => {
  const full = '/dev/full'
  try {
    writeFileSync(full, 'x')
    context.skip('this machine has no /dev/full')
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOSPC')
      context.skip('this machine has no /dev/full')
  }
  const { fileError } = await import('../src/local-errors.ts')
  const cause: unknown = (() => {
    try {
      return writeFileSync(full, 'x')
    } catch (thrown) {
      return thrown
    }
  })()
  expect(fileError('runs/a.json', cause)).toMatchObject({
    code: 'QRN-LOCAL-002',
    reason: 'resource',
  })
})

test('stored text is plain JSON that other tools read', async () => {
  const { repository, directory } = await openRepository()
  await repository.runs.save(run('a', 1))
  const [name = ''] = readdirSync(join(directory, 'runs'))
  expect(JSON.parse(readFileSync(join(directory, 'runs', name), 'utf8'))).toEqual(run('a', 1))
})
