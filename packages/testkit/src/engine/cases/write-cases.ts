import assert from 'node:assert/strict'

import {
  DataTypes,
  type Expression,
  type Instruction,
  type MergeBranch,
  type QarionError,
  type Row,
} from '@qarion/core'
import {
  append,
  assert as guard,
  call,
  column,
  defineInstruction,
  defineQuery,
  derive,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  isNull,
  merge,
  named,
  overwrite,
  parameter,
  remove,
  replace,
  replaceKeys,
  select,
  text,
} from '@qarion/plan'

import { expectError, expectRows } from '../../suite/expect.ts'
import { rowsQuery, testDataset } from '../../support/datasets.ts'
import type { Trial } from '../trial.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const types = { id: INTEGER, label: STRING }
const items = testDataset('items', types, { key: ['id'] })
const other = testDataset('other', types, { key: ['id'] })
const id = column('id', INTEGER)
const label = column('label', STRING)
const source = { id: column('source_id', INTEGER), label: column('source_label', STRING) }

const start: readonly Row[] = [[1n, 'a'], [2n, 'b'], [3n, 'c']] // prettier-ignore

async function afterMerge(
  trial: Trial,
  rows: readonly Row[],
  branches: readonly MergeBranch[],
): Promise<readonly Row[]> {
  await trial.seed(items, start)
  const query = rowsQuery('q', types, rows)
  await trial.run(defineInstruction('m', [query], [merge('q', 'items', { on: ['id'], branches })]))
  return trial.rows(items)
}

function labelled(value: string): Expression {
  return equal(source.label, text(value))
}

const update: MergeBranch = {
  when: 'matched',
  action: { kind: 'update', set: [named('label', call('concat', label, source.label))] },
}
const insert: MergeBranch = {
  when: 'not_matched',
  action: { kind: 'insert', set: [named('label', source.label), named('id', source.id)] },
}

function guarded(canBeAccepted: boolean): Instruction {
  const violations = defineQuery('violations', [
    fromQuery('q'),
    filter(equal(label, text('bad'))),
    guard({
      guard: 'no_bad',
      code: 'QRN-TEST-007',
      message: 'There is something bad.',
      hint: 'Make it good.',
      canBeAccepted,
    }),
  ])
  const rows: Row[] = [[11n, 'bad'], [12n, 'good'], [13n, 'bad']] // prettier-ignore
  return defineInstruction(
    'guarded',
    [rowsQuery('q', types, rows), violations],
    [append('q', 'items')],
  )
}

function expectGuard(error: QarionError): void {
  assert.equal(error.reason, 'guard')
  assert.match(error.message, /There is something bad\./)
  assert.equal(error.hint, 'Make it good.')
  assert.ok(!error.isRetryable)
  const data = JSON.stringify(error.data)
  assert.match(data, /no_bad/, 'data names the guard')
  assert.match(data, /\b2\b/, 'data says how many rows there are')
  assert.match(data, /\b11\b/, 'data shows some of the rows')
}

