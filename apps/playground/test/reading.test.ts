import { afterEach, describe, expect, it } from 'vitest'

import {
  ALL_PLUGINS,
  createScenario,
  ENGINE_IDS,
  type EngineId,
  type Scenario,
} from '../src/index.ts'

const flow = (load = '', columns = '', properties = ''): string => `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "v", schema_type = "decimal", precision = 8, scale = 2 },
  { name = "note", schema_type = "string" },
${columns}]

[properties]
${properties}

[properties.load]
source_path = "data"
format = "csv"
${load || 'file_pattern = "d*.csv"'}
`

let scenario: Scenario
afterEach(() => scenario.close())

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  const threeBatches = async (): Promise<void> => {
    scenario = await createScenario({ engine, flow: flow() })
    await scenario.deliver('d1.csv', 'id,v,note\n1,1.5,a\n2,2,b\n3,3,c\n')
    await scenario.deliver('d2.csv', 'id,v,note\n1,1.50,z\n3,3.25,\n4,4,d\n')
    await scenario.deliver('d3.csv', 'id,v,note\n1,1.5,z\n2,2,b\n3,3.25,\n4,4,d\n')
    await scenario.runOk()
  }

  it('diff gives counts and samples with values before and after', async () => {
    await threeBatches()
    const { batches } = await scenario.qarion.diff({ flow: 't', batches: { from: 2, to: 3 } })
    expect(batches.map(({ batch, counts }) => [batch, counts])).toEqual([
      [2, { new: 1, changed: 2, deleted: 1, reinserted: 0, rejected: 0 }],
      [3, { new: 0, changed: 0, deleted: 0, reinserted: 1, rejected: 0 }],
    ])
    expect(batches[0]?.files).toEqual(['data/d2.csv'])
    expect(batches[0]?.samples).toEqual([
      {
        recordType: 'new',
        key: { id: '4' },
        changes: [
          { column: 'v', before: null, after: '4.00' },
          { column: 'note', before: null, after: 'd' },
        ],
      },
      {
        recordType: 'changed',
        key: { id: '1' },
        changes: [{ column: 'note', before: 'a', after: 'z' }],
      },
      {
        recordType: 'changed',
        key: { id: '3' },
        changes: [
          { column: 'v', before: '3.00', after: '3.25' },
          { column: 'note', before: 'c', after: null },
        ],
      },
      {
        recordType: 'deleted',
        key: { id: '2' },
        changes: [
          { column: 'v', before: '2.00', after: null },
          { column: 'note', before: 'b', after: null },
        ],
      },
    ])
    const newest = await scenario.qarion.diff({ flow: 't', limit: 1 })
    expect(newest.batches.map(({ batch }) => batch)).toEqual([3])
    await expect(
      scenario.qarion.diff({ flow: 't', batches: { from: 8, to: 9 } }),
    ).rejects.toMatchObject({ code: 'QRN-RUN-008' })
    await expect(scenario.qarion.diff({ flow: 'x' })).rejects.toMatchObject({ code: 'QRN-RUN-001' })
  })

  it('show filters, cuts and chooses columns', async () => {
    await threeBatches()
    expect(
      await scenario.rows('change_feed', ['id', 'v'], {
        where: "v > 2 and xt_record_type = 'new'",
      }),
    ).toEqual(['3|3.00', '4|4.00'])
    expect(await scenario.rows('change_feed', ['id'], { batch: 2, limit: 2 })).toEqual(['1', '2'])
    expect(
      await scenario.rows('landing', ['xt_batch_id', 'xt_source_file', 'xt_source_line', 'id'], {
        batch: 3,
      }),
    ).toEqual(['3|data/d3.csv|2|1', '3|data/d3.csv|3|2', '3|data/d3.csv|4|3', '3|data/d3.csv|5|4'])
    const shown = await scenario.qarion.show({ dataset: 't', limit: 1 })
    expect([shown.dataset, shown.totalRows]).toEqual(['t.change_feed', 8])
    await expect(scenario.qarion.show({ dataset: 't.nothing' })).rejects.toMatchObject({
      code: 'QRN-SHOW-001',
    })
    await expect(scenario.qarion.show({ dataset: 't', columns: ['x'] })).rejects.toMatchObject({
      code: 'QRN-SHOW-002',
    })
    await expect(scenario.qarion.show({ dataset: 't.current', batch: 1 })).rejects.toMatchObject({
      code: 'QRN-SHOW-002',
    })
    await expect(
      scenario.qarion.show({ dataset: 't', where: 'nothing = 1' }),
    ).rejects.toMatchObject({ reason: 'configuration' })
  })

  it('all new files of a run are one batch, each row with its file', async () => {
    scenario = await createScenario({
      engine,
      flow: flow('file_pattern = "d*.csv"\nbatch_by = "run"'),
    })
    await scenario.deliver('d1.csv', 'id,v,note\n1,1,a\n')
    await scenario.deliver('d2.csv', 'id,v,note\n2,2,"b\nb"\n3,3,c\n')
    await scenario.runOk()
    expect(
      await scenario.rows('landing', ['xt_batch_id', 'xt_source_file', 'xt_source_line', 'id']),
    ).toEqual(['1|data/d1.csv|2|1', '1|data/d2.csv|2|2', '1|data/d2.csv|4|3'])
    await scenario.deliver('d3.csv', 'id,v,note\n1,1,a\n2,2,b\n')
    await scenario.deliver('d4.csv', 'id,v,note\n3,3,c\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', ['xt_record_type', 'id'], { batch: 2 })).toEqual([
      'changed|2',
    ])
  })

  it('the batch time may come from the file name, a column or the command, and must increase', async () => {
    scenario = await createScenario({
      engine,
      flow: flow('file_pattern = "d_{batch_time:yyyyMMdd}.csv"'),
    })
    await scenario.deliver('d_20240229.csv', 'id,v,note\n1,1,a\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', ['xt_batch_time'])).toEqual(['2024-02-29T00:00:00Z'])
    const column = flow(
      'file_pattern = "e*.csv"\nbatch_time_column = "at"',
      '  { name = "at", schema_type = "timestamp" },\n',
      'change_detection_exclude = ["at"]',
    )
    await scenario.redefine(column)
    await scenario.deliver(
      'e1.csv',
      'id,v,note,at\n1,1,b,2024-03-01T05:00:00Z\n2,1,b,2024-03-01T06:00:00Z\n',
    )
    await scenario.runOk()
    expect(await scenario.rows('change_feed', ['xt_batch_time'], { batch: 2, limit: 1 })).toEqual([
      '2024-03-01T06:00:00Z',
    ])
    await scenario.deliver('e2.csv', 'id,v,note,at\n1,1,c,2024-02-01T05:00:00Z\n2,1,b,\n')
    expect(await scenario.runCode()).toBe('QRN-RUN-007')
    await scenario.runOk({ batchTime: '2024-04-01' })
    expect(await scenario.rows('change_feed', ['xt_batch_time'], { batch: 3 })).toEqual([
      '2024-04-01T00:00:00Z',
    ])
    await expect(scenario.run({ batchTime: 'soon' })).rejects.toMatchObject({ code: 'QRN-RUN-013' })
  })

  it('a plan says what a run would do and writes nothing', async () => {
    scenario = await createScenario({ engine, flow: flow() })
    await scenario.deliver('d1.csv', 'id,v,note\n1,1,a\n')
    const plan = await scenario.qarion.plan({ includeStatements: true })
    expect(plan.flows[0]?.batches).toMatchObject([
      { batch: 1, action: 'load', files: ['data/d1.csv'] },
    ])
    const statements = plan.flows[0]?.statements ?? []
    // Data frames have no statements to show.
    if (engine.startsWith('polars')) expect(statements).toEqual([])
    else expect(statements.join('\n')).toContain('raw_t_change_feed')
    expect(plan.mermaid).toContain('Compare with the batch before')
    // What is in memory is loaded when it is first shown: see the tests of the command line.
    if (engine !== 'polars_memory') expect(await scenario.rows('change_feed')).toEqual([])
    const doctor = await scenario.qarion.doctor()
    expect(doctor.every(({ status }) => status !== 'failed')).toBe(true)
    expect(
      (await scenario.qarion.plugins()).filter(({ status }) => status === 'ready'),
    ).toHaveLength(ALL_PLUGINS.length)
  })

  it('a run that is interrupted says so and leaves what was committed', async () => {
    const controller = new AbortController()
    scenario = await createScenario({
      engine,
      flow: flow(),
      onEvent: (event) => {
        if (event.type === 'batch_finished') controller.abort()
      },
    })
    await scenario.deliver('d1.csv', 'id,v,note\n1,1,a\n')
    await scenario.deliver('d2.csv', 'id,v,note\n1,2,a\n')
    const result = await scenario.run({ signal: controller.signal })
    expect(result.status).toBe('interrupted')
    expect(result.errors[0]?.error.code).toBe('QRN-RUN-011')
    expect(await scenario.rows('change_feed', ['xt_batch_id', 'id'])).toEqual(['1|1'])
    await scenario.runOk()
    expect(await scenario.rows('change_feed', ['xt_batch_id', 'id'])).toEqual(['1|1', '2|1'])
    const [last, first] = await scenario.qarion.runs()
    expect([last?.status, first?.status]).toEqual(['succeeded', 'interrupted'])
    expect(await scenario.qarion.getRun(first?.id as string)).toEqual(first)
  })
})
