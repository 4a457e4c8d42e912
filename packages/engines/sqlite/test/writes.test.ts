import {
  DataTypes,
  decimalType,
  type Dataset,
  type Operation,
  type Query,
  type Row,
  type Write,
} from '@qarion/core'
import {
  append,
  ascending,
  assert,
  column,
  defineInstruction,
  defineQuery,
  derive,
  filter,
  from,
  fromQuery,
  integer,
  keep,
  literal,
  merge,
  named,
  overwrite,
  parameter,
  parseExpression,
  remove,
  replace,
  replaceKeys,
  select,
  sort,
  text,
  values,
} from '@qarion/plan'
import { expect, it } from 'vitest'

import {
  createTable,
  datasetOf,
  load,
  openDatabase,
  stored,
  storedBatch,
  tableOf,
  type TestDatabase,
} from './support.ts'

const INTEGER = DataTypes.integer
const STRING = DataTypes.string
const people = datasetOf(
  'f.people',
  [
    ['id', INTEGER, 'required'],
    ['name', STRING],
  ],
  { key: ['id'] },
)
const other = datasetOf('f.other', [
  ['id', INTEGER],
  ['name', STRING],
])
const datasets = [people, other]

function rowsQuery(name: string, rows: readonly (readonly [number, string | null])[]): Query {
  return defineQuery(name, [
    values(
      [
        { name: 'id', type: INTEGER },
        { name: 'name', type: STRING },
      ],
      rows.map(([id, value]) => [integer(id), literal(STRING, value)]),
    ),
  ])
}

function run(queries: readonly Query[], writes: readonly Write[]): Operation {
  return { kind: 'instruction', instruction: defineInstruction('i', queries, writes) }
}

async function contents(database: TestDatabase, dataset: Dataset): Promise<readonly Row[]> {
  const query = defineQuery('all', [
    from(dataset.id),
    sort(ascending(dataset.columns.map(({ name }) => name))),
  ])
  return database.read([query], { datasets })
}

async function withPeople(rows: readonly Row[]): Promise<TestDatabase> {
  const database = await openDatabase()
  await database.commit(stored([people, rows], [other, []]), { datasets })
  return database
}

const START: readonly Row[] = [
  [1n, 'a'],
  [2n, 'b'],
  [3n, null],
]

it('appends, and columns that the query lacks are NULL', async () => {
  const database = await withPeople(START)
  const query = defineQuery('q', [values([{ name: 'id', type: INTEGER }], [[integer(4)]])])
  const { rowCounts } = await database.commit([run([query], [append('q', people.id)])], {
    datasets,
  })
  expect(rowCounts).toEqual({ 'i.0': 1 })
  expect(await contents(database, people)).toEqual([...START, [4n, null]])
})

it('overwrites with rows made from what is overwritten', async () => {
  const database = await withPeople(START)
  const query = defineQuery('q', [
    from(people.id),
    filter(parseExpression('id > 1', { columns: people.columns })),
  ])
  await database.commit([run([query], [overwrite('q', people.id)])], { datasets })
  expect(await contents(database, people)).toEqual([
    [2n, 'b'],
    [3n, null],
  ])
})

it('replaces the rows of the current batch', async () => {
  const log = datasetOf('f.log', [
    ['v', INTEGER],
    ['xt_batch_id', INTEGER],
  ])
  const database = await openDatabase()
  await database.commit(
    stored([
      log,
      [
        [1n, 1n],
        [2n, 2n],
        [3n, 2n],
      ],
    ]),
    { datasets: [log] },
  )
  const query = defineQuery('q', [
    values(
      [
        { name: 'v', type: INTEGER },
        { name: 'xt_batch_id', type: INTEGER },
      ],
      [[integer(9), parameter('batch_id', INTEGER)]],
    ),
  ])
  const options = { datasets: [log], parameters: { batch_id: 2n } }
  await database.commit([run([query], [replace('q', log.id)])], options)
  const all = defineQuery('all', [from(log.id), sort(ascending('v'))])
  expect(await database.read([all], options)).toEqual([
    [1n, 1n],
    [9n, 2n],
  ])
})

