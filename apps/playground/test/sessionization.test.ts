import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

const COLUMNS = `columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "user", schema_type = "string", required = true },
  { name = "at", schema_type = "timestamp", required = true },
  { name = "page", schema_type = "string" },
]`
const PROPERTIES = `[properties]
entity_columns = ["user"]
event_time_column = "at"
session_gap = "30m"
`
const KEYED = `flow_type = "sessionization"\n[input]\nprimary_key = ["id"]\n${COLUMNS}\n${PROPERTIES}`
const UNKEYED = `flow_type = "sessionization"\n[input]\n${COLUMNS}\n${PROPERTIES}`

let scenario: Scenario
afterEach(() => scenario.close())

async function create(
  engine: EngineId,
  flow: string,
  otherFlows: Readonly<Record<string, string>> = {},
): Promise<void> {
  scenario = await createScenario({ engine, flow, otherFlows })
}

let deliveries = 0

/** Delivers lines of `id,user,HH:MM[:SS],page` and runs. */
async function run(...lines: readonly string[]): Promise<readonly number[]> {
  const rows = lines.map((line) => {
    const [id, user, time, page = ''] = line.split(',')
    return `${id},${user},2024-03-01T${time}Z,${page}\n`
  })
  deliveries += 1
  await scenario.deliver(`d${deliveries}.csv`, `id,user,at,page\n${rows.join('')}`)
  const { run: record } = await scenario.runOk()
  const counts = record.flows.at(-1)?.batches.at(-1)?.counts ?? {}
  return ['new_events', 'changed_events', 'deleted_events', 'sessions'].map(
    (name) => counts[name] as number,
  )
}

const short = (line: string): string => line.replaceAll(/2024-03-01T(\d\d:\d\d:\d\d[.\d]*)Z/g, '$1')

/** Entity, start, end, events, open. */
const sessions = async (dataset = 'sessions'): Promise<string[]> =>
  (
    await scenario.rows(dataset, [
      'user',
      'xt_session_start',
      'xt_session_end',
      'xt_event_count',
      'xt_is_open',
    ])
  ).map(short)

