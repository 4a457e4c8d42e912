import { afterEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'
import {
  delivery,
  feedFlow,
  FOLLOWING_LEDGER,
  ledgerFlow,
  ledgerSums,
  posted,
  published,
  reversalProblems,
} from './delta-publishing-support.ts'

const INTEGER_LEAST = '-9223372036854775808'

let scenario: Scenario
afterEach(() => scenario.close())

async function start(engine: EngineId, ...deliveries: readonly string[]): Promise<void> {
  scenario = await createScenario({ engine, flow: ledgerFlow() })
  await deliver(...deliveries)
  await scenario.runOk()
}

async function deliver(...deliveries: readonly string[]): Promise<void> {
  for (const [index, content] of deliveries.entries())
    await scenario.deliver(`d${index + 1}.csv`, content)
}

describe.each(ENGINE_IDS)('a ledger on %s', (engine) => {
  it('posts inserts, reversals with restatements, and deletions', async () => {
    await start(
      engine,
      delivery('a,EU,1.50,1,x', 'b,EU,2.00,2,x', 'c,US,3.00,3,x'),
      delivery('a,EU,1.75,1,x', 'b,EU,2.00,2,x', 'd,US,4.00,4,x'),
    )
    expect(await posted(scenario)).toEqual([
      '1|1|insert|a|EU|1.50|1',
      '1|1|insert|b|EU|2.00|2',
      '1|1|insert|c|US|3.00|3',
      '2|1|restatement|a|EU|1.75|1',
      '2|1|reversal|a|EU|-1.50|-1',
      '2|1|deletion|c|US|-3.00|-3',
      '2|1|insert|d|US|4.00|4',
    ])
    expect(await published(scenario)).toEqual(['a|EU|1.75|1', 'b|EU|2.00|2', 'd|US|4.00|4'])
    expect(
      await scenario.rows(
        'delta_transaction',
        ['xt_transaction_id', 'xt_reverses_transaction_id'],
        {
          batch: 2,
        },
      ),
    ).toEqual([
      'a|2|1|restatement|∅',
      'a|2|1|reversal|a|1|1|insert',
      'c|2|1|deletion|c|1|1|insert',
      'd|2|1|insert|∅',
    ])
  })

  it('tells what a batch posted', async () => {
    scenario = await createScenario({ engine, flow: ledgerFlow() })
    await deliver(delivery('a,EU,1,1,x', 'b,EU,2,2,x'), delivery('a,EU,9,1,x'))
    const { run } = await scenario.runOk()
    expect(run.flows[0]?.batches.map(({ counts }) => counts)).toEqual([
      { insert: 2, reversal: 0, restatement: 0, deletion: 0, rejected: 0 },
      { insert: 0, reversal: 1, restatement: 1, deletion: 1, rejected: 0 },
    ])
  })

  it('posts times of batches, not of clocks', async () => {
    scenario = await createScenario({ engine, flow: ledgerFlow() })
    await deliver(delivery('a,EU,1,1,x'))
    await scenario.runOk({ batchTime: '2024-05-01T06:00:00Z' })
    expect(await scenario.rows('delta_transaction', ['xt_posted_at'])).toEqual([
      '2024-05-01T06:00:00Z',
    ])
    expect(await scenario.rows('published', ['xt_posted_at'])).toEqual(['2024-05-01T06:00:00Z'])
  })

  it('restates amounts whose dimension changed, and nothing for a column that is not in the ledger', async () => {
    await start(
      engine,
      delivery('a,EU,1.00,1,x', 'b,EU,2.00,2,x'),
      delivery('a,US,1.00,1,x', 'b,EU,2.00,2,y'),
    )
    expect((await posted(scenario)).slice(2)).toEqual([
      '2|1|restatement|a|US|1.00|1',
      '2|1|reversal|a|EU|-1.00|-1',
    ])
    expect(await ledgerSums(scenario)).toEqual(await published(scenario))
  })

  it('posts NULL as 0, and nothing when a NULL becomes 0', async () => {
    await start(engine, delivery('a,,,,x', 'b,EU,1.00,,x'), delivery('a,,0.00,0,x', 'b,EU,,5,x'))
    expect(await posted(scenario)).toEqual([
      '1|1|insert|a|∅|0.00|0',
      '1|1|insert|b|EU|1.00|0',
      '2|1|restatement|b|EU|0.00|5',
      '2|1|reversal|b|EU|-1.00|0',
    ])
  })

  it('inserts a key that comes back', async () => {
    await start(
      engine,
      delivery('a,EU,1.00,1,x', 'b,EU,1.00,1,x'),
      delivery('b,EU,1.00,1,x'),
      delivery('a,EU,1.00,1,x', 'b,EU,1.00,1,x'),
    )
    expect((await posted(scenario)).slice(2)).toEqual([
      '2|1|deletion|a|EU|-1.00|-1',
      '3|1|insert|a|EU|1.00|1',
    ])
    expect(await reversalProblems(scenario)).toEqual([])
  })

  it('posts the difference once when older batches are corrected', async () => {
    scenario = await createScenario({
      engine,
      flow: ledgerFlow({ load: 'on_changed_file = "reload"' }),
    })
    await deliver(
      delivery('a,EU,1.00,1,x', 'b,EU,1.00,1,x'),
      delivery('a,EU,2.00,1,x', 'b,EU,1.00,1,x'),
      delivery('a,EU,2.00,1,x', 'b,EU,1.00,1,x', 'c,EU,1.00,1,x'),
    )
    await scenario.runOk()
    const before = await posted(scenario)
    await scenario.deliver('d2.csv', delivery('a,EU,7.00,1,x'))
    await scenario.deliver('d3.csv', delivery('b,EU,1.00,1,x', 'a,EU,7.00,1,x'))
    await scenario.runOk({ cascade: true })
    expect(await posted(scenario)).toEqual([
      ...before,
      '3|2|restatement|a|EU|7.00|1',
      '3|2|reversal|a|EU|-2.00|-1',
      '3|2|deletion|c|EU|-1.00|-1',
    ])
    expect(await published(scenario)).toEqual(['a|EU|7.00|1', 'b|EU|1.00|1'])
    expect(await reversalProblems(scenario)).toEqual([])
  })

  it('is corrected again after an older batch was corrected', async () => {
    scenario = await createScenario({
      engine,
      flow: ledgerFlow({ load: 'on_changed_file = "reload"' }),
    })
    await deliver(delivery(), delivery('a,EU,1.00,1,x'), delivery('a,EU,2.00,1,x'))
    await scenario.runOk()
    await scenario.deliver('d1.csv', delivery('b,EU,1.00,1,x'))
    await scenario.runOk({ cascade: true })
    await scenario.deliver('d2.csv', delivery('c,EU,1.00,1,x'))
    await scenario.runOk({ cascade: true })
    const feed = await scenario.rows('change_feed', ['xt_batch_id', 'xt_record_type', 'id'])
    expect(feed).toEqual(['1|new|b', '2|deleted|b', '2|new|c', '3|new|a', '3|deleted|c'])
    expect(await ledgerSums(scenario)).toEqual(await published(scenario))
  })

  it('keeps the ledger over a full refresh, and posts nothing where nothing differs', async () => {
    await start(engine, delivery('a,EU,1.00,1,x', 'b,EU,1.00,1,x'), delivery('a,EU,2.00,1,x'))
    const before = [
      await scenario.rows('delta_transaction'),
      await scenario.rows('published'),
      await scenario.rows('change_feed'),
    ]
    await scenario.runOk({ fullRefresh: true })
    expect([
      await scenario.rows('delta_transaction'),
      await scenario.rows('published'),
      await scenario.rows('change_feed'),
    ]).toEqual(before)
  })

  it('takes no batch back', async () => {
    await start(engine, delivery('a,EU,1.00,1,x'))
    await expect(scenario.qarion.revert('t')).rejects.toMatchObject({ code: 'QRN-RUN-010' })
    expect(await posted(scenario)).toHaveLength(1)
  })

  it('follows a change feed that applies batches anew', async () => {
    scenario = await createScenario({
      engine,
      flow: feedFlow('on_changed_file = "reload"'),
      otherFlows: { a_ledger: FOLLOWING_LEDGER },
    })
    await deliver(
      delivery('a,EU,1.00,1,x'),
      delivery('a,EU,1.00,1,x', 'b,EU,1.00,1,x'),
      delivery('a,EU,3.00,1,x', 'b,EU,1.00,1,x'),
    )
    await scenario.runOk()
    const before = await posted(scenario, 'ledger')
    expect(before).toEqual([
      '1|1|insert|a|EU|1.00|1',
      '2|1|insert|b|EU|1.00|1',
      '3|1|restatement|a|EU|3.00|1',
      '3|1|reversal|a|EU|-1.00|-1',
    ])
    await scenario.deliver('d2.csv', delivery('a,US,1.00,1,x'))
    await scenario.deliver('d3.csv', delivery('a,US,3.00,1,x', 'c,US,1.00,1,x'))
    await scenario.runOk({ cascade: true })
    expect(await posted(scenario, 'ledger')).toEqual([
      ...before,
      '3|2|restatement|a|US|3.00|1',
      '3|2|reversal|a|EU|-3.00|-1',
      '3|2|deletion|b|EU|-1.00|-1',
      '3|2|insert|c|US|1.00|1',
    ])
    expect(await ledgerSums(scenario, 'ledger')).toEqual(await published(scenario, 'ledger'))
  })

  it('follows a change feed whose batches are taken back, to the last of them', async () => {
    scenario = await createScenario({
      engine,
      flow: feedFlow(),
      otherFlows: { a_ledger: FOLLOWING_LEDGER },
    })
    await deliver(delivery('a,EU,1.00,1,x'), delivery('a,EU,2.00,1,x', 'b,EU,1.00,1,x'))
    await scenario.runOk()
    await scenario.qarion.revert('t')
    await scenario.runOk({ flows: ['ledger'] })
    expect((await posted(scenario, 'ledger')).slice(4)).toEqual([
      '2|2|restatement|a|EU|1.00|1',
      '2|2|reversal|a|EU|-2.00|-1',
      '2|2|deletion|b|EU|-1.00|-1',
    ])
    await scenario.qarion.revert('t')
    await scenario.runOk({ flows: ['ledger'] })
    expect(await published(scenario, 'ledger')).toEqual([])
    expect((await scenario.runOk({ flows: ['ledger'] })).status).toBe('nothing_to_do')

    // The numbers come again, with rows that are in no earlier transaction of theirs.
    await scenario.runOk()
    expect(await published(scenario, 'ledger')).toEqual(['a|EU|2.00|1', 'b|EU|1.00|1'])
    expect(await ledgerSums(scenario, 'ledger')).toEqual(await published(scenario, 'ledger'))
    expect(await reversalProblems(scenario, 'ledger')).toEqual([])
  })

  it('restates what was posted where a measure is added', async () => {
    const flowOf = (measures: string): string =>
      ledgerFlow({ properties: 'dimension_columns = ["region"]' }).replace(
        '["amount", "quantity"]',
        measures,
      )
    scenario = await createScenario({ engine, flow: flowOf('["amount"]') })
    await deliver(delivery('a,EU,1.00,1,x', 'b,EU,1.00,,x'))
    await scenario.runOk()
    await scenario.redefine(flowOf('["amount", "quantity"]'))
    await scenario.runOk({ fullRefresh: true })
    expect(await posted(scenario)).toEqual([
      '1|1|insert|a|EU|1.00|0',
      '1|1|insert|b|EU|1.00|0',
      '1|2|restatement|a|EU|1.00|1',
      '1|2|reversal|a|EU|-1.00|0',
    ])
    expect(await ledgerSums(scenario)).toEqual(await published(scenario))
  })

  it('writes keys with separators so that no two of them meet', async () => {
    await start(engine, delivery('a|1,EU,1.00,1,x', 'a,EU,1.00,1,x'))
    expect(await scenario.rows('delta_transaction', ['xt_transaction_id'])).toEqual([
      'a|1|1|insert',
      'a\\|1|1|1|insert',
    ])
  })

  it('refuses an amount that has no negation, before it is posted', async () => {
    scenario = await createScenario({ engine, flow: ledgerFlow() })
    await deliver(
      delivery('a,EU,1.00,-9223372036854775807,x'),
      delivery(`a,EU,1.00,${INTEGER_LEAST},x`),
    )
    expect(await scenario.runCode()).toBe('QRN-DELTA-101')
    expect(await posted(scenario)).toEqual(['1|1|insert|a|EU|1.00|-9223372036854775807'])
    await scenario.deliver('d2.csv', delivery('a,EU,1.00,9223372036854775807,x'))
    await scenario.runOk()
    expect((await posted(scenario)).slice(1)).toEqual([
      '2|1|restatement|a|EU|1.00|9223372036854775807',
      '2|1|reversal|a|EU|-1.00|9223372036854775807',
    ])
  })

  it('keeps the row of a key whose delivered row is rejected', async () => {
    scenario = await createScenario({ engine, flow: ledgerFlow({ load: 'max_rejects = 1' }) })
    await deliver(delivery('a,EU,1.00,1,x', 'b,EU,1.00,1,x'), delivery('a,EU,oops,1,x'))
    await scenario.runOk()
    expect((await posted(scenario)).slice(2)).toEqual(['2|1|deletion|b|EU|-1.00|-1'])
    expect(await published(scenario)).toEqual(['a|EU|1.00|1'])
  })
})

describe('the statements of a plan', () => {
  it.each([
    ['a ledger', ledgerFlow()],
    [
      'a change feed that asks which columns were added',
      feedFlow().replace('on_empty', 'baseline_on_add = true\non_empty'),
    ],
  ])('are shown of %s', async (_, flow) => {
    scenario = await createScenario({ engine: 'sqlite', flow })
    await deliver(delivery('a,EU,1.00,1,x'))
    const { flows } = await scenario.qarion.plan({ includeStatements: true })
    expect(flows[0]?.statements?.join('\n')).toMatch(/raw_t_change_feed/)
  })
})

describe('a ledger whose definition changes', () => {
  it.each([
    ['another type', 'precision = 12, scale = 2', 'precision = 12, scale = 3'],
    ['another key', 'primary_key = ["id"]', 'primary_key = ["id", "region"]'],
  ])('is refused with %s, since what is posted stays', async (_, before, after) => {
    scenario = await createScenario({ engine: 'sqlite', flow: ledgerFlow() })
    await deliver(delivery('a,EU,1.00,1,x'))
    await scenario.runOk()
    await scenario.redefine(ledgerFlow().replace(before, after))
    expect(await scenario.runCode({ fullRefresh: true })).toBe('QRN-RUN-014')
    await scenario.redefine(ledgerFlow())
    expect((await scenario.runOk()).status).toBe('nothing_to_do')
  })
})

describe('what is wrong in a flow file', () => {
  it('is told with its line', async () => {
    scenario = await createScenario({
      engine: 'sqlite',
      flow: feedFlow(),
      otherFlows: { a_ledger: FOLLOWING_LEDGER.replace('"quantity"', '"quantty"') },
    })
    await expect(scenario.qarion.validate()).rejects.toMatchObject({
      problems: [
        {
          code: 'QRN-DELTA-002',
          hint: 'Did you mean quantity?',
          place: { file: 'flows/a_ledger.toml', line: 9, column: 30 },
        },
      ],
    })
  })
})