it('replaces keys, NULL among them', async () => {
  const database = await withPeople([
    [1n, 'a'],
    [1n, 'b'],
    [2n, null],
  ])
  const query = rowsQuery('q', [
    [9, 'a'],
    [8, null],
  ])
  await database.commit([run([query], [replaceKeys('q', people.id, ['name'])])], { datasets })
  expect(await contents(database, people)).toEqual([
    [1n, 'b'],
    [8n, null],
    [9n, 'a'],
  ])
})

it('deletes by keys, NULL among them', async () => {
  const database = await withPeople(START)
  const query = rowsQuery('q', [
    [3, null],
    [1, 'x'],
  ])
  const { rowCounts } = await database.commit(
    [run([query], [remove('q', people.id, ['id', 'name'])])],
    { datasets },
  )
  expect(rowCounts).toEqual({ 'i.0': 1 })
  expect(await contents(database, people)).toEqual([
    [1n, 'a'],
    [2n, 'b'],
  ])
})

it('lets all writes of an instruction read the state before it', async () => {
  const database = await withPeople(START)
  const query = defineQuery('q', [from(people.id)])
  const { rowCounts } = await database.commit(
    [run([query, rowsQuery('none', [])], [overwrite('none', people.id), append('q', other.id)])],
    { datasets },
  )
  expect(rowCounts).toEqual({ 'i.0': 0, 'i.1': 3 })
  expect(await contents(database, people)).toEqual([])
  expect(await contents(database, other)).toEqual(START)
})

it('lets several writes go to one dataset: all delete before any inserts', async () => {
  const database = await withPeople(START)
  const queries = [
    rowsQuery('new', [
      [4, 'new'],
      [3, 'again'],
    ]),
    rowsQuery('old', [
      [3, null],
      [4, 'x'],
    ]),
  ]
  const { rowCounts } = await database.commit(
    [run(queries, [append('new', people.id), remove('old', people.id, ['id'])])],
    { datasets },
  )
  expect(rowCounts).toEqual({ 'i.0': 2, 'i.1': 1 })
  expect(await contents(database, people)).toEqual([
    [1n, 'a'],
    [2n, 'b'],
    [3n, 'again'],
    [4n, 'new'],
  ])
})

it('merges by the first branch of each situation whose condition is true', async () => {
  const database = await withPeople([
    [1n, 'a'],
    [2n, 'b'],
    [3n, 'c'],
    [4n, 'd'],
  ])
  const columns = [
    ...people.columns,
    { name: 'source_id', type: INTEGER },
    { name: 'source_name', type: STRING },
  ]
  const when = (condition: string) => parseExpression(condition, { columns })
  const set = [
    named('id', column('source_id', INTEGER)),
    named('name', column('source_name', STRING)),
  ]
  const write = merge('q', people.id, {
    on: ['id'],
    branches: [
      { when: 'matched', condition: when('name = source_name'), action: { kind: 'nothing' } },
      { when: 'matched', condition: when('source_name is null'), action: { kind: 'delete' } },
      {
        when: 'matched',
        action: { kind: 'update', set: [named('name', when("name || '>' || source_name"))] },
      },
      {
        when: 'not_matched',
        condition: when("source_name <> 'skip'"),
        action: { kind: 'insert', set },
      },
      {
        when: 'not_matched_by_source',
        action: { kind: 'update', set: [named('name', text('gone'))] },
      },
    ],
  })
  const query = rowsQuery('q', [
    [1, 'a'],
    [2, null],
    [3, 'z'],
    [5, 'new'],
    [6, 'skip'],
  ])
  const { rowCounts } = await database.commit([run([query], [write])], { datasets })
  expect(rowCounts).toEqual({ 'i.0': 4 })
  expect(await contents(database, people)).toEqual([
    [1n, 'a'],
    [3n, 'c>z'],
    [4n, 'gone'],
    [5n, 'new'],
  ])
})

