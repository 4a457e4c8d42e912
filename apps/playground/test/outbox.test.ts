import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'
import {
  dataOf,
  delivery,
  events,
  feedFlow,
  followingOutbox,
  outboxFlow,
} from './outbox-support.ts'

let scenario: Scenario
afterEach(() => scenario.close())

async function start(
  engine: EngineId,
  flow: string,
  ...deliveries: readonly string[]
): Promise<void> {
  scenario = await createScenario({ engine, flow })
  await deliver(...deliveries)
  await scenario.runOk()
}

async function deliver(...deliveries: readonly string[]): Promise<void> {
  for (const [index, content] of deliveries.entries())
    await scenario.deliver(`d${index + 1}.csv`, content)
}

const A1 = dataOf('a', 'open', '1.50', '1')
const A2 = dataOf('a', 'paid', '1.50', '1')
const B1 = dataOf('b', 'open', '2.00', '2')

describe.each(ENGINE_IDS)('an outbox on %s', (engine) => {
  it('holds an event for each change, numbered by key', async () => {
    await start(
      engine,
      outboxFlow(),
      delivery('a,open,1.50,1', 'b,open,2.00,2'),
      delivery('a,paid,1.50,1'),
      delivery('a,paid,1.50,1', 'b,open,2.00,2'),
    )
    expect(await events(scenario)).toEqual([
      `1|1|t.new|a|1|${A1}`,
      `1|1|t.new|b|1|${B1}`,
      `2|1|t.changed|a|2|${A2}`,
      `2|1|t.deleted|b|2|${B1}`,
      `3|1|t.reinserted|b|3|${B1}`,
    ])
    expect(
      await scenario.rows(
        'outbox',
        ['id', 'source', 'subject', 'state', 'attempts', 'next_attempt_at', 'published_at'],
        { batch: 3 },
      ),
    ).toEqual(['t|3|b|1|/raw/t|b|pending|0|∅|∅'])
    expect(await scenario.rows('waiting')).toEqual([
      'a|1|1|1',
      'a|2|2|1',
      'b|1|1|1',
      'b|2|2|1',
      'b|3|3|1',
    ])
    const result = await scenario.runOk()
    expect(result.status).toBe('nothing_to_do')
  })

  it('writes every type as JSON that no reader rounds', async () => {
    await start(
      engine,
      `flow_type = "outbox"
[input]
primary_key = ["z", "a b"]
columns = [
  { name = "z", schema_type = "string" },
  { name = "a b", schema_type = "integer" },
  { name = "Zahl", schema_type = "decimal", precision = 18, scale = 4 },
  { name = "é", schema_type = "boolean" },
  { name = "d", schema_type = "date" },
  { name = "t", schema_type = "time" },
  { name = "ts", schema_type = "timestamp" },
  { name = "j", schema_type = "json" },
  { name = "n", schema_type = "integer" },
]
[properties]
initial_load = "publish"
event_type_prefix = "com.example.row"
event_source = "https://shop.example/rows"
`,
      'z,a b,Zahl,é,d,t,ts,j,n\n' +
        `"x|""y\\\n\t😀",9007199254740991,-0.5,true,2024-02-29,12:30:00.5,2024-01-31T12:30:00+01:00,"{""b"":1.0,""a"":[]}",-9007199254740992\n` +
        'y,1,,,,,,,\n',
    )
    expect(await scenario.rows('outbox', ['data'])).toEqual([
      `{"Zahl":"-0.5000","a b":9007199254740991,"d":"2024-02-29","j":{"a":[],"b":1},"n":"-9007199254740992","t":"12:30:00.500000","ts":"2024-01-31T11:30:00Z","z":"x|\\"y\\\\\\n\\t😀","é":true}`,
      '{"Zahl":null,"a b":1,"d":null,"j":null,"n":null,"t":null,"ts":null,"z":"y","é":null}',
    ])
    expect(await scenario.rows('outbox', ['id', 'type', 'source', 'event_key', 'subject'])).toEqual(
      [
        't|1|x\\|"y\\\\\n\t😀|9007199254740991|1|com.example.row.new|https://shop.example/rows|x\\|"y\\\\\n\t😀|9007199254740991|x\\|"y\\\\\n\t😀|9007199254740991',
        't|1|y|1|1|com.example.row.new|https://shop.example/rows|y|1|y|1',
      ],
    )
  })

  it('announces what corrections of older batches make of the rows, once', async () => {
    await start(
      engine,
      outboxFlow({ load: 'on_changed_file = "reload"' }),
      delivery('a,open,1.50,1', 'b,open,2.00,2'),
      delivery('a,paid,1.50,1', 'b,open,2.00,2'),
    )
    const before = await events(scenario)
    await scenario.deliver('d1.csv', delivery('a,void,9.00,1'))
    await scenario.runOk({ cascade: true })
    expect(await events(scenario)).toEqual(before)
    await scenario.deliver('d2.csv', delivery('a,void,9.00,1', 'c,open,3.00,3'))
    await scenario.runOk({ cascade: true })
    expect((await events(scenario)).filter((event) => !before.includes(event))).toEqual([
      `2|3|t.changed|a|3|${dataOf('a', 'void', '9.00', '1')}`,
      `2|3|t.deleted|b|2|${B1}`,
      `2|3|t.new|c|1|${dataOf('c', 'open', '3.00', '3')}`,
    ])
    await scenario.runOk({ fullRefresh: true })
    expect((await events(scenario)).length).toBe(before.length + 3)
  })

  it('skips the first delivery where that is stated, and no other', async () => {
    await start(
      engine,
      outboxFlow({ initialLoad: 'skip', load: 'on_changed_file = "reload"' }),
      delivery('a,open,1.50,1', 'b,open,2.00,2'),
    )
    expect(await events(scenario)).toEqual([])
    await scenario.deliver('d1.csv', delivery('a,open,1.50,1'))
    await scenario.runOk({ cascade: true })
    // Who knows the first delivery must be told that it was corrected.
    expect(await events(scenario)).toEqual([`1|2|t.deleted|b|1|${B1}`])
    await scenario.deliver('d2.csv', delivery('a,paid,1.50,1'))
    await scenario.runOk()
    expect((await events(scenario)).slice(1)).toEqual([`2|1|t.changed|a|1|${A2}`])
  })

  it('makes no event of what the payload does not carry', async () => {
    await start(
      engine,
      outboxFlow({ properties: 'payload_columns = ["status"]' }),
      delivery('a,open,1.50,1'),
      delivery('a,open,9.99,1'),
      delivery('a,paid,9.99,1'),
    )
    expect(await events(scenario)).toEqual([
      '1|1|t.new|a|1|{"status":"open"}',
      '3|1|t.changed|a|2|{"status":"paid"}',
    ])
  })
})

