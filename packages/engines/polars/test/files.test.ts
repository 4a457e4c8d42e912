import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import {
  DataTypes,
  decimalType,
  type Dataset,
  type Instruction,
  type Query,
  type Row,
  type TableDefinition,
} from '@qarion/core'
import {
  append,
  column,
  defineInstruction,
  defineQuery,
  from,
  integer,
  literal,
  merge,
  named,
  remove,
  text,
  values,
} from '@qarion/plan'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createPolarsLocalEngine } from '../src/index.ts'
import {
  catalogOf,
  EMPTY_CATALOG,
  load,
  NEVER,
  openTestStore,
  readRows,
  type TestStore,
} from './support.ts'

const { integer: INTEGER, string: STRING } = DataTypes
const TABLE: TableDefinition = {
  name: 'rows',
  columns: [
    { name: 'n', type: INTEGER, required: true },
    { name: 's', type: STRING, required: false },
    { name: 'wide', type: decimalType(38, 2), required: false },
  ],
  key: ['n'],
  isUnique: true,
}
const ROWS: Dataset = {
  id: 't.rows',
  table: TABLE.name,
  storage: { kind: 'table' },
  columns: TABLE.columns,
  key: ['n'],
  sortKey: ['n'],
  isInternal: false,
}
const CATALOG = catalogOf(ROWS)
const ALL = [defineQuery('q', [from('t.rows')])]

interface ManifestDocument {
  readonly tables: Readonly<Record<string, { readonly parts: readonly { readonly id: string }[] }>>
  readonly previous_parts: readonly string[]
}

let store: TestStore
beforeEach(async () => {
  store = await openTestStore('local')
})
afterEach(() => store.close())

const manifestPath = (): string => join(store.directory, 'manifest.json')
const partsFolder = (): string => join(store.directory, 'parts')
const manifest = async (): Promise<ManifestDocument> =>
  JSON.parse(await readFile(manifestPath(), 'utf8')) as ManifestDocument
const partsOf = async (): Promise<readonly string[]> =>
  (await manifest()).tables['rows']?.parts.map(({ id }) => id) ?? []

async function seed(...rows: readonly Row[]): Promise<void> {
  await store.commit([{ kind: 'create_table', table: TABLE }, load(TABLE, rows)])
}

describe('a storage folder', () => {
  it('holds the files of this state and the one before, and after a checkpoint of this one', async () => {
    await seed([1n, 'a', 10n ** 38n - 1n])
    const [first] = await partsOf()
    await store.commit([load(TABLE, [[2n, 'b', null]])])
    await store.commit([
      { kind: 'drop_table', table: 'rows' },
      { kind: 'create_table', table: TABLE },
      load(TABLE, [[3n, 'c', -1n]]),
    ])
    expect(await readdir(partsFolder())).toHaveLength(3)
    expect((await manifest()).previous_parts).toContain(first)
    await store.session.checkpoint()
    expect(await readdir(partsFolder())).toEqual(await partsOf())
    expect(await store.rows(ALL, CATALOG)).toEqual([[3n, 'c', -1n]])
    const names = await readdir(store.directory)
    expect(names.toSorted()).toEqual(['manifest.json', 'parts', 'writer.lock'])
  })

  it('is read as empty where there is none, and nothing is made', async () => {
    const nowhere = join(store.directory, 'no', 'where')
    const session = await createPolarsLocalEngine({ storageDirectory: nowhere }).open('read')
    expect(await session.listTables()).toEqual([])
    expect(await readRows(session, ALL, CATALOG)).toEqual([])
    await session.close()
    expect(await readdir(store.directory)).not.toContain('no')
  })

  it('loses what no manifest names with the next commit, and nothing that is not its own', async () => {
    await seed([1n, 'a', null])
    const [part = ''] = await partsOf()
    const orphan = `rows.${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}.parquet`
    await writeFile(join(partsFolder(), orphan), await readFile(join(partsFolder(), part)))
    await writeFile(join(partsFolder(), 'notes.txt'), 'mine')
    await store.commit([load(TABLE, [[2n, 'b', null]])])
    const names = await readdir(partsFolder())
    expect(names).not.toContain(orphan)
    expect(names).toContain('notes.txt')
    expect(await store.rows(ALL, CATALOG)).toHaveLength(2)
  })

  it('keeps files without a row to delete, and has few of them after many commits', async () => {
    await seed([0n, 'a', null])
    for (let n = 1n; n <= 20n; n += 1n) await store.commit([load(TABLE, [[n, 'x', null]])])
    const before = await partsOf()
    expect(before).toHaveLength(21)
    const keys = defineQuery('keys', [
      values([{ name: 'n', type: INTEGER }], [[integer(3)], [literal(INTEGER, null)]]),
    ])
    const instruction = defineInstruction('i', [keys], [remove('keys', 't.rows', ['n'])])
    const { rowCounts } = await store.commit([{ kind: 'instruction', instruction }], CATALOG)
    expect(rowCounts).toEqual({ 'i.0': 1 })
    expect(await partsOf()).toEqual(before.filter((_, index) => index !== 3))
    await store.session.checkpoint()
    expect((await partsOf()).length).toBeLessThan(4)
    const found = (await store.rows(ALL, CATALOG)).map(([n]) => Number(n))
    expect(found.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 21 }, (_, n) => n).filter((n) => n !== 3),
    )
  })
})

