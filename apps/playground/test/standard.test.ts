import { describe, expect, it } from 'vitest'

import { ENGINE_IDS } from '../src/index.ts'
import { resultsOf, task, taskFlow, withTasks } from './standard-support.ts'

const VARIABLES = `
[variables]
least = { type = "number", default = 1 }
[input]
columns = [
  { name = "customer", schema_type = "string", required = true },
  { name = "name", schema_type = "string" },
]
`

const TASKS = taskFlow(
  task(
    'totals',
    'transformation',
    `primary_key = ["customer"]
rules = [
  { operation = "filter", condition = "amount > :least" },
  { operation = "derive", columns = { doubled = "cast(amount * 2 as decimal(18,2))" } },
  { operation = "aggregate", group_by = ["customer"], measures = [
    { name = "orders", function = "count" },
    { name = "total", function = "max", argument = "doubled" },
  ] },
]`,
    'source_dataset_id = "t.current"\ntarget_dataset_id = "totals"',
  ) +
    task(
      'named',
      'transformation',
      `processing_type = "INCREMENTAL"
rules = [
  { operation = "join", dataset = "people", type = "left", on = ["customer"], prefix = "p_" },
  { operation = "select", columns = { name = "coalesce(p_name, customer)", orders = "orders" } },
]`,
      'source_dataset_id = "totals"\ntarget_dataset_id = "history"\ndependencies = ["totals", "people"]',
    ) +
    task(
      'people',
      'ingestion',
      'path = "people"\nfile_pattern = "*.csv"\nformat = "csv"\ndelimiter = ";"',
      'target_dataset_id = "people"',
    ),
  VARIABLES,
)

const PEOPLE = {
  'people/1.csv': 'customer;name\nann;Ann Å.\n',
  'people/2.csv': 'name;customer\n"Bo;b";bob\n',
}

describe.each(ENGINE_IDS)('tasks on %s', (engine) => {
  it('load and transform within the engine, and add rows by batch', async () => {
    await withTasks(
      { s: TASKS, ...PEOPLE },
      async (t) => {
        const { run } = await t.runOk()
        const [batch] = run.flows.at(-1)?.batches ?? []
        expect(batch?.tasks?.map((done) => [done.task, done.status])).toEqual([
          ['totals', 'succeeded'],
          ['people', 'succeeded'],
          ['named', 'succeeded'],
        ])
        expect(await t.rows('s.totals')).toEqual(['ann|2|18014398509480.02', 'bob|1|4.50'])
        expect(await t.rows('s.people')).toEqual(['ann|Ann Å.', 'bob|Bo;b'])
        const history = ['name', 'orders', 'xt_batch_id']
        expect(await t.rows('s.history', history)).toEqual(['Ann Å.|2|1', 'Bo;b|1|1'])
        await t.runOk({ flows: ['s'], variables: { least: '2' } })
        expect(await t.rows('s.totals')).toEqual(['ann|1|18014398509480.02', 'bob|1|4.50'])
        expect(await t.rows('s.history', history)).toEqual([
          'Ann Å.|2|1',
          'Bo;b|1|1',
          'Ann Å.|1|2',
          'Bo;b|1|2',
        ])
        expect((await resultsOf(t)).length).toBe(6)
      },
      { engine },
    )
  })
})

const DATA = 'source_dataset_id = "t.change_feed"\ntarget_dataset_id = "out"'

/** Rows of `out` that these rules make. */
async function outOf(rules: string): Promise<string[]> {
  let rows: string[] = []
  await withTasks(
    { s: taskFlow(task('a', 'transformation', `rules = [${rules}]`, DATA)) },
    async (t) => {
      await t.runOk()
      rows = await t.rows('s.out')
    },
  )
  return rows
}

describe('rules', () => {
  it('filter by system columns and leave them out of the result', async () => {
    expect(
      await outOf(`{ operation = "filter", condition = "xt_record_type = 'new' and amount < 2" }`),
    ).toEqual(['a|ann|1.50'])
  })

  it('rename, drop, union and distinct', async () => {
    expect(
      await outOf(`
        { operation = "select", columns = ["id", "customer"] },
        { operation = "rename", columns = { customer = "who" } },
        { operation = "drop", columns = ["id"] },
        { operation = "distinct" },
      `),
    ).toEqual(['ann', 'bob'])
    expect(
      await outOf(`
        { operation = "union", dataset = "t.change_feed" },
        { operation = "aggregate", measures = [{ name = "rows", function = "count" }] },
      `),
    ).toEqual(['6'])
  })

  it('top takes the first rows by an order', async () => {
    expect(
      await outOf('{ operation = "top", order_by = ["amount"], descending = true, count = 1 }'),
    ).toEqual(['c|ann|9007199254740.01'])
  })

  it('joins keep to keys that are not NULL', async () => {
    expect(
      await outOf(`
        { operation = "join", dataset = "t.current", type = "semi", on = { id = "id" } },
        { operation = "select", columns = ["id"] },
      `),
    ).toEqual(['a', 'b', 'c'])
  })
})

