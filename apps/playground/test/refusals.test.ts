import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

const FEED = ['xt_batch_id', 'xt_record_type', 'id', 'v']
const flow = (properties: string, load = ''): string => `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "integer" },
]

[properties]
${properties}

[properties.load]
source_path = "data"
file_pattern = "d*.csv"
format = "csv"
${load}
`

let scenario: Scenario
afterEach(() => scenario.close())

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  const start = async (definition: string, ...deliveries: string[]): Promise<void> => {
    scenario = await createScenario({ engine, flow: definition })
    for (const [index, delivery] of deliveries.entries())
      await scenario.deliver(`d${index + 1}.csv`, delivery)
  }

  it('duplicate keys are refused and nothing is changed', async () => {
    await start(flow(''), 'id,v\na,1\n')
    await scenario.runOk()
    await scenario.deliver('d2.csv', 'id,v\na,2\na,3\n')
    const result = await scenario.run()
    expect(result.status).toBe('refused')
    expect(result.errors[0]?.error.code).toBe('QRN-FEED-101')
    expect(result.errors[0]?.error.data['count']).toBe(1)
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1'])
    expect(await scenario.rows('current')).toEqual(['a|1'])
  })

  it('identical copies are duplicates too', async () => {
    await start(flow(''), 'id,v\na,1\na,1\n')
    expect(await scenario.runCode()).toBe('QRN-FEED-101')
  })

  it('on_duplicate_key = reject writes the rows to rejects and shields the key', async () => {
    await start(
      flow('on_duplicate_key = "reject"', 'max_rejects = 5'),
      'id,v\na,1\nb,2\n',
      'id,v\na,7\na,8\nb,3\n',
    )
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|a|1',
      '1|new|b|2',
      '2|changed|b|3',
    ])
    expect(await scenario.rows('rejects', ['xt_source_line', 'xt_reason', 'id'])).toEqual([
      '2|duplicate key|a',
      '3|duplicate key|a',
    ])
    expect(await scenario.rows('current')).toEqual(['a|1', 'b|3'])
  })

  it('a bad value is rejected; the rejects can be read after the failure', async () => {
    await start(flow(''), 'id,v\na,1\n')
    await scenario.runOk()
    await scenario.deliver('d2.csv', 'id,v\na,2\nb,x\n')
    const result = await scenario.run()
    expect(result.status).toBe('refused')
    expect(result.errors[0]?.error.code).toBe('QRN-LOAD-001')
    expect(result.errors[0]?.error.place).toMatchObject({ file: 'data/d2.csv', line: 3, column: 3 })
    expect((await scenario.qarion.status())[0]).toMatchObject({ rejectedRows: 1 })
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1'])
    expect(
      await scenario.rows('rejects', [
        'xt_batch_id',
        'xt_source_file',
        'xt_source_line',
        'xt_column',
        'xt_value',
        'id',
      ]),
    ).toEqual(['2|data/d2.csv|3|v|x|b'])
  })

  it('a rejected key is shielded: it stays, and nothing is emitted for it', async () => {
    await start(
      flow('', 'max_rejects = 1'),
      'id,v\na,1\nb,2\n',
      'id,v\na,1\nb,bad\n',
      'id,v\na,1\nb,4\n',
    )
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|a|1',
      '1|new|b|2',
      '3|changed|b|4',
    ])
    expect(await scenario.rows('current')).toEqual(['a|1', 'b|4'])
  })

  it('a reject without a readable key fails the batch', async () => {
    await start(flow('', 'max_rejects = 9'), 'id,v\na,1\nb,2\n', 'id,v\na,1\n,2\n')
    const result = await scenario.run()
    expect(result.errors[0]?.error.code).toBe('QRN-LOAD-002')
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1', '1|new|b|2'])
  })

  it('or suspends deletions', async () => {
    await start(
      flow('', 'max_rejects = 9\non_unreadable_key = "suspend_deletions"'),
      'id,v\na,1\nb,2\nc,3\n',
      'id,v\na,9\n,2\n',
      'id,v\na,9\n',
    )
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|a|1',
      '1|new|b|2',
      '1|new|c|3',
      '2|changed|a|9',
      '3|deleted|b|2',
      '3|deleted|c|3',
    ])
  })

  it('an empty delivery is refused, and can be accepted once', async () => {
    await start(flow(''), 'id,v\na,1\n', 'id,v\n')
    expect(await scenario.runCode()).toBe('QRN-FEED-102')
    expect(await scenario.rows('current')).toEqual(['a|1'])
    const accepted = await scenario.runOk({
      accept: [{ guard: 'empty_delivery', reason: 'the shop closed' }],
    })
    expect(accepted.run.acceptedGuards).toEqual([
      { guard: 'empty_delivery', reason: 'the shop closed' },
    ])
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1', '2|deleted|a|1'])
    await scenario.deliver('d3.csv', 'id,v\nb,1\n')
    await scenario.deliver('d4.csv', 'id,v\n')
    expect(await scenario.runCode()).toBe('QRN-FEED-102')
  })

  it('a mass delete is refused, and can be accepted', async () => {
    await start(flow('max_deleted_fraction = 0.5'), 'id,v\na,1\nb,2\nc,3\n', 'id,v\na,1\n')
    const result = await scenario.run()
    expect(result.errors[0]?.error.code).toBe('QRN-FEED-103')
    expect(await scenario.rows('current')).toEqual(['a|1', 'b|2', 'c|3'])
    await scenario.runOk({ accept: [{ guard: 'mass_delete', reason: 'cleared' }] })
    expect(await scenario.rows('current')).toEqual(['a|1'])
  })

  it('a deletion at the limit passes', async () => {
    await start(flow('max_deleted_fraction = 0.5'), 'id,v\na,1\nb,2\n', 'id,v\na,1\n')
    await scenario.runOk()
    expect(await scenario.rows('current')).toEqual(['a|1'])
  })

  it('a guard that would break the law cannot be accepted', async () => {
    await start(flow(''), 'id,v\na,1\na,2\n')
    await expect(
      scenario.run({ accept: [{ guard: 'duplicate_key', reason: 'x' }] }),
    ).rejects.toMatchObject({ code: 'QRN-RUN-009' })
  })

  it('the same batch again: nothing to do', async () => {
    await start(flow(''), 'id,v\na,1\n')
    await scenario.runOk()
    const again = await scenario.runOk()
    expect(again.status).toBe('nothing_to_do')
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1'])
  })

  it('a late file is refused, and inserted with cascade', async () => {
    await start(flow(''))
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    await scenario.deliver('d3.csv', 'id,v\na,3\n')
    await scenario.runOk()
    await scenario.deliver('d2.csv', 'id,v\na,2\nb,2\n')
    expect(await scenario.runCode()).toBe('QRN-RUN-002')
    await scenario.runOk({ cascade: true })
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|a|1',
      '2|changed|a|2',
      '2|new|b|2',
      '3|changed|a|3',
      '3|deleted|b|2',
    ])
  })

  it('natural order: 10 after 9', async () => {
    await start(flow(''))
    await scenario.deliver('d9.csv', 'id,v\na,9\n')
    await scenario.deliver('d10.csv', 'id,v\na,10\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|9', '2|changed|a|10'])
  })

  it('a changed file fails by default, reload applies it anew', async () => {
    await start(flow(''), 'id,v\na,1\n', 'id,v\na,2\n')
    await scenario.runOk()
    await scenario.deliver('d2.csv', 'id,v\na,3\nb,1\n')
    expect(await scenario.runCode()).toBe('QRN-RUN-003')
    await scenario.redefine(flow('', 'on_changed_file = "reload"'))
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|a|1',
      '2|changed|a|3',
      '2|new|b|1',
    ])
    await scenario.deliver('d1.csv', 'id,v\na,0\n')
    expect(await scenario.runCode()).toBe('QRN-RUN-004')
    await scenario.runOk({ cascade: true })
    expect(await scenario.rows('change_feed', FEED)).toEqual([
      '1|new|a|0',
      '2|changed|a|3',
      '2|new|b|1',
    ])
  })

  it('a file that is only touched is the same', async () => {
    await start(flow(''), 'id,v\na,1\n')
    await scenario.runOk()
    await scenario.deliver('d1.csv', 'id,v\na,1\n')
    expect((await scenario.runOk()).status).toBe('nothing_to_do')
  })

  it('a literal path that is overwritten is the next batch', async () => {
    await start(`${flow('').split('[properties.load]')[0]}
[properties.load]
source_path = "data/customers.csv"
format = "csv"
`)
    await scenario.deliver('customers.csv', 'id,v\na,1\n')
    await scenario.runOk()
    await scenario.deliver('customers.csv', 'id,v\na,22\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1', '2|changed|a|22'])
  })

  it('full refresh gives the same rows; without an input it is refused', async () => {
    await start(flow(''), 'id,v\na,1\nb,1\n', 'id,v\na,2\n', 'id,v\na,2\nb,3\n')
    await scenario.runOk()
    const before = await scenario.rows('change_feed')
    await scenario.runOk({ fullRefresh: true })
    expect(await scenario.rows('change_feed')).toEqual(before)
    const { rm } = await import('node:fs/promises')
    await rm(`${scenario.directory}/data/d1.csv`)
    expect(await scenario.runCode({ fullRefresh: true })).toBe('QRN-RUN-005')
    expect(await scenario.rows('change_feed')).toEqual(before)
  })

  it('revert takes the newest batch back', async () => {
    await start(flow(''), 'id,v\na,1\nb,1\n')
    await scenario.runOk()
    const feed = await scenario.rows('change_feed')
    const current = await scenario.rows('current')
    await scenario.deliver('d2.csv', 'id,v\na,2\n')
    await scenario.runOk()
    expect(await scenario.qarion.revert('t')).toEqual({ batch: 2 })
    expect(await scenario.rows('change_feed')).toEqual(feed)
    expect(await scenario.rows('current')).toEqual(current)
  })

  it('a column that is added reads as its default in earlier snapshots', async () => {
    await start(flow(''), 'id,v\na,1\n')
    await scenario.runOk()
    await scenario.redefine(
      flow('').replace(
        '{ name = "v", schema_type = "integer" },',
        '{ name = "v", schema_type = "integer" },\n  { name = "w", schema_type = "string" },',
      ),
    )
    await scenario.deliver('d2.csv', 'id,v,w\na,1,\nb,1,x\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', [...FEED, 'w'])).toEqual([
      '1|new|a|1|∅',
      '2|new|b|1|x',
    ])
    await scenario.deliver('d3.csv', 'id,v,w\na,1,y\nb,1,x\n')
    await scenario.runOk()
    expect(await scenario.rows('change_feed', [...FEED, 'w'], { batch: 3 })).toEqual([
      '3|changed|a|1|y',
    ])
  })

  it('another key asks for a full refresh', async () => {
    await start(flow(''), 'id,v\na,1\n')
    await scenario.runOk()
    await scenario.redefine(
      flow('')
        .replace('primary_key = ["id"]', 'primary_key = ["id", "v"]')
        .replace('schema_type = "integer" }', 'schema_type = "integer", required = true }'),
    )
    expect(await scenario.runCode()).toBe('QRN-RUN-006')
    await scenario.runOk({ fullRefresh: true })
    expect(await scenario.rows('change_feed', FEED)).toEqual(['1|new|a|1'])
  })
})
