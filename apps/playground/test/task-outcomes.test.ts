import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { RunEvent } from '@qarion/core'
import { describe, expect, it } from 'vitest'

import { resultsOf, task, taskFlow, withTasks, writeProjectFile } from './standard-support.ts'

/** Appends its name to a file, and fails as long as the file `fail_<name>` is there. */
const TRACE = `import { appendFileSync, existsSync } from 'node:fs'
export default ({ projectDirectory, task }) => {
  appendFileSync(projectDirectory + '/trace.txt', task + ' ')
  if (existsSync(projectDirectory + '/fail_' + task + '.txt')) throw new Error(task + ' failed')
  return { name: task }
}`

const traced = (id: string, dependencies: readonly string[] = [], more = ''): string =>
  task(
    id,
    'script',
    'path = "trace.mjs"',
    `dependencies = ${JSON.stringify(dependencies)}\n${more}`,
  )

const trace = async ({ directory }: { readonly directory: string }): Promise<string> =>
  (await readFile(join(directory, 'trace.txt'), 'utf8')).trim()

const FILES = { 'trace.mjs': TRACE }

describe('tasks', () => {
  it('run in the order of their dependencies, as declared where that is free', async () => {
    const s = taskFlow(traced('c', ['b']) + traced('a') + traced('d') + traced('b', ['a']))
    await withTasks({ s, ...FILES }, async (t) => {
      await t.runOk({ flows: ['s'] })
      expect(await trace(t)).toBe('a d b c')
    })
  })

  it('that fail stop what depends on them; a retry goes on and keeps what is done', async () => {
    const s = taskFlow(traced('a') + traced('b', ['a']) + traced('c', ['b']) + traced('d', ['a']))
    await withTasks({ s, ...FILES, 'fail_b.txt': '' }, async (t) => {
      const failed = await t.run({ flows: ['s'] })
      expect(failed.status).toBe('failed')
      expect(failed.errors[0]?.error).toMatchObject({
        code: 'QRN-TASK-005',
        origin: { flow: 's', step: 'b', batch: 1 },
      })
      expect(await trace(t)).toBe('a b d')
      const [planned] = (await t.qarion.plan({ flows: ['s'] })).flows
      expect(planned?.batches).toMatchObject([{ batch: 1, action: 'resume' }])
      await t.deliver('../fail_other.txt', '')
      await writeProjectFile(t, 'trace.mjs', TRACE.replace("'/fail_'", "'/never_'"))
      const { run } = await t.runOk({ flows: ['s'] })
      expect(await trace(t)).toBe('a b d b c')
      const tasks = run.flows[0]?.batches[0]?.tasks ?? []
      expect(tasks.map((done) => [done.task, done.status, done.wasRun])).toEqual([
        ['a', 'succeeded', false],
        ['b', 'succeeded', true],
        ['c', 'succeeded', true],
        ['d', 'succeeded', false],
      ])
      expect(await resultsOf(t, ['xt_batch_id', 'task', 'value'])).toEqual([
        '1|a|{"name":"a"}',
        '1|b|{"name":"b"}',
        '1|c|{"name":"c"}',
        '1|d|{"name":"d"}',
      ])
      await t.runOk({ flows: ['s'] })
      expect((await resultsOf(t)).length).toBe(8)
    })
  })

  it('that are defined otherwise are done anew by a retry, with what depends on them', async () => {
    const flow = (argument: string): string =>
      taskFlow(
        task('a', 'script', `path = "trace.mjs"\narguments = { a = "${argument}" }`) +
          traced('b', ['a']) +
          traced('c') +
          traced('d', ['b', 'c']),
      )
    await withTasks({ s: flow('1'), ...FILES, 'fail_d.txt': '' }, async (t) => {
      expect(await t.runCode({ flows: ['s'] })).toBe('QRN-TASK-005')
      await t.redefineFlow('s', flow('2'))
      expect(await t.runCode({ flows: ['s'] })).toBe('QRN-TASK-005')
      expect(await trace(t)).toBe('a b c d a b d')
      expect(await t.runCode({ flows: ['s'], fullRefresh: true })).toBe('QRN-TASK-005')
      expect(await trace(t)).toBe('a b c d a b d a b c d')
    })
  })

  it('are tried again as often as they say', async () => {
    const events: RunEvent[] = []
    const s = taskFlow(traced('a', [], 'retries = 2\nretry_wait = "1ms"'))
    await withTasks(
      { s, ...FILES, 'fail_a.txt': '' },
      async (t) => {
        expect(await t.runCode({ flows: ['s'] })).toBe('QRN-TASK-005')
        expect(await trace(t)).toBe('a a a')
        const retried = events.filter(({ type }) => type === 'step_retried')
        expect(retried).toMatchObject([
          { attempt: 1, waitMs: 1 },
          { attempt: 2, waitMs: 2 },
        ])
      },
      { onEvent: (event) => events.push(event) },
    )
  })

  it('have no deliveries, and cannot be taken back', async () => {
    await withTasks({ s: taskFlow(traced('a')), ...FILES }, async (t) => {
      await t.runOk({ flows: ['s'] })
      for (const request of [{ file: 'data/d1.csv' }, { batches: { from: 1, to: 1 } }])
        expect(await t.runCode({ flows: ['s'], ...request })).toBe('QRN-RUN-019')
      await expect(t.qarion.revert('s')).rejects.toMatchObject({ code: 'QRN-RUN-010' })
    })
  })
})

