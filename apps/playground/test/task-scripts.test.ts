import { describe, expect, it } from 'vitest'

import { resultsOf, task, taskFlow, withTasks, writeProjectFile } from './standard-support.ts'

const SCRIPT = task('a', 'script', 'path = "scripts/a.ts"\ntimeout = "2s"')

/** Code and message of the run of one script. */
async function failureOf(text: string): Promise<readonly [code: string, message: string]> {
  let found: readonly [string, string] = ['none', '']
  await withTasks({ s: taskFlow(SCRIPT), 'scripts/a.ts': text }, async (t) => {
    const [failed] = (await t.run({ flows: ['s'] })).errors
    if (failed !== undefined) found = [failed.error.code, failed.error.message]
    expect(await resultsOf(t, ['task', 'status', 'attempts'])).toEqual(
      failed === undefined ? ['a|succeeded|1'] : [],
    )
  })
  return found
}

describe('a script', () => {
  it('is TypeScript, and is told its surroundings, variables, arguments and results', async () => {
    const first = `interface Given { readonly batch: number }
export default async (given: Given) => ({ batch: given.batch, big: '9007199254740993' })`
    const second = `import { helper } from './helper.mjs'
export default (context) => helper(context)`
    const helper = `export const helper = ({ flow, task, variables, arguments: given, results, batchTime }) =>
  ({ flow, task, variables, given, first: results.a, batchTime })`
    await withTasks(
      {
        s: taskFlow(
          SCRIPT +
            task(
              'b',
              'script',
              'path = "scripts/b.mjs"\narguments = { to = "{{ region }}", list = [1, true] }',
              'dependencies = ["a"]',
            ),
          `[variables]
region = { type = "string", default = "EU" }
small = { type = "integer", default = 5 }
large = { type = "integer", default = 9007199254740993 }
share = { type = "number", default = 0.5 }
exact = { type = "number", default = "123456789012.123456" }
dry = { type = "boolean", default = true }
day = { type = "date", default = 2024-05-31 }`,
        ),
        'scripts/a.ts': first,
        'scripts/b.mjs': second,
        'scripts/helper.mjs': helper,
      },
      async (t) => {
        await t.runOk({ flows: ['s'], batchTime: '2024-06-01T00:00:00Z' })
        const [a, b] = await resultsOf(t, ['value'])
        expect(JSON.parse(a ?? '')).toEqual({ batch: 1, big: '9007199254740993' })
        expect(JSON.parse(b ?? '')).toEqual({
          flow: 's',
          task: 'b',
          batchTime: '2024-06-01T00:00:00Z',
          variables: {
            region: 'EU',
            small: 5,
            large: '9007199254740993',
            share: 0.5,
            exact: '123456789012.123456',
            dry: true,
            day: '2024-05-31',
          },
          given: { to: 'EU', list: [1, true] },
          first: { status: 'succeeded', value: { batch: 1, big: '9007199254740993' } },
        })
      },
    )
  })

  it('that gives nothing has no value, and what it prints is not shown', async () => {
    await withTasks(
      { s: taskFlow(SCRIPT), 'scripts/a.ts': "export default () => { console.log('noise') }" },
      async (t) => {
        await t.runOk({ flows: ['s'] })
        expect(await resultsOf(t)).toEqual(['a|succeeded|∅|∅'])
      },
    )
  })

  it.each([
    ['throws', "export default () => { throw new Error('no luck') }", 'QRN-TASK-005', 'no luck'],
    ['throws no error', 'export default () => { throw 5 }', 'QRN-TASK-005', '5'],
    ['cannot be read', 'export default (', 'QRN-TASK-005', 'scripts/a.ts'],
    ['imports what is not there', "import './no.ts'", 'QRN-TASK-005', 'no.ts'],
    ['ends its process', 'export default () => process.exit(3)', 'QRN-TASK-005', 'ended by itself'],
    [
      'hangs',
      'export default () => new Promise((r) => setTimeout(r, 60_000))',
      'QRN-TASK-006',
      '2 s',
    ],
    ['never stops', 'export default () => { for (;;) {} }', 'QRN-TASK-006', '2 s'],
    ['never stops while it is loaded', 'for (;;) {}', 'QRN-TASK-006', '2 s'],
    ['exports nothing', 'export const a = 1', 'QRN-TASK-008', 'missing'],
    ['exports no function', 'export default 5', 'QRN-TASK-008', 'number'],
    ['gives a function', 'export default () => ({ a: [() => 1] })', 'QRN-TASK-007', 'result.a[0]'],
    ['gives a bigint', 'export default () => 5n', 'QRN-TASK-007', 'bigint'],
    ['gives a date', 'export default () => new Date(0)', 'QRN-TASK-007', 'Date'],
    ['gives a map', 'export default () => new Map()', 'QRN-TASK-007', 'Map'],
    ['gives no finite number', 'export default () => [NaN]', 'QRN-TASK-007', 'NaN'],
    [
      'gives what holds itself',
      'export default () => { const a = {}; a.a = a; return a }',
      'QRN-TASK-007',
      'holds itself',
    ],
    ['gives a text of no characters', "export default () => '\\ud800'", 'QRN-RUN-018', '"a"'],
    ['gives too much', "export default () => 'x'.repeat(1048575)", 'QRN-TASK-007', '1048576'],
    ['gives just enough', "export default () => 'x'.repeat(1048574)", 'none', ''],
  ])('that %s', { timeout: 20_000 }, async (_what, text, code, message) => {
    const [foundCode, foundMessage] = await failureOf(text)
    expect(foundCode).toBe(code)
    expect(foundMessage).toContain(message)
  })

  it('outside of the project is not run', async () => {
    await withTasks({ s: taskFlow(task('a', 'script', 'path = "../a.ts"')) }, async (t) => {
      await expect(t.qarion.validate()).rejects.toMatchObject({
        problems: [{ code: 'QRN-CONFIG-021', place: { file: 'flows/s.toml', line: 12 } }],
      })
    })
  })

  it('is stopped when the run is cancelled, and is run again by the next one', async () => {
    await withTasks(
      {
        s: taskFlow(task('a', 'script', 'path = "scripts/a.ts"')),
        'scripts/a.ts': 'export default () => { for (;;) {} }',
      },
      async (t) => {
        const controller = new AbortController()
        setTimeout(() => controller.abort(), 300)
        const { status } = await t.run({ flows: ['s'], signal: controller.signal })
        expect(status).toBe('interrupted')
        await writeProjectFile(t, 'scripts/a.ts', 'export default ({ batch }) => batch')
        await t.runOk({ flows: ['s'] })
        expect(await resultsOf(t)).toEqual(['a|succeeded|1|∅'])
      },
    )
  })
})