describe.each(ENGINE_IDS)('an outbox over the feed of another flow, on %s', (engine) => {
  it.each(['publish', 'skip'] as const)('%s: all that the feed holds at first', async (initial) => {
    scenario = await createScenario({ engine, flow: feedFlow() })
    await deliver(
      delivery('a,open,1.50,1', 'b,open,2.00,2'),
      delivery('a,paid,1.50,1', 'b,open,2.00,2'),
    )
    await scenario.runOk()
    const { directory } = scenario
    const { writeFile } = await import('node:fs/promises')
    await writeFile(`${directory}/flows/box.toml`, followingOutbox(initial))
    await scenario.restart()
    await scenario.runOk({ flows: ['box'] })
    expect(await events(scenario, 'box')).toEqual(
      initial === 'skip'
        ? []
        : [`1|1|box.new|a|1|${A1}`, `1|1|box.new|b|1|${B1}`, `2|1|box.changed|a|2|${A2}`],
    )
    await scenario.deliver('d3.csv', delivery('a,paid,1.50,1'))
    await scenario.runOk()
    const last = initial === 'skip' ? 1 : 2
    expect((await events(scenario, 'box')).at(-1)).toBe(`3|1|box.deleted|b|${last}|${B1}`)

    // The newest batch of the other flow is taken back: receivers are told that the row is there.
    await scenario.qarion.revert('t')
    await scenario.runOk({ flows: ['box'] })
    expect((await events(scenario, 'box')).at(-1)).toBe(`3|2|box.reinserted|b|${last + 1}|${B1}`)
    await scenario.runOk()
    expect((await events(scenario, 'box')).at(-1)).toBe(`3|3|box.deleted|b|${last + 2}|${B1}`)
    expect((await scenario.runOk()).status).toBe('nothing_to_do')
  })
})
