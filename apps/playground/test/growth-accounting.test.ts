import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

const COLUMNS = `columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "user", schema_type = "string", required = true },
  { name = "at", schema_type = "timestamp", required = true },
]`
const propertiesOf = (period: string, timezone = 'UTC'): string =>
  `[properties]\nentity_columns = ["user"]\nevent_time_column = "at"\nperiod = "${period}"\ntimezone = "${timezone}"\n`
const flowOf = (period: string, timezone?: string): string =>
  `flow_type = "growth_accounting"\n[input]\nprimary_key = ["id"]\n${COLUMNS}\n${propertiesOf(period, timezone)}`
const OF_FEED = `id = "g"\nflow_type = "growth_accounting"\nnamespace = "raw"\n\n[input]\nsource_dataset_id = "t.change_feed"\n\n${propertiesOf('day')}`

let scenario: Scenario
afterEach(() => scenario.close())

async function create(
  engine: EngineId,
  flow: string,
  otherFlows: Readonly<Record<string, string>> = {},
): Promise<void> {
  scenario = await createScenario({ engine, flow, otherFlows })
}

let count = 0

/** Delivers lines of `id,user,at`. */
async function deliver(...lines: readonly string[]): Promise<void> {
  count += 1
  await scenario.deliver(
    `d${count}.csv`,
    `id,user,at\n${lines.map((line) => `${line}\n`).join('')}`,
  )
}

async function run(...lines: readonly string[]): Promise<void> {
  await deliver(...lines)
  await scenario.runOk()
}

describe.each(ENGINE_IDS)('growth on %s', (engine) => {
  it('who is new, stays, goes and comes back; periods without events are there', async () => {
    await create(engine, flowOf('month'))
    await run('1,a,2024-01-05T00:00:00Z', '2,b,2024-01-31T23:59:59Z', '3,a,2024-02-29T00:00:00Z')
    await run('4,a,2024-05-01T00:00:00Z', '5,c,2024-05-02T00:00:00Z')
    expect(await scenario.rows('summary')).toEqual([
      '2024-01-01|true|2|0|2|0|0|0|∅|∅',
      '2024-02-01|true|1|2|0|1|0|1|0.000000|0.500000',
      '2024-03-01|true|0|1|0|0|0|1|0.000000|0.000000',
      '2024-04-01|true|0|0|0|0|0|0|∅|∅',
      '2024-05-01|false|2|0|1|0|1|0|∅|∅',
    ])
    expect(await scenario.rows('activity')).toEqual([
      'a|2024-01-01|new',
      'a|2024-02-01|retained',
      'a|2024-03-01|churned',
      'a|2024-05-01|resurrected',
      'b|2024-01-01|new',
      'b|2024-02-01|churned',
      'c|2024-05-01|new',
    ])
  })

  it('weeks begin on Monday, also over the turn of a year', async () => {
    await create(engine, flowOf('week'))
    await run('1,a,2024-12-29T23:59:59Z', '2,a,2024-12-30T00:00:00Z', '3,a,2025-01-05T12:00:00Z')
    expect(await scenario.rows('activity')).toEqual(['a|2024-12-23|new', 'a|2024-12-30|retained'])
  })

  it('days are those of the zone, also where clocks change', async () => {
    await create(engine, flowOf('day', 'Europe/Berlin'))
    await run(
      // Winter: UTC+1.
      '1,a,2024-03-30T22:59:59.999999Z',
      '2,b,2024-03-30T23:00:00Z',
      // 31 March has 23 hours, and ends at 22:00 UTC.
      '3,c,2024-03-31T21:59:59.999999Z',
      '4,d,2024-03-31T22:00:00Z',
      // 27 October has 25 hours, from 22:00 to 23:00 UTC.
      '5,e,2024-10-26T21:59:59.999999Z',
      '6,f,2024-10-26T22:00:00Z',
      '7,g,2024-10-27T22:59:59.999999Z',
      '8,h,2024-10-27T23:00:00Z',
    )
    expect((await scenario.rows('activity')).filter((line) => line.endsWith('|new'))).toEqual([
      'a|2024-03-30|new',
      'b|2024-03-31|new',
      'c|2024-03-31|new',
      'd|2024-04-01|new',
      'e|2024-10-26|new',
      'f|2024-10-27|new',
      'g|2024-10-27|new',
      'h|2024-10-28|new',
    ])
  })

  it('times before there were zones count by the sun, as the zone says', async () => {
    await create(engine, flowOf('day', 'Europe/Berlin'))
    // 53 minutes and 28 seconds ahead.
    await run('1,a,1890-06-01T23:06:31Z', '2,b,1890-06-01T23:06:32Z')
    expect(await scenario.rows('summary', ['period_start', 'new'])).toEqual([
      '1890-06-01|1',
      '1890-06-02|1',
    ])
    await deliver('3,c,2024-01-01T00:00:00Z')
    expect(await scenario.runCode()).toBe('QRN-GROWTH-102')
  })

  it('a batch is taken back exactly, and corrections move what they correct', async () => {
    await create(engine, flowOf('day'))
    await run('1,a,2024-01-01T00:00:00Z', '2,a,2024-01-02T00:00:00Z', '3,b,2024-01-02T00:00:00Z')
    const before = [await scenario.rows('activity'), await scenario.rows('summary')]
    await run('1,a,2024-01-01T09:00:00Z', '2,b,2024-01-02T00:00:00Z', '3,b,2024-01-04T00:00:00Z')
    expect(await scenario.rows('activity')).toEqual([
      'a|2024-01-01|new',
      'a|2024-01-02|churned',
      'b|2024-01-02|new',
      'b|2024-01-03|churned',
      'b|2024-01-04|resurrected',
    ])
    await scenario.qarion.revert('t')
    expect([await scenario.rows('activity'), await scenario.rows('summary')]).toEqual(before)
  })

  it('reads a change feed: events that are deleted count no more', async () => {
    await create(
      engine,
      `[input]\nprimary_key = ["id"]\n${COLUMNS}\n[properties]\nextract = "full"\n`,
      { g: OF_FEED },
    )
    await run('1,a,2024-01-01T00:00:00Z', '2,a,2024-01-01T08:00:00Z', '3,b,2024-01-01T00:00:00Z')
    await run('1,a,2024-01-01T00:00:00Z', '4,b,2024-01-03T00:00:00Z')
    expect(await scenario.rows('g.activity')).toEqual([
      'a|2024-01-01|new',
      'a|2024-01-02|churned',
      'b|2024-01-03|new',
    ])
    await run('2,a,2024-01-01T00:00:00Z', '3,b,2024-01-02T00:00:00Z', '4,b,2024-01-03T00:00:00Z')
    expect((await scenario.rows('g.activity')).at(-1)).toBe('b|2024-01-03|retained')
    await scenario.qarion.revert('g')
    expect((await scenario.rows('g.activity')).at(-1)).toBe('b|2024-01-03|new')
  })
})