describe.each(ENGINE_IDS)('sessions on %s', (engine) => {
  it('a gap equal to session_gap still belongs, a microsecond more does not', async () => {
    await create(engine, KEYED)
    await run('1,a,10:00:00', '2,a,10:30:00', '3,b,10:00:00', '4,b,10:30:00.000001')
    expect(await sessions()).toEqual([
      'a|10:00:00|10:30:00|2|true',
      'b|10:00:00|10:00:00|1|false',
      'b|10:30:00.000001|10:30:00.000001|1|true',
    ])
  })

  it('late events extend and merge sessions of earlier batches; others are not touched', async () => {
    await create(engine, KEYED)
    await run('1,a,10:00:00', '2,a,11:00:00', '3,a,14:00:00', '4,b,10:00:00')
    expect(await sessions()).toHaveLength(4)
    expect(await run('5,a,10:30:00', '6,a,13:45:00')).toEqual([2, 0, 0, 2])
    expect(await sessions()).toEqual([
      'a|10:00:00|11:00:00|3|false',
      'a|13:45:00|14:00:00|2|true',
      'b|10:00:00|10:00:00|1|false',
    ])
    expect(await scenario.rows('sessions', ['xt_batch_id'])).toEqual(['2', '2', '1'])
    expect(await scenario.rows('events', ['id', 'xt_event_number', 'xt_batch_id'])).toEqual([
      '1|1|1',
      '5|2|2',
      '2|3|1',
      '6|1|2',
      '3|2|1',
      '4|1|1',
    ])
  })

  it('sessions close when the newest event of all is later than the gap, and open again', async () => {
    await create(engine, KEYED)
    await run('1,a,10:00:00', '2,b,10:20:00')
    expect(await sessions()).toEqual(['a|10:00:00|10:00:00|1|true', 'b|10:20:00|10:20:00|1|true'])
    await run('3,c,10:40:00')
    expect((await sessions()).map((line) => line.split('|').at(-1))).toEqual([
      'false',
      'true',
      'true',
    ])
    await scenario.qarion.revert('t')
    expect(await sessions()).toEqual(['a|10:00:00|10:00:00|1|true', 'b|10:20:00|10:20:00|1|true'])
  })

  it('an event that comes again is no new one, and a corrected one moves', async () => {
    await create(engine, KEYED)
    await run('1,a,10:00:00,x', '2,a,10:10:00,y', '3,a,10:20:00,z')
    const before = await scenario.rows('events')
    expect(await run('1,a,10:00:00,x', '2,a,10:10:00,y')).toEqual([0, 0, 0, 1])
    expect(await scenario.rows('events')).toEqual(before)
    expect(await run('2,b,10:10:00,y', '2,a,12:00:00,y')).toEqual([0, 1, 0, 2])
    expect(await sessions()).toEqual(['a|10:00:00|10:20:00|2|false', 'a|12:00:00|12:00:00|1|true'])
    await scenario.qarion.revert('t')
    expect(await scenario.rows('events')).toEqual(before)
  })

  it('without a key equal rows are several events', async () => {
    await create(engine, UNKEYED)
    expect(await run('1,a,10:00:00,x', '1,a,10:00:00,x')).toEqual([2, 0, 0, 1])
    expect(await run('1,a,10:00:00,x', '1,a,09:40:00,x')).toEqual([2, 0, 0, 1])
    expect(await sessions()).toEqual(['a|09:40:00|10:00:00|4|true'])
    await scenario.qarion.revert('t')
    expect(await sessions()).toEqual(['a|10:00:00|10:00:00|2|true'])
  })

  it('split columns start sessions, and those of one instant are numbered', async () => {
    await create(
      engine,
      `${KEYED}split_columns = ["page"]\nfirst_columns = ["page"]\nlast_columns = ["id"]\n`,
    )
    await run('1,a,10:00:00,x', '2,a,10:00:00,y', '3,a,10:00:00,y', '4,a,10:10:00', '5,a,10:20:00')
    const shown = ['xt_session_id', 'xt_event_count', 'xt_first_page', 'xt_last_id']
    const start = Date.UTC(2024, 2, 1, 10) * 1000
    expect(await scenario.rows('sessions', shown)).toEqual([
      `a|${start}|1|1|x|1`,
      `a|${start}|2|2|y|3`,
      `a|${start + 600_000_000}|1|2|∅|5`,
    ])
    await run('6,a,10:05:00,x', '7,a,09:59:00,x')
    expect(await scenario.rows('sessions', shown)).toEqual([
      `a|${start - 60_000_000}|1|2|x|1`,
      `a|${start}|1|2|y|3`,
      `a|${start + 300_000_000}|1|1|x|6`,
      `a|${start + 600_000_000}|1|2|∅|5`,
    ])
  })

  it('rows without time are rejects; an empty delivery changes nothing', async () => {
    await create(
      engine,
      `${KEYED}\n[properties.load]\nsource_path = "data"\nfile_pattern = "d*.csv"\nformat = "csv"\nmax_rejects = 1\n`,
    )
    await scenario.deliver('d0.csv', 'id,user,at,page\n1,a,2024-03-01T10:00:00Z,\n2,a,,\n')
    await scenario.runOk()
    expect(await scenario.rows('rejects', ['id', 'xt_column'])).toEqual(['2|at'])
    expect(await run()).toEqual([0, 0, 0, 0])
    expect(await sessions()).toEqual(['a|10:00:00|10:00:00|1|true'])
    await scenario.qarion.revert('t')
    await scenario.qarion.revert('t')
    expect([await sessions(), await scenario.rows('rejects')]).toEqual([[], []])
  })

  it('reads a change feed: what it changes and deletes moves and goes', async () => {
    await create(
      engine,
      `[input]\nprimary_key = ["id"]\n${COLUMNS}\n[properties]\nextract = "partial"\ndeleted_when = "page = 'gone'"\n`,
      {
        v: `id = "v"\nflow_type = "sessionization"\nnamespace = "raw"\n\n[input]\nsource_dataset_id = "t.change_feed"\n\n${PROPERTIES}`,
        w: `id = "w"\nflow_type = "sessionization"\nnamespace = "raw"\n\n[input]\nsource_dataset_id = "v.events"\n\n${PROPERTIES.replace('30m', '5m')}`,
      },
    )
    await run('1,a,10:00:00', '2,a,10:20:00', '3,a,10:40:00')
    expect(await sessions('v.sessions')).toEqual(['a|10:00:00|10:40:00|3|true'])
    const before = [await scenario.rows('v.events'), await scenario.rows('v.sessions')]
    await run('2,a,10:20:00,gone', '3,a,10:41:00', '4,b,10:00:00')
    expect(await sessions('v.sessions')).toEqual([
      'a|10:00:00|10:00:00|1|false',
      'a|10:41:00|10:41:00|1|true',
      'b|10:00:00|10:00:00|1|false',
    ])
    await scenario.qarion.revert('v')
    expect([await scenario.rows('v.events'), await scenario.rows('v.sessions')]).toEqual(before)
    await scenario.runOk()
    await run('2,a,10:20:00')
    expect(await sessions('v.sessions')).toEqual([
      'a|10:00:00|10:41:00|3|true',
      'b|10:00:00|10:00:00|1|false',
    ])
  })
})

describe('events that another flow delivers', () => {
  it('fail the batch where nobody can say whose they are', async () => {
    await create(
      'duckdb',
      `[input]\nprimary_key = ["id"]\n${COLUMNS.replace('"user", schema_type = "string", required = true', '"user", schema_type = "string"')}\n`,
      {
        v: `id = "v"\nflow_type = "sessionization"\nnamespace = "raw"\n\n[input]\nsource_dataset_id = "t.change_feed"\n\n${PROPERTIES}`,
      },
    )
    await scenario.deliver('d0.csv', 'id,user,at,page\n1,,2024-03-01T10:00:00Z,\n')
    expect(await scenario.runCode()).toBe('QRN-SESSION-101')
  })

  it('mistakes in the definition are told with their place', async () => {
    await create('duckdb', KEYED.replace('"user"]', '"usr"]'))
    await expect(scenario.qarion.validate()).rejects.toMatchObject({
      problems: [
        { hint: expect.stringContaining('user'), place: { file: 'flows/t.toml', line: 14 } },
      ],
    })
  })
})