describe('damage', () => {
  it('a manifest that is none is refused and left as it is', async () => {
    await seed([1n, 'a', null])
    for (const text of ['', 'garbage', '{}', '{"qarion_polars":99}']) {
      await writeFile(manifestPath(), text)
      await expect(store.engine.open('read')).rejects.toMatchObject({
        code: 'QRN-POLARS-009',
        reason: 'corrupt',
      })
      expect(await readFile(manifestPath(), 'utf8')).toBe(text)
    }
  })

  it.each([
    ['cut', (path: string) => truncate(path, 200)],
    ['gone', (path: string) => rm(path)],
    ['something else', (path: string) => writeFile(path, 'x'.repeat(1000))],
  ])('a file that is %s is named, and nothing is written', async (_, harm) => {
    await seed([1n, 'a', null])
    const [part = ''] = await partsOf()
    await harm(join(partsFolder(), part))
    const before = await readFile(manifestPath(), 'utf8')
    await expect(store.rows(ALL, CATALOG)).rejects.toMatchObject({ reason: 'corrupt' })
    await expect(store.rows(ALL, CATALOG)).rejects.toThrow(part)
    const copy = defineInstruction('i', ALL, [append('q', 't.rows')])
    await expect(
      store.commit([{ kind: 'instruction', instruction: copy }], CATALOG),
    ).rejects.toMatchObject({ reason: 'corrupt' })
    expect(await readFile(manifestPath(), 'utf8')).toBe(before)
  })
})

describe('who may write', () => {
  it('a second engine over the folder is told who does', async () => {
    const other = createPolarsLocalEngine({ storageDirectory: store.directory })
    const owner = { description: 'the second', waitMs: 0, signal: NEVER }
    await expect(other.acquireLease(owner)).rejects.toMatchObject({ reason: 'locked' })
    await store.lease.release()
    const lease = await other.acquireLease(owner)
    await expect(seed([1n, 'a', null])).rejects.toMatchObject({ code: 'QRN-POLARS-003' })
    expect(await store.session.listTables()).toEqual([])
    await lease.release()
  })

  it('a session that reads does not, and one that is closed does nothing', async () => {
    const reader = await store.engine.open('read')
    const unit = {
      operations: [],
      catalog: EMPTY_CATALOG,
      parameters: {},
      acceptedGuards: [],
      lease: store.lease,
      signal: NEVER,
    }
    await expect(reader.commit(unit)).rejects.toMatchObject({ code: 'QRN-POLARS-006' })
    await reader.close()
    await expect(reader.listTables()).rejects.toMatchObject({ code: 'QRN-POLARS-006' })
  })
})