/** What instructions write. */
export const WRITE_CASES = {
  'write/append matches by name, what is missing is NULL': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    const query = rowsQuery('q', { label: STRING }, [['x']])
    const both = rowsQuery('both', { label: STRING, id: INTEGER }, [['y', 9n]])
    await trial.run(
      defineInstruction('i', [query, both], [append('q', 'items'), append('both', 'items')]),
    )
    expectRows(await trial.rows(items), [[null, 'x'], ...start, [9n, 'y']])
  },
  'write/replace on a table replaces the rows of the batch': async (
    trial: Trial,
  ): Promise<void> => {
    const feed = testDataset('feed', { id: INTEGER, xt_batch_id: INTEGER }, { key: ['id'] })
    await trial.seed(feed, [[1n, 1n], [2n, 2n], [3n, 2n]]) // prettier-ignore
    const batch = parameter('batch_id', INTEGER)
    const query = defineQuery('q', [
      ...rowsQuery('q', { id: INTEGER }, [[7n]]).rules,
      derive([named('xt_batch_id', batch)]),
    ])
    await trial.run(defineInstruction('i', [query], [replace('q', 'feed')]), {
      parameters: { batch_id: 2n },
    })
    expectRows(await trial.rows(feed), [[1n, 1n], [7n, 2n]]) // prettier-ignore
  },
  'write/replace_keys, NULL equals NULL': async (trial: Trial): Promise<void> => {
    const regions = testDataset(
      'regions',
      { region: STRING, id: INTEGER },
      { key: ['region', 'id'] },
    )
    await trial.seed(regions, [[null, 1n], ['n', 2n], ['n', 3n], ['s', 4n]]) // prettier-ignore
    const query = rowsQuery('q', { region: STRING, id: INTEGER }, [[null, 8n], ['n', 9n], ['n', 9n]]) // prettier-ignore
    await trial.run(defineInstruction('i', [query], [replaceKeys('q', 'regions', ['region'])]))
    expectRows(await trial.rows(regions), [[null, 8n], ['n', 9n], ['n', 9n], ['s', 4n]]) // prettier-ignore
  },
  'write/replace_keys by rows made of the target itself': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    const query = defineQuery('q', [
      from('items'),
      filter(call('less', id, integer(3))),
      derive([named('label', call('concat', label, text('!')))]),
    ])
    await trial.run(defineInstruction('i', [query], [replaceKeys('q', 'items', ['id'])]))
    expectRows(await trial.rows(items), [[1n, 'a!'], [2n, 'b!'], [3n, 'c']]) // prettier-ignore
  },
  'write/merge updates and inserts': async (trial: Trial): Promise<void> => {
    const rows = await afterMerge(trial, [[2n, 'x'], [4n, 'y']], [update, insert]) // prettier-ignore
    expectRows(rows, [[1n, 'a'], [2n, 'bx'], [3n, 'c'], [4n, 'y']]) // prettier-ignore
  },
  'write/merge takes the first branch that fits': async (trial: Trial): Promise<void> => {
    const rows = await afterMerge(
      trial,
      [[1n, 'delete'], [2n, 'nothing'], [3n, 'update'], [4n, 'nothing'], [5n, 'insert'], [6n, null]], // prettier-ignore
      [
        { when: 'matched', condition: labelled('delete'), action: { kind: 'delete' } },
        { when: 'matched', condition: labelled('nothing'), action: { kind: 'nothing' } },
        update,
        { when: 'not_matched', condition: labelled('nothing'), action: { kind: 'nothing' } },
        insert,
      ],
    )
    expectRows(rows, [[2n, 'b'], [3n, 'cupdate'], [5n, 'insert'], [6n, null]]) // prettier-ignore
  },
  'write/merge without a fitting branch does nothing': async (trial: Trial): Promise<void> => {
    const condition = call('greater', id, integer(100))
    expectRows(await afterMerge(trial, [[1n, 'x'], [9n, 'y']], [{ ...update, condition }]), start) // prettier-ignore
  },
  'write/merge acts on rows that the source lacks': async (trial: Trial): Promise<void> => {
    const rows = await afterMerge(
      trial,
      [[2n, 'x']],
      [
        {
          when: 'not_matched_by_source',
          condition: equal(id, integer(1)),
          action: { kind: 'delete' },
        },
        {
          when: 'not_matched_by_source',
          action: { kind: 'update', set: [named('label', text('gone'))] },
        },
        update,
      ],
    )
    expectRows(rows, [[2n, 'bx'], [3n, 'gone']]) // prettier-ignore
  },
  'write/merge refuses two source rows with one key': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    const queries = [rowsQuery('q', types, [[2n, 'x'], [2n, 'x']])] // prettier-ignore
    const instruction = defineInstruction('m', queries, [
      merge('q', 'items', { on: ['id'], branches: [update] }),
    ])
    await expectError(() => trial.run(instruction))
    expectRows(await trial.rows(items), start)
  },
  'write/merge refuses doubled keys that match nothing': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    const queries = [rowsQuery('q', types, [[9n, 'x'], [9n, 'y']])] // prettier-ignore
    const instruction = defineInstruction('m', queries, [
      merge('q', 'items', { on: ['id'], branches: [insert] }),
    ])
    await expectError(() => trial.run(instruction))
    expectRows(await trial.rows(items), start)
  },
  'write/merge from the target itself': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    const query = defineQuery('q', [
      from('items'),
      derive([named('id', call('add', id, integer(2)))]),
    ])
    const instruction = defineInstruction(
      'm',
      [query],
      [merge('q', 'items', { on: ['id'], branches: [update, insert] })],
    )
    await trial.run(instruction)
    expectRows(await trial.rows(items), [[1n, 'a'], [2n, 'b'], [3n, 'ca'], [4n, 'b'], [5n, 'c']]) // prettier-ignore
  },
  'write/delete, NULL equals NULL': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [...start, [null, 'n']])
    const query = rowsQuery('q', { id: INTEGER }, [[null], [2n], [2n], [77n]])
    await trial.run(defineInstruction('i', [query], [remove('q', 'items', ['id'])]))
    expectRows(await trial.rows(items), [[1n, 'a'], [3n, 'c']]) // prettier-ignore
  },
  'write/overwrite, also by the rows of the target': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    const query = defineQuery('q', [from('items'), filter(equal(id, integer(2)))])
    await trial.run(defineInstruction('i', [query], [overwrite('q', 'items')]))
    expectRows(await trial.rows(items), [[2n, 'b']])
    await trial.run(
      defineInstruction('none', [rowsQuery('q', types, [])], [overwrite('q', 'items')]),
    )
    expectRows(await trial.rows(items), [])
  },
  'write/all read the state before the instruction': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    await trial.seed(other, [[7n, 'o']])
    const instruction = defineInstruction(
      'swap',
      [defineQuery('i', [from('items')]), defineQuery('o', [from('other')])],
      [overwrite('o', 'items'), overwrite('i', 'other'), append('i', 'items')],
    )
    await trial.run(instruction)
    expectRows(await trial.rows(items), [...start, [7n, 'o']])
    expectRows(await trial.rows(other), start)
  },
  'write/a query evaluated once is used by several': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    await trial.seed(other)
    const chosen = defineQuery('chosen', [from('items'), filter(call('greater', id, integer(1)))], {
      evaluate: 'once',
    })
    const marked = defineQuery('marked', [
      fromQuery('chosen'),
      select([named('id', id), named('label', text('moved'))]),
    ])
    const instruction = defineInstruction(
      'move',
      [chosen, marked],
      [remove('chosen', 'items', ['id']), append('chosen', 'other'), append('marked', 'items')],
    )
    for (let round = 0; round < 2; round += 1) await trial.run(instruction)
    expectRows(await trial.rows(items), [[1n, 'a'], [2n, 'moved'], [3n, 'moved']]) // prettier-ignore
    expectRows(await trial.rows(other), [[2n, 'b'], [2n, 'moved'], [3n, 'c'], [3n, 'moved']]) // prettier-ignore
  },
  'write/NULL conditions are not true': async (trial: Trial): Promise<void> => {
    const condition = equal(source.label, text('x'))
    const branches: MergeBranch[] = [
      { when: 'matched', condition, action: { kind: 'delete' } },
      { when: 'not_matched_by_source', condition: isNull(label), action: { kind: 'delete' } },
    ]
    expectRows(await afterMerge(trial, [[1n, null], [2n, 'x']], branches), [[1n, 'a'], [3n, 'c']]) // prettier-ignore
  },
  'assert/violations fail with count and samples': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    expectGuard(await expectError(() => trial.run(guarded(true)), { code: 'QRN-TEST-007' }))
    expectRows(await trial.rows(items), start)
  },
  'assert/violations that are accepted pass and are named': async (trial: Trial): Promise<void> => {
    await trial.seed(items)
    const result = await trial.run(guarded(true), { acceptedGuards: ['no_bad', 'another'] })
    assert.deepEqual(result.acceptedGuards, ['no_bad'])
    assert.equal((await trial.rows(items)).length, 3)
  },
  'assert/some guards cannot be accepted': async (trial: Trial): Promise<void> => {
    await trial.seed(items, start)
    await expectError(() => trial.run(guarded(false), { acceptedGuards: ['no_bad'] }), {
      reason: 'guard',
    })
    expectRows(await trial.rows(items), start)
  },
  'assert/no violations': async (trial: Trial): Promise<void> => {
    await trial.seed(items)
    const check = defineQuery('check', [
      from('items'),
      guard({
        guard: 'empty',
        code: 'QRN-TEST-008',
        message: 'Not empty.',
        hint: 'Empty it.',
        canBeAccepted: true,
      }),
    ])
    const instruction = defineInstruction(
      'i',
      [check, rowsQuery('q', types, start)],
      [append('q', 'items')],
    )
    const result = await trial.run(instruction, { acceptedGuards: ['empty'] })
    assert.deepEqual(result.acceptedGuards, [])
    expectRows(await trial.rows(items), start)
    await expectError(() => trial.run(instruction), { code: 'QRN-TEST-008' })
    expectRows(await trial.rows(items), start)
  },
}