it('refuses to merge a source with two rows of one key, before anything is written', async () => {
  const database = await withPeople(START)
  const write = merge('q', people.id, {
    on: ['id'],
    branches: [{ when: 'matched', action: { kind: 'delete' } }],
  })
  const first = append('q', other.id)
  const query = rowsQuery('q', [
    [1, 'x'],
    [1, 'y'],
  ])
  await expect(database.commit([run([query], [first, write])], { datasets })).rejects.toMatchObject(
    {
      code: 'QRN-SQL-004',
      reason: 'execution',
      data: { columns: ['id'], sample: [['1']] },
    },
  )
  expect(await contents(database, other)).toEqual([])
  expect(await contents(database, people)).toEqual(START)
})

const tooMany = assert({
  guard: 'mass_delete',
  code: 'QRN-TEST-001',
  message: '{count} rows would go.',
  hint: 'Look first.',
  canBeAccepted: true,
})

it('fails an assert with count and sample, and leaves everything as it was', async () => {
  const database = await withPeople(START)
  const guard = defineQuery('guard', [from(people.id), sort(ascending('id')), tooMany])
  const instruction = run([guard, rowsQuery('q', [[9, 'z']])], [append('q', people.id)])
  await expect(database.commit([instruction], { datasets })).rejects.toMatchObject({
    code: 'QRN-TEST-001',
    reason: 'guard',
    message: '3 rows would go.',
    hint: 'Look first.',
    data: {
      guard: 'mass_delete',
      count: 3,
      columns: ['id', 'name'],
      sample: [
        ['1', 'a'],
        ['2', 'b'],
        ['3', null],
      ],
    },
  })
  expect(await contents(database, people)).toEqual(START)
  const accepted = await database.commit([instruction], {
    datasets,
    acceptedGuards: ['mass_delete'],
  })
  expect(accepted.acceptedGuards).toEqual(['mass_delete'])
  expect(await contents(database, people)).toHaveLength(4)
})

it('evaluates a query once that says so, before the writes', async () => {
  const database = await withPeople(START)
  const once = defineQuery('once', [from(people.id), derive([named('name', text('kept'))])], {
    evaluate: 'once',
  })
  const copy = defineQuery('copy', [fromQuery('once')])
  await database.commit(
    [run([once, copy], [overwrite('copy', people.id), append('once', other.id)])],
    { datasets },
  )
  const kept = START.map(([id]) => [id, 'kept'])
  expect(await contents(database, people)).toEqual(kept)
  expect(await contents(database, other)).toEqual(kept)
})

it('commits all operations or none', async () => {
  const database = await withPeople(START)
  const bad = defineQuery('bad', [
    from(people.id),
    select([
      named('id', parseExpression('div(id, 0)', { columns: people.columns })),
      named('name', text('x')),
    ]),
  ])
  const operations = [
    run([rowsQuery('q', [[9, 'z']])], [append('q', people.id)]),
    createTable(tableOf(datasetOf('f.new', [['a', INTEGER]]))),
    run([bad], [append('bad', people.id)]),
  ]
  await expect(database.commit(operations, { datasets })).rejects.toMatchObject({
    code: 'QRN-EXEC-002',
  })
  expect(await contents(database, people)).toEqual(START)
  expect((await database.session.listTables('f_new')).length).toBe(0)
})

it('refuses to write once another lease was taken', async () => {
  const database = await withPeople(START)
  await database.lease.release()
  const signal = new AbortController().signal
  const next = await database.engine.acquireLease({ description: 'the next', waitMs: 0, signal })
  const write = [run([rowsQuery('q', [[9, 'z']])], [append('q', people.id)])]
  await expect(database.commit(write, { datasets })).rejects.toMatchObject({
    code: 'QRN-SQL-003',
    reason: 'locked',
  })
  await database.commit(write, { datasets, lease: next })
  expect(await contents(database, people)).toHaveLength(4)
  await next.release()
})

it('does nothing once the run is cancelled', async () => {
  const database = await withPeople(START)
  const controller = new AbortController()
  controller.abort()
  const write = [run([rowsQuery('q', [[9, 'z']])], [append('q', people.id)])]
  await expect(
    database.commit(write, { datasets, signal: controller.signal }),
  ).rejects.toMatchObject({
    reason: 'interrupted',
  })
  expect(await contents(database, people)).toEqual(START)
})

