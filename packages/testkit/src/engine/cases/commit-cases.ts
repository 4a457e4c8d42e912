import assert from 'node:assert/strict'

import {
  DataTypes,
  QarionError,
  ROWS_PER_BATCH,
  type Dataset,
  type Instruction,
  type LoadSource,
  type Operation,
  type Row,
  type SeriesRule,
} from '@qarion/core'
import {
  append,
  ascending,
  call,
  column,
  defineInstruction,
  defineQuery,
  derive,
  from,
  integer,
  join,
  measure,
  aggregate,
  named,
  overwrite,
  parameter,
  series,
  sort,
} from '@qarion/plan'

import { expectError, expectRows } from '../../suite/expect.ts'
import { rowsQuery, tableOf, testDataset } from '../../support/datasets.ts'
import { batchOf, sourceOf } from '../../support/rows.ts'
import type { Trial } from '../trial.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const items = testDataset('items', { id: INTEGER, label: STRING }, { key: ['id'] })
const table = tableOf(items)

const one: Row = [1n, 'a']
const two: Row = [2n, 'b']

/** Rows with an id and a text, as many as asked. */
function* manyRows(count: number): Generator<Row> {
  for (let index = 0; index < count; index += 1) yield [BigInt(index), `row ${index}`]
}

function load(source: LoadSource, count = 'rows'): Operation {
  return { kind: 'load', table, source, count }
}

/** Reads rows and divides them by zero: fails once it runs. */
const failing = defineInstruction(
  'failing',
  [
    defineQuery('q', [
      from('items'),
      derive([named('id', call('div', column('id', INTEGER), integer(0)))]),
    ]),
  ],
  [append('q', 'items')],
)

