import { isQarionError } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { task, taskFlow, withTasks } from './standard-support.ts'

/** `code line:column message` and hint of the first problem of a flow `s` with these tasks. */
async function firstProblem(
  tasks: string,
  more = '',
): Promise<{ readonly message: string; readonly hint: string | undefined }> {
  let found: { readonly message: string; readonly hint: string | undefined } | undefined
  await withTasks({ s: taskFlow(tasks, more) }, async ({ qarion }) => {
    const thrown: unknown = await qarion.validate().catch((error: unknown) => error)
    const [problem] = isQarionError(thrown) ? thrown.problems : []
    if (problem === undefined) return
    const { code, place, message, hint } = problem
    found = { message: `${code} ${place?.line}:${place?.column} ${message}`, hint }
  })
  if (found === undefined) throw new Error('the project is fine')
  return found
}

const script = (id: string, dependencies: string): string =>
  task(id, 'script', 'path = "a.ts"', `dependencies = [${dependencies}]`)

const rules = (list: string): string =>
  task(
    'a',
    'transformation',
    `rules = [\n${list}\n]`,
    'source_dataset_id = "t.current"\ntarget_dataset_id = "out"',
  )

describe('a flow of tasks', () => {
  it.each([
    ['without tasks', '', ['QRN-STANDARD-001 1:1 flow "s": there are no tasks', /\[\[tasks\]\]/]],
    [
      'whose task waits for an unknown one',
      script('first', '') + script('second', '"frist"'),
      [
        'QRN-STANDARD-002 17:17 flow "s": task "second" names "frist", and there is no such task',
        /Did you mean first/,
      ],
    ],
    [
      'whose tasks wait for each other',
      script('a', '"c"') + script('b', '"a"') + script('c', '"b"') + script('d', '"a"'),
      ['QRN-STANDARD-003 10:16 flow "s": tasks depend on each other: a → c → b → a', /Remove/],
    ],
    [
      'whose task waits for itself',
      script('a', '"a"'),
      ['QRN-STANDARD-003 10:16 flow "s": tasks depend on each other: a → a', /Remove/],
    ],
    [
      'with a task twice',
      script('a', '') + script('a', ''),
      ['QRN-CONFIG-038 15:6 there are two tasks `a`', /another id/],
    ],
    [
      'with an unknown type',
      task('a', 'scrpit', 'path = "a.ts"'),
      [/^QRN-PLUGIN-\d+ 9:8 /, /script/],
    ],
    [
      'with a task that lacks a setting',
      task('a', 'script', ''),
      [
        'QRN-CONFIG-008 11:8 the key `path` is missing in [tasks.properties]',
        /Module of the project/i,
      ],
    ],
    [
      'with a setting that its type does not know',
      task('a', 'script', 'path = "a.ts"\ntimeuot = "1s"'),
      [/^QRN-CONFIG-007 13:1 unknown key `timeuot`/, /timeout/],
    ],
    [
      'with a setting in both tables',
      `${task('a', 'script', 'path = "a.ts"')}[tasks.config]\npath = "b.ts"\n`,
      [/^QRN-CONFIG-010 14:1 `path` stands in/, /Remove one/],
    ],
    [
      'with a script that is no module',
      task('a', 'script', 'path = "a.py"'),
      ['QRN-TASK-002 12:8 flow "s": task "a": "a.py" is no module', /\.ts/],
    ],
    [
      'that reads what is not written before',
      task(
        'a',
        'transformation',
        'rules = []',
        'source_dataset_id = "t.current"\ntarget_dataset_id = "x"',
      ) +
        task(
          'b',
          'transformation',
          'rules = []',
          'source_dataset_id = "x"\ntarget_dataset_id = "y"',
        ),
      [/^QRN-STANDARD-005 15:3 .*reads "s\.x" and does not depend on "a"/, /dependencies/],
    ],
    [
      'that reads an unknown dataset of its own',
      task('b', 'transformation', 'rules = []', 'source_dataset_id = "x"\ntarget_dataset_id = "y"'),
      [/^QRN-TASK-003 10:21 .*there is no dataset "s\.x"/, /./],
    ],
    [
      'that reads an unknown dataset of another flow',
      task(
        'b',
        'transformation',
        'rules = []',
        'source_dataset_id = "t.curent"\ntarget_dataset_id = "y"',
      ),
      ['QRN-CONFIG-029 10:21 there is no dataset `t.curent`', /t\.current/],
    ],
    [
      'that says not what it writes',
      task('a', 'sync', 'source_path = "a"\ndestination_path = "b"') +
        task('b', 'export', 'file_path = "x.csv"\nformat = "csv"'),
      [/^QRN-TASK-001 15:3 .*nothing says what it reads/, /source_dataset_id/],
    ],
  ] as const)('%s', async (_what, tasks, [message, hint]) => {
    const { message: foundMessage, hint: foundHint } = await firstProblem(tasks)
    if (typeof message === 'string') expect(foundMessage).toBe(message)
    else expect(foundMessage).toMatch(message)
    expect(foundHint).toMatch(hint)
  })

  it('whose tasks write one dataset', async () => {
    const writes = (id: string): string =>
      task(
        id,
        'transformation',
        'rules = []',
        'source_dataset_id = "t.current"\ntarget_dataset_id = "x"',
      )
    const { message } = await firstProblem(writes('a') + writes('b'))
    expect(message).toMatch(/^QRN-STANDARD-004 19:21 .*"b": it writes "s\.x", and so does "a"/)
  })

  it('loads by its tasks alone', async () => {
    const load =
      '[properties.load]\nsource_path = "data"\nformat = "csv"\n[input]\ncolumns = [{ name = "id", schema_type = "string" }]'
    const { message } = await firstProblem(script('a', ''), load)
    expect(message).toMatch(/^QRN-STANDARD-006 5:13 /)
  })
})

