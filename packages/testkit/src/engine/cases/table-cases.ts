import assert from 'node:assert/strict'

import { DataTypes, decimalType, type Query, type Row } from '@qarion/core'
import {
  append,
  ascending,
  column,
  defineInstruction,
  defineQuery,
  equal,
  filter,
  from,
  integer,
  named,
  select,
  sort,
  text,
} from '@qarion/plan'

import { expectRows } from '../../suite/expect.ts'
import { columnIn, rowsQuery, tableOf, testDataset } from '../../support/datasets.ts'
import { sourceOf } from '../../support/rows.ts'
import type { Trial } from '../trial.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const items = testDataset('items', { id: INTEGER, label: STRING }, { key: ['id'] })

const HOSTILE_NAMES = [
  'a"b', "it's", '"; drop table "items"; --', 'back\\slash', 'two words', 'select', 'ünïcode', '表', '😀',
  '$1', '?', ':name', 'a.b', '[x]', '`x`', '/* x */', '%s', '{{ x }}', 'x'.repeat(63),
] // prettier-ignore

/** A view over the items with one id, with an inner query beside it. */
function viewOf(first: bigint): readonly Query[] {
  return [
    defineQuery('inner', [from('items'), filter(equal(column('id', INTEGER), integer(first)))]),
    defineQuery('view', [
      from('items'),
      filter(equal(column('id', INTEGER), integer(first))),
      select([named('name', column('label', STRING)), named('id', column('id', INTEGER))]),
    ]),
  ]
}

