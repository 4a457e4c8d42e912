import { compareText, DataTypes, type TableDefinition } from '@qarion/core'
import { compileQueries } from '@qarion/kit-sql'
import { defineQuery, from, integer, join, named, select, text } from '@qarion/plan'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { connect, type PostgresConnection } from '../src/connection/connection.ts'
import { postgresDialect } from '../src/index.ts'
import { catalogOf, openTestDatabase, type TestDatabase } from './support.ts'

let database: TestDatabase
let connection: PostgresConnection
beforeAll(async () => {
  database = await openTestDatabase()
  connection = await connect(database.settings, 'write')
})
afterAll(async () => {
  await connection.close()
  await database.close()
})

const columns = [
  { name: 'id', type: DataTypes.integer, required: false },
  { name: 'label', type: DataTypes.string, required: false },
]
const datasetOf = (name: string) => ({
  id: `t.${name}`,
  table: name,
  storage: { kind: 'table' } as const,
  columns,
  key: [],
  sortKey: ['id'],
  isInternal: false,
})
const tableOf = (name: string, more: Partial<TableDefinition> = {}): TableDefinition => ({
  name,
  columns,
  key: [],
  isUnique: false,
  ...more,
})
const catalog = catalogOf(datasetOf('one'), datasetOf('two'))

describe('a join on keys that may be NULL', () => {
  beforeAll(async () => {
    for (const name of ['one', 'two']) {
      await database.commit([{ kind: 'create_table', table: tableOf(name) }])
      await connection.query(
        `INSERT INTO ${name} SELECT nullif(n, 7), nullif(n::text, '9') FROM generate_series(1, 20000) AS n`,
      )
      await connection.query(`ANALYZE ${name}`)
    }
  })

  it.each(['inner', 'left', 'full', 'semi', 'anti'] as const)(
    '%s is no nested loop',
    async (type) => {
      const on = ['id', 'label'].map((name) => ({ left: name, right: name, nullSafe: true }))
      const queries = [
        defineQuery('two', [from('t.two')]),
        defineQuery('q', [from('t.one'), join('two', { type, on, rightPrefix: 'two_' })]),
      ]
      const { sql } = compileQueries(queries, { dialect: postgresDialect, catalog, parameters: {} })
      const { rows } = await connection.query(`EXPLAIN ${sql}`)
      expect(rows.flat().join('\n')).toMatch(/(Hash|Merge) .*Join/)
      expect(rows.flat().join('\n')).not.toContain('Nested Loop')
      const [counted] = (await connection.query(`SELECT count(*) FROM (${sql}) AS q`)).rows
      expect(counted).toEqual([type === 'anti' ? '0' : '20000'])
    },
  )
})

describe('a view', () => {
  const viewOf = (...names: readonly ('id' | 'label')[]) => [
    defineQuery('v', [
      from('t.one'),
      select(
        names.map((name) =>
          named(name, {
            kind: 'column',
            type: name === 'id' ? DataTypes.integer : DataTypes.string,
            name,
          }),
        ),
      ),
    ]),
  ]
  const create = (queries: ReturnType<typeof viewOf>) =>
    database.commit([{ kind: 'create_view', name: 'current', queries, catalog }])

  it('that others read stays the same one while its columns do', async () => {
    await database.commit([{ kind: 'create_table', table: tableOf('one') }])
    await create(viewOf('id', 'label'))
    await connection.query('CREATE VIEW report AS SELECT label FROM current')
    await create(viewOf('id', 'label'))
    expect((await connection.query('SELECT count(*) FROM report')).rows).toHaveLength(1)
    // With other columns it cannot: what reads it is named, and nothing happens.
    await expect(create(viewOf('label', 'id'))).rejects.toMatchObject({
      code: 'QRN-POSTGRES-013',
      message: expect.stringContaining('current'),
    })
    await connection.query('DROP VIEW report')
    await create(viewOf('label', 'id'))
    const [stored] = await database.session.listTables('current')
    expect(stored).toEqual({ name: 'current', kind: 'view', columns: ['label', 'id'] })
  })
})

it('a common table expression may have a longer name than the server keeps', async () => {
  const long = 'x'.repeat(70)
  const queries = [
    ...['a', 'b'].map((end) =>
      defineQuery(`${long}${end}`, [
        from('t.one'),
        select([named('id', integer(1)), named('label', text(end))]),
        { operation: 'limit' as const, count: 1 },
      ]),
    ),
    defineQuery('q', [
      { operation: 'from' as const, source: { kind: 'query' as const, query: `${long}a` } },
      { operation: 'union' as const, queries: [`${long}a`, `${long}b`, `${long}b`] },
    ]),
  ]
  await database.commit([{ kind: 'create_table', table: tableOf('one') }])
  await connection.query("INSERT INTO one VALUES (1, 'a')")
  const rows = await database.rows(queries, catalog)
  expect(rows.map(([, label]) => String(label)).toSorted(compareText)).toEqual(['a', 'a', 'b', 'b'])
})