describe('merges', () => {
  it('two that change rows of one table are refused: one would undo the other', async () => {
    await seed([1n, 'a', null], [2n, 'b', null])
    const keys = (name: string, n: number): Query =>
      defineQuery(name, [values([{ name: 'n', type: INTEGER }], [[integer(n)]])])
    const action = { kind: 'update' as const, set: [named('s', text('x'))] }
    const branches = [{ when: 'matched' as const, action }]
    const both = (second: number): Instruction =>
      defineInstruction(
        'i',
        [keys('one', 1), keys('two', second)],
        [
          merge('one', 't.rows', { on: ['n'], branches }),
          merge('two', 't.rows', { on: ['n'], branches }),
        ],
      )
    const run = (instruction: Instruction): Promise<unknown> =>
      store.commit([{ kind: 'instruction', instruction }], CATALOG)
    await expect(run(both(2))).rejects.toMatchObject({ code: 'QRN-POLARS-013' })
    expect(await store.rows(ALL, CATALOG)).toHaveLength(2)
    await run(both(99))
    expect((await store.rows(ALL, CATALOG)).map((row) => row[1])).toEqual(['x', 'b'])
  })
})

describe('constraints', () => {
  it('NULL in a required column and a key twice fail the step', async () => {
    await seed([1n, 'a', null])
    await expect(store.commit([load(TABLE, [[null, 'b', null]])])).rejects.toThrow(/NULL.* n\./)
    await expect(store.commit([load(TABLE, [[1n, 'b', null]])])).rejects.toMatchObject({
      code: 'QRN-POLARS-008',
    })
    const doubled = defineInstruction('i', ALL, [append('q', 't.rows')])
    await expect(
      store.commit([{ kind: 'instruction', instruction: doubled }], CATALOG),
    ).rejects.toMatchObject({ code: 'QRN-POLARS-008' })
    expect(await store.rows(ALL, CATALOG)).toEqual([[1n, 'a', null]])
    expect(await readdir(partsFolder())).toHaveLength(1)
  })
})

describe.each(['local', 'memory'] as const)('reading from %s', (kind) => {
  it('a reader comes to its end while commits put other rows in the place of its own', async () => {
    const own = await openTestStore(kind)
    try {
      const rows = Array.from({ length: 40_000 }, (_, n): Row => [BigInt(n), `row ${n}`, null])
      await own.commit([{ kind: 'create_table', table: TABLE }, load(TABLE, rows)])
      const reader = await own.engine.open('read')
      let count = 0
      const request = { queries: ALL, catalog: CATALOG, parameters: {} }
      for await (const batch of reader.read(request)) {
        if (count === 0) {
          await own.commit([{ kind: 'drop_table', table: 'rows' }])
          await own.session.checkpoint()
        }
        count += batch.rowCount
      }
      expect(count).toBe(40_000)
      expect(await readRows(reader, ALL, CATALOG)).toEqual([])
      await reader.close()
    } finally {
      await own.close()
    }
  })

  it('columns of a query that are constants alone have as many rows as their table', async () => {
    const own = await openTestStore(kind)
    try {
      await own.commit([
        { kind: 'create_table', table: TABLE },
        load(TABLE, [
          [1n, 'a', null],
          [2n, 'b', null],
        ]),
      ])
      const query = defineQuery('q', [
        from('t.rows'),
        { operation: 'select', columns: [{ name: 'one', expression: integer(1) }] },
      ])
      expect(await own.rows([query], CATALOG)).toEqual([[1n], [1n]])
      const named = defineQuery('named', [
        from('t.rows'),
        { operation: 'select', columns: [{ name: '^.*$', expression: column('s', STRING) }] },
      ])
      expect(await own.rows([named], CATALOG)).toEqual([['a'], ['b']])
    } finally {
      await own.close()
    }
  })
})