/** Transactions, loads, reads. */
export const COMMIT_CASES = {
  'commit/counts rows by name': async (trial: Trial): Promise<void> => {
    await trial.seed(items)
    const query = rowsQuery('q', { id: INTEGER, label: STRING }, [one, two])
    const instruction = defineInstruction(
      'put',
      [query],
      [append('q', 'items'), append('q', 'items')],
    )
    const result = await trial.commit([
      load(sourceOf(items.columns, manyRows(5)), 'loaded'),
      { kind: 'instruction', instruction },
    ])
    assert.deepEqual(result.rowCounts, { loaded: 5, 'put.0': 2, 'put.1': 2 })
    assert.deepEqual(result.acceptedGuards, [])
    const over = defineInstruction('over', [query], [overwrite('q', 'items')])
    assert.equal((await trial.run(over)).rowCounts['over.0'], 2)
  },
  'commit/a failing operation undoes those before it': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    const wider = tableOf(testDataset('items', { id: INTEGER, label: STRING, more: STRING }))
    const wide = sourceOf(wider.columns, [[2n, 'b', 'more']])
    const error = await expectError(
      () =>
        trial.commit([
          { kind: 'create_table', table: tableOf(testDataset('other', { id: INTEGER })) },
          { kind: 'create_table', table: wider },
          { kind: 'load', table: wider, source: wide, count: 'rows' },
          { kind: 'instruction', instruction: failing },
        ]),
      { reason: 'execution' },
    )
    assert.equal(error.isRetryable, false)
    expectRows(await trial.rows(items), [one])
    const tables = await trial.tables()
    assert.deepEqual(tables, [{ name: 'items', kind: 'table', columns: ['id', 'label'] }])
  },
  'commit/dropped tables come back': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    await trial.seed(testDataset('other', { id: INTEGER }), [[5n]])
    await expectError(() =>
      trial.commit([
        { kind: 'drop_table', table: 'other' },
        { kind: 'instruction', instruction: failing },
      ]),
    )
    expectRows(await trial.read([defineQuery('q', [from('other')])]), [[5n]])
  },
  'commit/works again after a failure': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    await expectError(() => trial.run(failing))
    await trial.commit([load(sourceOf(items.columns, [two]))])
    expectRows(await trial.rows(items), [one, two])
  },
  'commit/no operations': async (trial: Trial): Promise<void> => {
    assert.deepEqual((await trial.commit([])).rowCounts, {})
  },
  'commit/later operations see earlier ones': async (trial: Trial): Promise<void> => {
    trial.declare(items)
    const copied = testDataset('copied', { id: INTEGER, label: STRING })
    trial.declare(copied)
    const copy = defineInstruction(
      'copy',
      [defineQuery('q', [from('items')])],
      [append('q', 'copied')],
    )
    await trial.commit([
      { kind: 'create_table', table },
      load(sourceOf(items.columns, [one])),
      { kind: 'create_table', table: tableOf(copied) },
      { kind: 'instruction', instruction: copy },
    ])
    expectRows(await trial.read([defineQuery('q', [from('copied')])]), [one])
  },
  'load/rows from several batches': async (trial: Trial): Promise<void> => {
    await trial.seed(items)
    const rows = [...manyRows(10)]
    const result = await trial.commit([load(sourceOf(items.columns, rows, 3))])
    assert.equal(result.rowCounts['rows'], 10)
    expectRows(await trial.rows(items), rows)
  },
  'load/no batches, and batches without rows': async (trial: Trial): Promise<void> => {
    await trial.seed(items)
    const source: LoadSource = {
      async *batches() {
        yield batchOf(items.columns, [])
        yield batchOf(items.columns, [one])
        yield batchOf(items.columns, [])
      },
    }
    const result = await trial.commit([
      load(sourceOf(items.columns, []), 'none'),
      load(source, 'some'),
    ])
    assert.deepEqual(result.rowCounts, { none: 0, some: 1 })
    expectRows(await trial.rows(items), [one])
  },
  'load/columns that the stored table has besides are NULL': async (
    trial: Trial,
  ): Promise<void> => {
    const wide = testDataset(
      'items',
      { id: INTEGER, extra: STRING, label: STRING },
      { key: ['id'] },
    )
    await trial.seed(wide)
    await trial.commit([load(sourceOf(items.columns, [one]))])
    expectRows(await trial.rows(wide), [[1n, null, 'a']])
  },
  'load/rows that come out of order of the key': async (trial: Trial): Promise<void> => {
    await trial.seed(items)
    await trial.commit([load(sourceOf(items.columns, [...manyRows(500)].toReversed(), 7))])
    expectRows(await trial.rows(items), [...manyRows(500)])
  },
  'load/written once, keys in ascending order': (trial: Trial): Promise<void> =>
    writtenOnce(trial, [-(2n ** 63n), -1n, 0n, 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n]),
  'load/written once, keys in order but for the last': (trial: Trial): Promise<void> =>
    writtenOnce(trial, [1n, 2n, 3n, 4n, 2n ** 53n + 1n, 5n]),
  'load/written once, a key again after several batches': (trial: Trial): Promise<void> =>
    writtenOnce(trial, [1n, 2n, 3n, 4n, 5n, 5n, 6n]),
  'load/written once, keys in no order': (trial: Trial): Promise<void> =>
    writtenOnce(trial, [3n, 1n, 2n, 2n, -5n]),
  'load/25 001 rows': (trial: Trial): Promise<void> => borders(trial, 25_001),
  'load/65 537 rows': (trial: Trial): Promise<void> => borders(trial, 65_537),
  'load/a source that fails leaves the state before': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    const source: LoadSource = {
      async *batches() {
        yield batchOf(items.columns, [two])
        throw new QarionError('QRN-TEST-001', 'data', 'the source broke')
      },
    }
    await expectError(() => trial.commit([load(source)]), { code: 'QRN-TEST-001' })
    expectRows(await trial.rows(items), [one])
    await trial.commit([load(sourceOf(items.columns, [two]))])
    expectRows(await trial.rows(items), [one, two])
  },
  'load/asks for batches only as fast as it stores them': async (trial: Trial): Promise<void> => {
    await trial.seed(items)
    let given = 0
    let finished = 0
    let ahead = 0
    const source: LoadSource = {
      async *batches() {
        for (let batch = 0; batch < 20; batch += 1) {
          given += 1
          ahead = Math.max(ahead, given - finished)
          yield batchOf(items.columns, [...manyRows(100)])
          finished += 1
        }
      },
    }
    await trial.commit([load(source)])
    assert.ok(ahead <= 4, `${ahead} batches were asked for ahead`)
    assert.equal((await trial.rows(items)).length, 2_000)
  },
  'cancel/before a commit': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    const operations = [load(sourceOf(items.columns, [two]))]
    await expectError(() => trial.commit(operations, { signal: AbortSignal.abort() }), {
      reason: 'interrupted',
    })
    expectRows(await trial.rows(items), [one])
  },
  'cancel/during a load': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    const controller = new AbortController()
    let closed = false
    const source: LoadSource = {
      async *batches() {
        try {
          for (let batch = 0; batch < 1_000; batch += 1) {
            if (batch === 3) controller.abort()
            yield batchOf(items.columns, [...manyRows(100)])
          }
        } finally {
          closed = true
        }
      },
    }
    await expectError(() => trial.commit([load(source)], { signal: controller.signal }), {
      reason: 'interrupted',
    })
    assert.ok(closed, 'the source is closed')
    expectRows(await trial.rows(items), [one])
    await trial.commit([load(sourceOf(items.columns, [two]))])
    expectRows(await trial.rows(items), [one, two])
  },
  'cancel/during a long statement': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 100)
    const started = Date.now()
    await expectError(() => trial.run(longInstruction(), { signal: controller.signal }), {
      reason: 'interrupted',
    })
    assert.ok(Date.now() - started < 5_000, 'the statement is ended soon')
    expectRows(await trial.rows(items), [one])
    await trial.commit([load(sourceOf(items.columns, [two]))])
    expectRows(await trial.rows(items), [one, two])
  },
  'cancel/during a read': async (trial: Trial): Promise<void> => {
    await trial.seed(items, manyRows(20_000))
    const controller = new AbortController()
    await expectError(
      async () => {
        const queries = [defineQuery('q', [from('items'), sort(ascending('id'))])]
        const request = {
          queries,
          catalog: trial.catalog(),
          parameters: {},
          signal: controller.signal,
        }
        for await (const batch of trial.session.read(request)) {
          assert.ok(batch.rowCount > 0)
          controller.abort()
        }
      },
      { reason: 'interrupted' },
    )
    assert.equal((await trial.rows(items)).length, 20_000)
  },
  'read/a reader that stops early leaves the session in order': async (
    trial: Trial,
  ): Promise<void> => {
    await trial.seed(items, manyRows(20_000))
    const queries = [defineQuery('q', [from('items'), sort(ascending('id'))])]
    const request = { queries, catalog: trial.catalog(), parameters: {} }
    for await (const batch of trial.session.read(request)) {
      assert.ok(batch.rowCount > 0 && batch.rowCount <= 8 * ROWS_PER_BATCH, 'batches stay small')
      break
    }
    await trial.commit([{ kind: 'drop_table', table: 'items' }])
    assert.deepEqual(await trial.tables(), [])
  },
  'read/parameters of every type, and NULL': async (trial: Trial): Promise<void> => {
    const hostile = `'; drop table items; --`
    await trial.seed(items, [one])
    const query = defineQuery('q', [
      from('items'),
      derive([
        named('label', parameter('label', STRING)),
        named('none', parameter('none', INTEGER)),
        named('day', parameter('day', DataTypes.date)),
        named('at', parameter('at', DataTypes.timestamp)),
        named('yes', parameter('yes', DataTypes.boolean)),
        named('real', parameter('real', DataTypes.float)),
        named('bytes', parameter('bytes', DataTypes.binary)),
      ]),
    ])
    const parameters = {
      label: hostile,
      none: null,
      day: -1,
      at: -1n,
      yes: true,
      real: 0.1,
      bytes: Uint8Array.of(0, 255),
    }
    expectRows(await trial.read([query], { parameters }), [
      [1n, hostile, null, -1, -1n, true, 0.1, Uint8Array.of(0, 255)],
    ])
  },
  'explain/shows statements and changes nothing': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [one])
    const { session, lease } = trial
    const instruction = defineInstruction(
      'put',
      [rowsQuery('q', { id: INTEGER, label: STRING }, [two])],
      [append('q', 'items')],
    )
    const statements = session.explain?.({
      operations: [{ kind: 'instruction', instruction }],
      catalog: trial.catalog(),
      parameters: {},
      acceptedGuards: [],
      lease,
      signal: new AbortController().signal,
    })
    if (statements !== undefined) assert.match(statements.join('\n'), /items/)
    expectRows(await trial.rows(items), [one])
  },
  'checkpoint/storage stays bounded': async (trial: Trial): Promise<void> => {
    const { session, engine, subject } = trial
    const sizes: number[] = []
    for (let batch = 1; batch <= 12; batch += 1) {
      const name = `items__b${batch}`
      const operations: Operation[] = [
        { kind: 'create_table', table: { ...table, name } },
        {
          kind: 'load',
          table: { ...table, name },
          source: sourceOf(items.columns, manyRows(20_000)),
          count: 'rows',
        },
      ]
      if (batch > 2) operations.push({ kind: 'drop_table', table: `items__b${batch - 2}` })
      await trial.commit(operations)
      await session.checkpoint()
      if (subject.storageBytes !== undefined) sizes.push(await subject.storageBytes())
    }
    if (!engine.capabilities.isPersistent) return
    assert.ok(subject.storageBytes !== undefined, 'a persistent engine says how large its store is')
    const [third = 0, last = 0] = [sizes[2], sizes.at(-1)]
    assert.ok(last <= 1.5 * third, `${sizes.join(', ')} bytes after each batch`)
  },
}