describe('a target', () => {
  const flow = (columns: string, processing = 'FULL_REFRESH'): string =>
    taskFlow(
      task(
        'a',
        'transformation',
        `processing_type = "${processing}"\nrules = [{ operation = "select", columns = { ${columns} } }]`,
        DATA,
      ),
    )

  it('is made anew where the types of its columns change', async () => {
    await withTasks({ s: flow('x = "amount"') }, async (t) => {
      await t.runOk()
      await t.redefineFlow('s', flow('x = "customer"'))
      await t.runOk()
      expect(await t.rows('s.out')).toEqual(['ann', 'ann', 'bob'])
    })
  })

  it('to which rows are added takes new columns, and no other types', async () => {
    await withTasks({ s: flow('x = "amount"', 'INCREMENTAL') }, async (t) => {
      await t.runOk()
      await t.redefineFlow('s', flow('x = "amount", y = "id"', 'INCREMENTAL'))
      await t.runOk()
      expect((await t.rows('s.out', ['y', 'xt_batch_id'])).toSorted()).toEqual([
        'a|2',
        'b|2',
        'c|2',
        '∅|1',
        '∅|1',
        '∅|1',
      ])
      await t.redefineFlow('s', flow('x = "customer"', 'INCREMENTAL'))
      expect(await t.runCode()).toBe('QRN-RUN-020')
      expect((await t.rows('s.out')).length).toBe(6)
    })
  })
})

describe('what tasks make', () => {
  const s = taskFlow(
    task(
      'a',
      'transformation',
      'processing_type = "INCREMENTAL"\nrules = [{ operation = "select", columns = ["id"] }]',
      DATA,
    ),
  )
  const exported = (dataset: string, mode: string, path: string): string =>
    `id = "x"\nflow_type = "export_flow"\nnamespace = "raw"\n[properties.export]\nsource_dataset_id = "${dataset}"\nfile_path = "${path}"\nexport_mode = "${mode}"\nformat = "csv"\n`

  it('is exported batch by batch, or as it is now', async () => {
    await withTasks({ s, x: exported('s.out', 'batch', 'out/{batch_id}.csv') }, async (t) => {
      await t.runOk()
      const { run } = await t.runOk()
      const batches = run.flows.map((done) => [done.flow, done.batches.map(({ batch }) => batch)])
      expect(batches).toEqual([
        ['t', []],
        ['s', [2]],
        ['x', [2]],
      ])
      await t.redefineFlow('x', exported('s.results', 'full', 'out/results.csv'))
      const counts = async (): Promise<unknown> =>
        (await t.runOk()).run.flows.find(({ flow }) => flow === 'x')?.batches[0]?.counts
      expect(await counts()).toEqual({ exported: 3 })
      expect(await counts()).toEqual({ exported: 4 })
    })
  })

  it('is shown, counted and told', async () => {
    await withTasks({ s }, async (t) => {
      const before = await t.qarion.status(['s'])
      expect(before).toMatchObject([{ waiting: [{ batch: 1 }], nextCommand: 'qarion run s' }])
      await t.runOk()
      expect(await t.qarion.status(['s'])).toMatchObject([
        {
          newestBatch: { batch: 1, counts: { succeeded: 1, failed: 0, skipped: 0 } },
          waiting: [],
          nextCommand: 'qarion show s',
        },
      ])
      expect((await t.qarion.show({ dataset: 's' })).dataset).toBe('s.results')
      const [plan] = (await t.qarion.plan({ flows: ['s'], includeStatements: true })).flows
      expect(plan?.batches).toMatchObject([{ batch: 2, action: 'tasks' }])
      expect(plan?.statements?.join('\n')).toContain('"raw_t_change_feed"')
      expect(plan?.tree.at(-1)).toContain('what the steps did stays')
    })
  })
})