/** Tables and views as they are stored. */
export const TABLE_CASES = {
  'tables/listed with their columns in order': async (trial: Trial): Promise<void> => {
    await trial.seed(testDataset('a_b.one', { z: STRING, a: INTEGER }))
    await trial.seed(testDataset('axb.two', { id: INTEGER }))
    assert.deepEqual(await trial.tables('a_b'), [
      { name: 'a_b_one', kind: 'table', columns: ['z', 'a'] },
    ])
    const all = await trial.tables()
    assert.deepEqual(all.map(({ name }) => name).toSorted(), ['a_b_one', 'axb_two'])
  },
  'tables/created again stays as it is': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a']])
    await trial.commit([{ kind: 'create_table', table: tableOf(items) }])
    expectRows(await trial.rows(items), [[1n, 'a']])
  },
  'tables/created again adds missing columns': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a']])
    const price = { name: 'price', type: decimalType(9, 2), required: false }
    const level = { name: 'level', type: INTEGER, required: false, default: integer(7) }
    const wider = { ...items, columns: [...items.columns, price, level] }
    await trial.commit([{ kind: 'create_table', table: tableOf(wider) }])
    trial.declare(wider)
    expectRows(await trial.rows(wider), [[1n, 'a', null, 7n]])
    const source = sourceOf(wider.columns, [[2n, 'b', 150n, null]])
    await trial.commit([{ kind: 'load', table: tableOf(wider), source, count: 'more' }])
    expectRows(await trial.rows(wider), [
      [1n, 'a', null, 7n],
      [2n, 'b', 150n, null],
    ])
  },
  'tables/dropped': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a']])
    await trial.commit([{ kind: 'drop_table', table: 'items' }])
    assert.deepEqual(await trial.tables(), [])
    await trial.seed(items)
    expectRows(await trial.rows(items), [])
  },
  'tables/a key that is not unique takes equal and NULL keys': async (
    trial: Trial,
  ): Promise<void> => {
    const rows: Row[] = [[null, 'a'], [null, 'b'], [1n, 'c'], [1n, 'd']] // prettier-ignore
    await trial.seed(items, rows)
    assert.equal((await trial.rows(items)).length, 4)
  },
  'tables/a composite key whose parts collide when joined': async (trial: Trial): Promise<void> => {
    const pairs = testDataset('pairs', { a: STRING, b: STRING }, { key: ['a', 'b'] })
    const table = tableOf(pairs, { isUnique: true })
    trial.declare(pairs)
    const rows: Row[] = [['a', 'b|c'], ['a|b', 'c']] // prettier-ignore
    const source = sourceOf(pairs.columns, rows)
    await trial.commit([
      { kind: 'create_table', table },
      { kind: 'load', table, source, count: 'rows' },
    ])
    expectRows(await trial.rows(pairs), rows)
  },
  'tables/names meant to break out': async (trial: Trial): Promise<void> => {
    const types = Object.fromEntries(HOSTILE_NAMES.map((name) => [name, STRING]))
    const row = HOSTILE_NAMES.map((name) => `value of ${name}`)
    for (const name of HOSTILE_NAMES) {
      const dataset = testDataset(`d ${name}`, types, { table: name, key: [name] })
      await trial.seed(dataset, [row])
      const condition = equal(columnIn(dataset, name), text(`value of ${name}`))
      expectRows(await trial.read([defineQuery(name, [from(dataset.id), filter(condition)])]), [
        row,
      ])
    }
    const tables = await trial.tables()
    assert.deepEqual(tables.map(({ name }) => name).toSorted(), HOSTILE_NAMES.toSorted())
    assert.deepEqual(tables[0]?.columns, HOSTILE_NAMES)
  },
  'tables/values meant to break out': async (trial: Trial): Promise<void> => {
    const rows = HOSTILE_NAMES.map((name, index): Row => [BigInt(index), name])
    await trial.seed(items, rows)
    for (const [index, name] of HOSTILE_NAMES.entries()) {
      const query = defineQuery('q', [
        from('items'),
        filter(equal(columnIn(items, 'label'), text(name))),
      ])
      expectRows(await trial.read([query]), [[BigInt(index), name]], name)
    }
    await trial.run(
      defineInstruction(
        'i',
        [rowsQuery('q', { id: INTEGER, label: STRING }, rows)],
        [append('q', 'items')],
      ),
    )
    assert.equal((await trial.rows(items)).length, 2 * rows.length)
  },
  'views/created and put in place of the one before': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a'], [2n, 'b']]) // prettier-ignore
    for (const [first, label] of [
      [1n, 'a'],
      [2n, 'b'],
    ] as const) {
      // prettier-ignore
      const queries = viewOf(first)
      await trial.commit([
        { kind: 'create_view', name: 'current', queries, catalog: trial.catalog() },
      ])
      const dataset = testDataset(
        'view',
        { name: STRING, id: INTEGER },
        { table: 'current', storage: { kind: 'view', queries } },
      )
      trial.declare(dataset)
      expectRows(await trial.rows(dataset), [[label, first]])
    }
    const [listed] = await trial.tables('current')
    // An engine without views inlines them and lists none.
    if (listed !== undefined)
      assert.deepEqual(listed, { name: 'current', kind: 'view', columns: ['name', 'id'] })
  },
  'views/follow the batch they are put over': async (trial: Trial): Promise<void> => {
    const landing = testDataset(
      'landing',
      { id: INTEGER },
      { key: ['id'], storage: { kind: 'batches' } },
    )
    const queries = [defineQuery('view', [from('landing', 'current')])]
    const view = testDataset('current', { id: INTEGER }, { storage: { kind: 'view', queries } })
    trial.declare(view)
    for (const batch of [1n, 2n]) {
      const table = tableOf(landing, { name: `landing__b${batch}` })
      trial.store(landing, { current: { table: table.name, columns: ['id'], constants: {} } })
      await trial.commit([
        { kind: 'create_table', table },
        { kind: 'load', table, source: sourceOf(table.columns, [[batch]]), count: 'rows' },
        { kind: 'create_view', name: 'current', queries, catalog: trial.catalog() },
      ])
      const query = defineQuery('rows', [from('current'), sort(ascending('id'))])
      expectRows(await trial.read([query]), [[batch]])
    }
    await trial.commit([{ kind: 'drop_table', table: 'landing__b1' }])
    expectRows(await trial.rows(view), [[2n]])
  },
  'views/dropped before the table that they are over': async (trial: Trial): Promise<void> => {
    await trial.seed(items, [[1n, 'a']])
    const queries = viewOf(1n)
    await trial.commit([
      { kind: 'create_view', name: 'current', queries, catalog: trial.catalog() },
    ])
    await trial.commit([
      { kind: 'drop_view', name: 'current' },
      { kind: 'drop_view', name: 'never_there' },
      { kind: 'drop_table', table: items.table },
    ])
    assert.deepEqual(await trial.tables('current'), [])
    assert.deepEqual(await trial.tables(items.table), [])
  },
}