/** Loads rows with these keys, two to a batch, into a table that nothing else writes to. */
async function writtenOnce(trial: Trial, keys: readonly bigint[]): Promise<void> {
  const columns = [
    { name: 'label', type: STRING, required: false },
    { name: 'id', type: INTEGER, required: true },
  ]
  const once: Dataset = { ...items, id: 'once', table: 'once', columns, sortKey: ['id', 'label'] }
  const rows = keys.map((key, index): Row => [`row ${index}`, key])
  trial.declare(once)
  const table = tableOf(once, { isWrittenOnce: true })
  const result = await trial.commit([
    { kind: 'create_table', table },
    { kind: 'load', table, source: sourceOf(columns, rows, 2), count: 'rows' },
  ])
  assert.deepEqual(result.rowCounts, { rows: keys.length })
  const sorted = rows.toSorted((left, right) => compareKeys(left[1], right[1]))
  expectRows(await trial.rows(once), sorted)
  await trial.commit([{ kind: 'drop_table', table: 'once' }])
  assert.deepEqual(await trial.tables('once'), [])
}

function compareKeys(left: Row[number] | undefined, right: Row[number] | undefined): number {
  if (left === right) return 0
  return (left as bigint) < (right as bigint) ? -1 : 1
}

async function borders(trial: Trial, count: number): Promise<void> {
  await trial.seed(items)
  const result = await trial.commit([load(sourceOf(items.columns, manyRows(count)))])
  assert.equal(result.rowCounts['rows'], count)
  const rows = await trial.rows(items)
  assert.equal(rows.length, count)
  for (const index of [0, 4095, 4096, 25_000, 65_535, 65_536, count - 1]) {
    if (index < count) assert.deepEqual(rows[index], [BigInt(index), `row ${index}`])
  }
  assert.ok(rows.every(([id], index) => id === BigInt(index)))
}

/** Adds up two thousand million pairs: far more than can be added up in the time given, in little memory. */
function longInstruction(): Instruction {
  const total = defineQuery('total', [
    numbers('n', 100_000),
    join('others', { type: 'inner', on: [] }),
    derive([
      named('n', call('mod', call('add', column('n', INTEGER), column('m', INTEGER)), integer(7))),
    ]),
    aggregate({ groupBy: [], measures: [measure('id', 'sum', [column('n', INTEGER)])] }),
  ])
  return defineInstruction(
    'long',
    [defineQuery('others', [numbers('m', 20_000)]), total],
    [append('total', 'items')],
  )
}

function numbers(name: string, count: number): SeriesRule {
  return series(name, { start: integer(1), stop: integer(count), step: integer(1) })
}