describe('a rule', () => {
  it.each([
    ['{ operation = "filtre", condition = "true" }', 'QRN-TASK-002', 'Did you mean filter?'],
    ['{ condition = "true" }', 'QRN-TASK-002', /filter/],
    ['{ operation = "filter", condition = "amuont > 1" }', /^QRN-EXPR-/, /amount/],
    ['{ operation = "filter", condition = "amount" }', /^QRN-EXPR-/, /./],
    ['{ operation = "filter", condition = "amount > :leest" }', /^QRN-EXPR-/, /./],
    ['{ operation = "filter", condtion = "true" }', 'QRN-TASK-002', 'Did you mean condition?'],
    ['{ operation = "select", columns = ["id", "amuont"] }', /^QRN-EXPR-/, /amount/],
    ['{ operation = "join", dataset = "t.currant", on = ["id"] }', 'QRN-CONFIG-029', /t\.current/],
    [
      '{ operation = "join", dataset = "t.change_feed", on = ["idd"], prefix = "o_" }',
      /^QRN-PLAN-/,
      /id/,
    ],
    [
      '{ operation = "join", dataset = "t.change_feed", type = "outer", on = ["id"] }',
      'QRN-TASK-002',
      /full/,
    ],
    [
      '{ operation = "aggregate", measures = [{ name = "x", function = "summ", argument = "amount" }] }',
      /^QRN-PLAN-/,
      /sum/,
    ],
    ['{ operation = "aggregate", group_by = ["id"] }', 'QRN-TASK-001', /./],
    ['{ operation = "drop", columns = ["id", "customer", "amount"] }', /^QRN-/, /./],
    ['{ operation = "top", order_by = ["id"], count = -1 }', 'QRN-TASK-002', /./],
  ] as const)('%s', async (rule, code, hint) => {
    const { message, hint: foundHint } = await firstProblem(
      rules(`{ operation = "distinct" },\n${rule}`),
    )
    const [foundCode = '', place] = message.split(' ')
    if (typeof code === 'string') expect(foundCode).toBe(code)
    else expect(foundCode).toMatch(code)
    expect(foundHint).toMatch(hint)
    // The second rule, or a part of it.
    if (!rule.includes('"drop"')) expect(place).toMatch(/^15:/)
  })
})