const BY_RESULT = task(
  'choose',
  'conditional',
  `condition_type = "task_result"
condition = { task_id = "a" }
branches = [
  { name = "good", condition = { result = "success" }, task_ids = ["b"] },
  { name = "bad", condition = { result = "failure" }, task_ids = ["c"] },
]`,
)

describe('a conditional', () => {
  const s = taskFlow(
    traced('a') +
      BY_RESULT +
      traced('b') +
      traced('c') +
      traced('d', ['b']) +
      traced('e', ['b', 'c']),
  )

  it('chooses by what came of a task; tasks of other branches are skipped', async () => {
    await withTasks({ s, ...FILES }, async (t) => {
      await t.runOk({ flows: ['s'] })
      expect(await trace(t)).toBe('a b d e')
      expect(await resultsOf(t, ['task', 'status', 'branch'])).toEqual([
        'a|succeeded|∅',
        'b|succeeded|∅',
        'c|skipped|∅',
        'choose|succeeded|good',
        'd|succeeded|∅',
        'e|succeeded|∅',
      ])
    })
  })

  it('takes a failure that it asks for upon itself', async () => {
    await withTasks({ s, ...FILES, 'fail_a.txt': '' }, async (t) => {
      const { run, status } = await t.runOk({ flows: ['s'] })
      expect(status).toBe('succeeded')
      expect(run.flows[0]?.batches[0]?.counts).toEqual({ succeeded: 3, failed: 1, skipped: 2 })
      expect(await trace(t)).toBe('a c e')
      expect(await resultsOf(t, ['task', 'status', 'branch'])).toEqual([
        'a|failed|∅',
        'b|skipped|∅',
        'c|succeeded|∅',
        'choose|succeeded|bad',
        'd|skipped|∅',
        'e|succeeded|∅',
      ])
    })
  })

  const choice = (type: string, condition: string, tests: readonly string[]): string =>
    traced('a') +
    task(
      'choose',
      'conditional',
      `condition_type = "${type}"
condition = { ${condition} }
branches = [${tests.map((test, index) => `{ name = "n${index}", condition = { ${test} } }`).join(', ')}]
default_branch = ["b"]`,
      'dependencies = ["a"]',
    ) +
    traced('b')

  it.each([
    ['value', 'task_id = "a", key = "name"', ['equals = "b"', 'equals = "a"'], 'n1'],
    ['value', 'task_id = "a"', ['equals = { name = "a" }'], 'n0'],
    ['value', 'task_id = "a", key = "no.such"', ['equals = "b"'], 'default'],
    ['variable', 'variable = "region"', ['not_equals = "EU"', 'in = ["US", "EU"]'], 'n1'],
    ['variable', 'variable = "large"', ['more_than = 9007199254740992', 'at_most = 5'], 'n0'],
    ['variable', 'variable = "share"', ['more_than = 0.5', 'at_least = 0.5, at_most = 0.50'], 'n1'],
    ['variable', 'variable = "dry"', ['equals = false', 'equals = "true"'], 'default'],
    ['data', 'dataset_id = "t.current"', ['less_than = 3', 'equals = 3'], 'n1'],
    [
      'data',
      'dataset_id = "t.current", where = "amount > 1 + 1.00 and customer <> :region"',
      ['equals = 2'],
      'n0',
    ],
  ])('by %s: %s', async (type, condition, tests, branch) => {
    const variables = `[variables]
region = { type = "string", default = "EU" }
large = { type = "integer", default = 9007199254740993 }
share = { type = "number", default = 0.5 }
dry = { type = "boolean", default = true }`
    await withTasks(
      { s: taskFlow(choice(type, condition, tests), variables), ...FILES },
      async (t) => {
        await t.runOk()
        const chosen = await resultsOf(t, ['branch', 'status', 'task'])
        expect(chosen[2]).toBe(`${branch}|succeeded|choose`)
        expect(chosen[1]).toBe(`∅|${branch === 'default' ? 'succeeded' : 'skipped'}|b`)
      },
    )
  })

  it('without a default branch needs what it asks for', async () => {
    const tasks = choice('value', 'task_id = "a", key = "no"', ['equals = 1']).replace(
      'default_branch = ["b"]',
      '',
    )
    await withTasks({ s: taskFlow(tasks), ...FILES }, async (t) => {
      expect(await t.runCode({ flows: ['s'] })).toBe('QRN-TASK-009')
    })
  })
})
