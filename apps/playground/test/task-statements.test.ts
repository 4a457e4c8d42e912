import { isQarionError } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { resultsOf, task, taskFlow, withTasks } from './standard-support.ts'

const VARIABLES = `[variables]
region = { type = "string", default = "o'ne" }
least = { type = "number", default = 1.6 }
first = { type = "string", default = "a" }
limit = { type = "integer", default = 9007199254740993 }`

const statement = (sql: string, columns: string, more = ''): string =>
  taskFlow(
    task(
      'a',
      'transformation',
      `sql = '''${sql}'''\ncolumns = { ${columns} }\n${more}`,
      'source_dataset_id = "t.current"\ntarget_dataset_id = "out"',
    ),
    VARIABLES,
  )

describe.each(['sqlite', 'duckdb', 'postgres'] as const)('statements on %s', (engine) => {
  it('name datasets, bind values, and commit with their record', async () => {
    const sql = `-- :not_a_parameter {{ no.dataset }}
with big as (select customer, amount from {{ source_dataset }} as s where s.customer <> :region)
select big.customer as "Who", ':region' as word, :region as region, count(*) as number, :limit as wide
from big join {{ t.change_feed }} f on f.customer = big.customer /* ; */
group by big.customer;`
    await withTasks(
      {
        s: statement(
          sql,
          'Who = "string", word = "string", region = "string", number = "integer", wide = "integer"',
        ),
      },
      async (t) => {
        await t.runOk()
        const all = ["ann|:region|o'ne|4|9007199254740993", "bob|:region|o'ne|1|9007199254740993"]
        expect(await t.rows('s.out')).toEqual(all)
        await t.runOk({ flows: ['s'], variables: { region: 'bob' } })
        expect(await t.rows('s.out')).toEqual(['ann|:region|bob|4|9007199254740993'])
        const [plan] = (await t.qarion.plan({ flows: ['s'], includeStatements: true })).flows
        expect(plan?.statements?.join('\n')).toContain('with big as')
      },
      { engine },
    )
  })

  it('add rows by batch, once in a batch', async () => {
    const s = statement(
      'select id, :batch_id as number from {{ source_dataset }} where id <> :first',
      'id = "string", number = "integer"',
      'processing_type = "INCREMENTAL"',
    )
    const failing = task('z', 'script', 'path = "z.mjs"', 'dependencies = ["a"]')
    await withTasks(
      { s: s + failing, 'z.mjs': "throw new Error('no')" },
      async (t) => {
        await t.run()
        await t.run({ fullRefresh: true })
        await t.redefineFlow('s', s)
        await t.runOk()
        await t.runOk()
        expect(await t.rows('s.out', ['id', 'number', 'xt_batch_id'])).toEqual([
          'b|1|1',
          'c|1|1',
          'b|2|2',
          'c|2|2',
        ])
      },
      { engine },
    )
  })

  it('that fail leave the target as it was', async () => {
    const good = statement('select id from {{ source_dataset }}', 'id = "string"')
    await withTasks(
      { s: good },
      async (t) => {
        await t.runOk()
        for (const sql of [
          'select id from {{ source_dataset }} where',
          'select nothing from {{ source_dataset }}',
          'select 1 as id) as x; drop table raw_s_out; select * from (select 1 as id',
          'select id from no_such_table',
        ]) {
          await t.redefineFlow('s', statement(sql, 'id = "string"'))
          const failed = await t.run({ flows: ['s'] }).then(
            ({ status }) => status,
            (error: unknown) => (isQarionError(error) ? error.problems[0]?.code : 'none'),
          )
          expect(failed).toBe(sql.includes(';') ? 'QRN-TASK-002' : 'failed')
        }
        await t.redefineFlow('s', good)
        expect(await t.rows('s.out')).toEqual(['a', 'b', 'c'])
        expect((await resultsOf(t, ['xt_batch_id', 'status'])).toSorted()).toEqual([
          '1|succeeded',
          '2|failed',
        ])
      },
      { engine },
    )
  })
})

describe('a statement', () => {
  it.each([
    ['select * from {{ t.curent }}', 'a = "string"', 'QRN-CONFIG-029', /t\.current/],
    ['select * from {{ sourc_dataset }}', 'a = "string"', 'QRN-TASK-003', /./],
    ['select {{ region }}', 'a = "string"', 'QRN-TASK-002', /:region/],
    ['select :regoin', 'a = "string"', 'QRN-TASK-002', /region/],
    ['select :least', 'a = "string"', 'QRN-TASK-002', /cast/],
    ['', 'a = "string"', 'QRN-TASK-002', /./],
    ['select 1', 'a = "text"', /^QRN-EXPR-/, /./],
    ['select 1', 'a = "decimal(50,2)"', /^QRN-EXPR-/, /./],
    ['select 1', 'a = "string) or (true"', /^QRN-EXPR-/, /./],
  ] as const)('%s into { %s } is refused', async (sql, columns, code, hint) => {
    await withTasks({ s: statement(sql, columns) }, async (t) => {
      const thrown: unknown = await t.qarion.validate().catch((error: unknown) => error)
      const [problem] = isQarionError(thrown) ? thrown.problems : []
      expect(problem?.code).toMatch(code)
      expect(problem?.hint).toMatch(hint)
      expect(problem?.place).toMatchObject({ file: 'flows/s.toml' })
    })
  })

  it.each(['polars_local', 'polars_memory'] as const)('is refused on %s', async (engine) => {
    await withTasks(
      { s: statement('select id from {{ source_dataset }}', 'id = "string"') },
      async (t) => {
        for (const refused of [t.qarion.validate(), t.qarion.plan(), t.run()]) {
          await expect(refused).rejects.toMatchObject({
            code: 'QRN-RUN-012',
            place: { file: 'flows/s.toml' },
          })
        }
      },
      { engine },
    )
  })
})
