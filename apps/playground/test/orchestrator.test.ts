import { describe, expect, it } from 'vitest'

import { resultsOf, task, taskFlow, withTasks } from './standard-support.ts'

const child = (id: string, script: string, type = 'standard'): string =>
  `id = "${id}"\nflow_type = "${type}"\nnamespace = "raw"\n[variables]\nregion = { type = "string", default = "EU" }\n${task('do', 'script', `path = "${script}"`)}`

const OK = 'export default ({ variables, batchTime }) => ({ region: variables.region, batchTime })'
const FAIL = "export default () => { throw new Error('no luck') }"

const trigger = (id: string, more = '', dependencies: readonly string[] = []): string =>
  task(id, 'flow_trigger', more, `dependencies = ${JSON.stringify(dependencies)}`)

describe.each(['standard', 'orchestrator'])('flow_trigger in %s', (type) => {
  it('runs flows in order, with variables and times of their own, once in a run', async () => {
    const s = taskFlow(
      trigger('one', 'variables = { region = "US" }\nexecution_date = "2024-05-01T00:00:00Z"') +
        trigger('second', 'target_flow_id = "two"\npass_batch_time = true', ['one']) +
        trigger('orders', 'target_flow_id = "t"', ['second']),
      '',
      type,
    )
    await withTasks(
      { s, one: child('one', 'ok.mjs'), two: child('two', 'ok.mjs'), 'ok.mjs': OK },
      async (t) => {
        const { run } = await t.runOk({ batchTime: '2024-06-01T00:00:00Z' })
        expect(run.flows.map(({ flow, status }) => [flow, status])).toEqual([
          ['one', 'succeeded'],
          ['two', 'succeeded'],
          ['t', 'succeeded'],
          ['s', 'succeeded'],
        ])
        expect(run.flows[0]?.variables).toEqual({ region: 'US' })
        expect(await t.rows('one.results', ['value'])).toEqual([
          '{"batchTime":"2024-05-01T00:00:00Z","region":"US"}',
        ])
        expect(await t.rows('two.results', ['value'])).toEqual([
          '{"batchTime":"2024-06-01T00:00:00Z","region":"EU"}',
        ])
        expect(await resultsOf(t, ['task', 'value'])).toEqual([
          'one|{"batches":[{"batch":1,"counts":{"failed":0,"skipped":0,"succeeded":1}}],"flow":"one","status":"succeeded"}',
          'orders|{"batches":[{"batch":1,"counts":{"changed":0,"deleted":0,"new":3,"reinserted":0,"rejected":0}}],"flow":"t","status":"succeeded"}',
          'second|{"batches":[{"batch":1,"counts":{"failed":0,"skipped":0,"succeeded":1}}],"flow":"two","status":"succeeded"}',
        ])
      },
    )
  })

  it('fails with its flow; a retry runs what is left', async () => {
    const s = taskFlow(
      trigger('one') + trigger('two', '', ['one']) + trigger('t', '', ['two']),
      '',
      type,
    )
    await withTasks(
      {
        s,
        one: child('one', 'ok.mjs'),
        two: child('two', 'fail.mjs'),
        'ok.mjs': OK,
        'fail.mjs': FAIL,
      },
      async (t) => {
        const { errors, status } = await t.run()
        expect(status).toBe('partial')
        expect(errors.map(({ flow, error }) => [flow, error.code])).toEqual([
          ['two', 'QRN-TASK-005'],
          ['s', 'QRN-TASK-012'],
        ])
        await t.redefineFlow('two', child('two', 'ok.mjs'))
        const { run } = await t.runOk()
        expect(run.flows.map(({ flow }) => flow)).toEqual(['two', 't', 's'])
      },
    )
  })

  it('runs on failure, and in any case', async () => {
    const s = taskFlow(
      trigger('one') +
        trigger('two', 'condition = "failure"', ['one']) +
        trigger('three', 'target_flow_id = "t"\ncondition = "always"', ['one']),
      '',
      type,
    )
    for (const script of ['ok.mjs', 'fail.mjs']) {
      await withTasks(
        {
          s,
          one: child('one', script),
          two: child('two', 'ok.mjs'),
          'ok.mjs': OK,
          'fail.mjs': FAIL,
        },
        async (t) => {
          const { run } = await t.run({ flows: ['s'] })
          expect(run.flows.map(({ flow, status }) => `${flow} ${status}`)).toEqual(
            script === 'ok.mjs'
              ? ['one succeeded', 't succeeded', 's succeeded']
              : ['one failed', 'two succeeded', 't succeeded', 's succeeded'],
          )
        },
      )
    }
  })

  it('refuses unknown flows, unknown variables, values of other types and circles', async () => {
    const validate = async (files: Record<string, string>): Promise<unknown> => {
      let found: unknown
      await withTasks({ ...files, 'ok.mjs': OK }, async (t) => {
        found = await t.qarion.validate().catch((error: unknown) => error)
      })
      return found
    }
    expect(
      await validate({ s: taskFlow(trigger('a', 'target_flow_id = "tt"'), '', type) }),
    ).toMatchObject({
      code: 'QRN-SDK-006',
      hint: 'Did you mean t?',
      place: { file: 'flows/s.toml', line: 12 },
    })
    const u = `id = "u"\nflow_type = "${type}"\nnamespace = "raw"\n${trigger('b', 'target_flow_id = "s"')}`
    expect(
      await validate({ s: taskFlow(trigger('a', 'target_flow_id = "u"'), '', type), u }),
    ).toMatchObject({
      code: 'QRN-SDK-007',
      message: expect.stringContaining('s → u → s') as string,
    })
    const one = child('one', 'ok.mjs')
    for (const [variables, code] of [
      ['regoin = "US"', 'QRN-SDK-005'],
      ['count = 5', 'QRN-SDK-005'],
    ]) {
      const s = taskFlow(trigger('one', `variables = { ${variables} }`), '', type)
      await withTasks({ s, one, 'ok.mjs': OK }, async (t) => {
        const { errors } = await t.run({ flows: ['s'] })
        expect(errors.map(({ error }) => error.code)).toEqual([code])
      })
    }
  })
})

it('an orchestrator has no tasks but those that run flows and decide', async () => {
  const s = taskFlow(task('a', 'script', 'path = "a.mjs"'), '', 'orchestrator')
  await withTasks({ s }, async (t) => {
    await expect(t.qarion.validate()).rejects.toMatchObject({
      problems: [{ code: 'QRN-STANDARD-008', place: { file: 'flows/s.toml', line: 9 } }],
    })
  })
})

it('flows that read what a task runs come after it', async () => {
  const reader = (id: string, source: string): string =>
    `id = "${id}"\nflow_type = "standard"\nnamespace = "raw"\n${task('a', 'transformation', 'rules = []', `source_dataset_id = "${source}"\ntarget_dataset_id = "out"`)}`
  await withTasks(
    { s: taskFlow(trigger('t')), a: reader('a', 't.current'), b: reader('b', 'a.out') },
    async (t) => {
      const { run } = await t.runOk()
      expect(run.flows.map(({ flow }) => flow)).toEqual(['t', 's', 'a', 'b'])
      expect((await t.rows('b.out')).length).toBe(3)
    },
  )
})