it('cancels in the middle of a load and undoes it', async () => {
  const database = await withPeople([])
  const controller = new AbortController()
  const source = {
    batches: async function* () {
      for (let round = 0; ; round += 1) {
        if (round === 5) controller.abort()
        yield {
          rowCount: 1,
          columns: [
            { layout: 'int64' as const, values: new BigInt64Array([BigInt(round)]) },
            { layout: 'text' as const, values: ['x'] },
          ],
        }
      }
    },
  }
  const operation = { kind: 'load' as const, table: tableOf(people), source, count: 'n' }
  await expect(
    database.commit([operation], { datasets, signal: controller.signal }),
  ).rejects.toMatchObject({
    code: 'QRN-SQL-007',
  })
  expect(await contents(database, people)).toEqual([])
  await database.commit([load(tableOf(people), START)], { datasets })
  expect(await contents(database, people)).toEqual(START)
})

it('adds missing columns, which read as their default in older batches', async () => {
  const database = await openDatabase()
  const before = datasetOf('f.landing', [['id', INTEGER]], { storage: { kind: 'batches' } })
  const amount = decimalType(10, 2)
  const after: Dataset = {
    ...before,
    columns: [
      ...before.columns,
      { name: 'amount', type: amount, required: false, default: literal(amount, '1.50') },
      { name: 'note', type: STRING, required: false },
      { name: 'xt_batch_id', type: INTEGER, required: true },
    ],
  }
  const old = { ...tableOf(before), name: 'f_landing__b1' }
  const young = {
    name: 'f_landing__b2',
    columns: after.columns.slice(0, 3),
    key: [],
    isUnique: false,
  }
  await database.commit(
    [createTable(old), load(old, [[1n]]), createTable(young), load(young, [[2n, 250n, 'n']])],
    {},
  )
  const batches = new Map([
    [
      after.id,
      {
        predecessor: storedBatch(old, { xt_batch_id: 1n }),
        current: storedBatch(young, { xt_batch_id: 2n }),
      },
    ],
  ])
  const options = { datasets: [after], batches }
  const read = (version: 'current' | 'predecessor') =>
    database.read([defineQuery('q', [from(after.id, version)])], options)
  expect(await read('predecessor')).toEqual([[1n, 150n, null, 1n]])
  expect(await read('current')).toEqual([[2n, 250n, 'n', 2n]])
  expect(
    await database.read([defineQuery('q', [from(after.id, 'predecessor')])], { datasets: [after] }),
  ).toEqual([])
  await database.commit([createTable({ ...young, name: old.name })], {})
  expect((await database.session.listTables('f_landing__b1'))[0]?.columns).toEqual([
    'id',
    'amount',
    'note',
  ])
})

it('reads views by their queries, and stores them for people', async () => {
  const database = await withPeople(START)
  const named3 = defineQuery('named', [
    from(people.id),
    filter(parseExpression("name is not null and name <> 'it''s'", { columns: people.columns })),
  ])
  const view = datasetOf(
    'f.named',
    [
      ['id', INTEGER],
      ['name', STRING],
    ],
    { storage: { kind: 'view', queries: [named3] } },
  )
  const all = { datasets: [...datasets, view] }
  const catalog = {
    datasets: new Map(all.datasets.map((one) => [one.id, one])),
    batches: new Map(),
  }
  await database.commit(
    [{ kind: 'create_view', name: view.table, queries: [named3], catalog }],
    all,
  )
  await database.commit(
    [{ kind: 'create_view', name: view.table, queries: [named3], catalog }],
    all,
  )
  expect(
    await database.read([defineQuery('q', [from(view.id), sort(ascending('id'))])], all),
  ).toEqual([
    [1n, 'a'],
    [2n, 'b'],
  ])
  expect(await database.session.listTables('f_named')).toEqual([
    { name: 'f_named', kind: 'view', columns: ['id', 'name'] },
  ])
  const twice = defineQuery('twice', [from(view.id), select(keep(view.columns))])
  expect(await database.read([twice, defineQuery('q', [fromQuery('twice')])], all)).toHaveLength(2)
})