describe('a conditional', () => {
  const conditional = (properties: string): string =>
    script('x', '') + task('c', 'conditional', properties)
  it.each([
    [
      'condition_type = "task_result"\ncondition = { task = "x" }\nbranches = []',
      'QRN-TASK-002',
      /task_id/,
    ],
    ['condition_type = "task_result"\ncondition = {}\nbranches = []', 'QRN-TASK-001', /./],
    [
      'condition_type = "task_result"\ncondition = { task_id = "y" }\nbranches = []',
      'QRN-STANDARD-002',
      /x/,
    ],
    [
      'condition_type = "task_result"\ncondition = { task_id = "x" }\nbranches = [{ name = "a", condition = { result = "ok" } }]',
      'QRN-TASK-002',
      /./,
    ],
    [
      'condition_type = "task_result"\ncondition = { task_id = "x" }\nbranches = [{ name = "a", condition = { result = "success" }, task_ids = ["z"] }]',
      'QRN-STANDARD-002',
      /x/,
    ],
    [
      'condition_type = "value"\ncondition = { task_id = "x" }\nbranches = [{ name = "a", condition = { equal = 1 } }]',
      'QRN-TASK-002',
      /equals/,
    ],
    [
      'condition_type = "value"\ncondition = { task_id = "x" }\nbranches = [{ name = "a", condition = {} }]',
      'QRN-TASK-001',
      /equals/,
    ],
    [
      'condition_type = "value"\ncondition = { task_id = "x" }\nbranches = [{ name = "a", condition = { equals = 1 } }, { name = "a", condition = { equals = 2 } }]',
      'QRN-TASK-002',
      /./,
    ],
    [
      'condition_type = "variable"\ncondition = { variable = "regoin" }\nbranches = []',
      'QRN-TASK-002',
      /region/,
    ],
    [
      'condition_type = "data"\ncondition = { dataset_id = "t.curent" }\nbranches = []',
      'QRN-CONFIG-029',
      /t\.current/,
    ],
    [
      'condition_type = "data"\ncondition = { dataset_id = "t.current", where = "amuont > 1" }\nbranches = []',
      /^QRN-EXPR-/,
      /amount/,
    ],
    ['condition_type = "sql"\ncondition = {}\nbranches = []', 'QRN-CONFIG-010', /data/],
  ] as const)('%s', async (properties, code, hint) => {
    const { message, hint: foundHint } = await firstProblem(
      conditional(properties),
      '[variables]\nregion = { type = "string", default = "EU" }',
    )
    const [foundCode = ''] = message.split(' ')
    if (typeof code === 'string') expect(foundCode).toBe(code)
    else expect(foundCode).toMatch(code)
    expect(foundHint).toMatch(hint)
  })
})

describe('other tasks', () => {
  it.each([
    [task('a', 'sync', 'source_path = "in"\ndestination_path = "in"'), 'QRN-TASK-002'],
    [
      task('a', 'sync', 'source_path = "in"\ndestination_path = "in/x"\nrecursive = true'),
      'QRN-TASK-002',
    ],
    [task('a', 'sync', 'source_path = "s3://x"\ndestination_path = "in"'), 'QRN-TASK-002'],
    [
      task('a', 'sync', 'source_path = "in"\ndestination_path = "out"\npattern = "a/*"'),
      'QRN-TASK-002',
    ],
    [task('a', 'sync', 'source_path = "in"\ndestination_path = "../out"'), 'QRN-CONFIG-021'],
    [
      task('a', 'ingestion', 'path = "in"\nformat = "csv"', 'target_dataset_id = "x"'),
      'QRN-TASK-001',
    ],
    [
      task('a', 'flow_trigger', 'target_flow_id = "t"\nwait_for_completion = false'),
      'QRN-TASK-002',
    ],
    [task('a', 'flow_trigger', 'target_flow_id = "t"\ncondition = "failure"'), 'QRN-TASK-002'],
    [task('a', 'flow_trigger', 'target_flow_id = "t"\nexecution_date = "soon"'), 'QRN-TASK-002'],
    [task('a', 'flow_trigger', 'target_flow_id = "t"\nvariables = { a = [1] }'), 'QRN-TASK-002'],
    [
      task(
        'a',
        'transformation',
        'rules = []',
        'source_dataset_id = "t.current"\ntarget_dataset_id = "results"',
      ),
      'QRN-TASK-002',
    ],
    [
      task(
        'a',
        'transformation',
        'rules = []\nprimary_key = ["idd"]',
        'source_dataset_id = "t.current"\ntarget_dataset_id = "x"',
      ),
      'QRN-TASK-002',
    ],
  ])('%s', async (tasks, code) => {
    const { message } = await firstProblem(tasks)
    expect(message.split(' ')[0]).toBe(code)
  })
})
