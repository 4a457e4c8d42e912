import type { RunEvent } from '@qarion/core'
import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

const FEED = ['xt_batch_id', 'xt_record_type', 'id', 'v']

const flow = (columns: string, properties = '', key = '"id"'): string => `
[input]
primary_key = [${key}]
columns = [
  { name = "id", schema_type = "string", required = true },
${columns}
]

[properties]
${properties}
`
const V = '  { name = "v", schema_type = "integer" },'
const W = '  { name = "w", schema_type = "string" },'

let scenario: Scenario
afterEach(() => scenario.close())

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  const start = async (definition: string, ...deliveries: string[]): Promise<void> => {
    scenario = await createScenario({ engine, flow: definition })
    for (const [index, delivery] of deliveries.entries()) {
      await scenario.deliver(`d${index + 1}.csv`, delivery)
    }
    await scenario.runOk()
  }

  it('baseline_on_add silences the first batch with the column', async () => {
    await start(flow(V, 'baseline_on_add = true'), 'id,v\na,1\nb,1\n')
    await scenario.redefine(flow(V + W, 'baseline_on_add = true'))
    await scenario.deliver('d2.csv', 'id,v,w\na,1,x\nb,2,x\n')
    await scenario.deliver('d3.csv', 'id,v,w\na,1,y\nb,2,x\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', [...FEED, 'w', 'xt_changed_columns'])).toEqual([
      '1|new|a|1|∅|∅',
      '1|new|b|1|∅|∅',
      '2|changed|b|2|x|["v"]',
      '3|changed|a|1|y|["w"]',
    ])
  })

  it('an added column with a default reads as it in earlier snapshots', async () => {
    await start(flow(V), 'id,v\na,1\nb,1\n')
    await scenario.redefine(flow(`${V}\n  { name = "w", schema_type = "string", default = "x" },`))
    await scenario.deliver('d2.csv', 'id,v,w\na,1,x\nb,1,y\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED, { batch: 2 })).toEqual(['2|changed|b|1'])
  })

  it('a removed column is no longer compared; what was written of it stays', async () => {
    await start(flow(V + W), 'id,v,w\na,1,x\n')
    await scenario.redefine(flow(V))
    await scenario.deliver('d2.csv', 'id,v\na,1\nb,2\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1', '2|new|b|2'])
    await scenario.redefine(flow(V + W))
    expect(await scenario.rows('change_feed', [...FEED, 'w'])).toEqual([
      '1|new|a|1|x',
      '2|new|b|2|∅',
    ])
  })

  it.each([
    ['widened', '  { name = "v", schema_type = "decimal", precision = 12, scale = 2 },'],
    ['narrowed', '  { name = "v", schema_type = "boolean" },'],
    ['changed', '  { name = "v", schema_type = "string" },'],
  ])('a type that is %s asks for a full refresh', async (_, columns) => {
    await start(flow(V), 'id,v\na,1\n')
    await scenario.redefine(flow(columns))
    const plan = await scenario.qarion.plan()
    expect(plan.flows[0]?.definitionChanges).toContainEqual({
      key: 'input.columns.v',
      effect: 'rebuild',
    })
    expect(await scenario.runCode()).toBe('QRN-RUN-006')
    await scenario.runOk({ fullRefresh: true })
    expect(await scenario.rows('change_feed', ['xt_batch_id', 'id'])).toEqual(['1|a'])
  })

  it('change_detection_columns apply from the next batch on', async () => {
    await start(flow(V + W, 'change_detection_columns = ["v"]'), 'id,v,w\na,1,x\n')
    await scenario.redefine(flow(V + W, 'change_detection_columns = ["w"]'))
    await scenario.deliver('d2.csv', 'id,v,w\na,2,x\n')
    await scenario.deliver('d3.csv', 'id,v,w\na,2,y\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1', '3|changed|a|2'])
  })

  it('NULL in a key part is a reject', async () => {
    await start(
      flow('  { name = "v", schema_type = "integer", required = true },', '', '"id", "v"'),
      'id,v\na,1\n',
    )
    await scenario.deliver('d2.csv', 'id,v\na,1\nb,\n')
    expect(await scenario.runCode()).toBe('QRN-LOAD-001')
    expect(await scenario.rows('rejects', ['xt_source_line', 'xt_column', 'id'])).toEqual(['3|v|b'])
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1'])
  })

  it('a missing optional column is NULL, with a warning', async () => {
    const events: RunEvent[] = []
    scenario = await createScenario({
      engine,
      flow: flow(V + W),
      onEvent: (event) => events.push(event),
    })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', [...FEED, 'w'])).toEqual(['1|new|a|1|∅'])
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'warning', code: 'QRN-LOAD-004' }),
    )
  })

  it('an older batch again, with cascade, gives the same rows', async () => {
    await start(flow(V), 'id,v\na,1\nb,1\n', 'id,v\na,2\n', 'id,v\na,2\nb,1\n', 'id,v\na,3\n')
    const feed = await scenario.rows('change_feed')
    expect(await scenario.runCode({ batches: { from: 2, to: 2 } })).toBe('QRN-RUN-004')
    await scenario.runOk({ batches: { from: 2, to: 2 }, cascade: true })
    expect(await scenario.rows('change_feed')).toEqual(feed)
  })

  it('the second runner is told who holds the data', async () => {
    scenario = await createScenario({ engine, flow: flow(V) })
    const rows = Array.from({ length: 30_000 }, (_, index) => `k${index},${index}\n`).join('')
    await scenario.deliver('d1.csv', `id,v\n${rows}`)
    const runs = await Promise.allSettled([
      scenario.run({ command: 'one runner' }),
      scenario.run({ command: 'another runner' }),
    ])
    // Whichever of them comes first.
    const [first, second] = runs.toSorted((a, b) => a.status.localeCompare(b.status))
    expect(first).toMatchObject({ status: 'fulfilled', value: { status: 'succeeded' } })
    expect(second).toMatchObject({ status: 'rejected', reason: { reason: 'locked' } })
    await scenario.runOk({ waitMs: 5000 })
    expect((await scenario.qarion.show({ dataset: 't.current' })).totalRows).toBe(30_000)
  })

  it('a column added after a refused comparison is loaded, not taken for its default', async () => {
    await start(flow(V, 'max_deleted_fraction = 0.1'), 'id,v\na,1\nb,1\n')
    await scenario.deliver('d2.csv', 'id,v,w\na,1,x\n')
    const ignoring = (columns: string): string =>
      `${flow(columns, 'max_deleted_fraction = 0.1')}
[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
on_extra_column = "ignore"
`
    await scenario.redefine(ignoring(V))
    expect(await scenario.runCode()).toBe('QRN-FEED-103')
    await scenario.redefine(ignoring(V + W))
    await scenario.runOk({ accept: [{ guard: 'mass_delete', reason: 'test' }] })
    expect(await scenario.rows('change_feed', [...FEED, 'w'], { batch: 2 })).toEqual([
      '2|changed|a|1|x',
      '2|deleted|b|1|∅',
    ])
  })

  it('one file by its path, absolute or relative', async () => {
    scenario = await createScenario({ engine, flow: flow(V) })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.deliver('d2.csv', 'id,v\na,2\n')
    await scenario.runOk({ file: `${scenario.directory}/data/d1.csv` })
    await scenario.runOk({ file: 'data/d2.csv' })
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1', '2|changed|a|2'])
  })

  it('a file that changed between plan and run is read as it is at the run', async () => {
    scenario = await createScenario({ engine, flow: flow(V) })
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    const plan = await scenario.qarion.plan()
    expect(plan.flows[0]?.batches).toHaveLength(1)
    await scenario.deliver('d1.csv', 'id,v\na,22\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|22'])
  })
})
