import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type EngineId, type Scenario } from '../src/index.ts'
import {
  differences,
  onEveryEngine,
  followedBy,
  historiesOf,
  play,
  rowsOfAll,
  runsOn,
  type Cells,
  type Player,
  type Rows,
} from './delivery-histories.ts'
import {
  delivery,
  feedFlow,
  FOLLOWING_LEDGER,
  ledgerFlow,
  ledgerSums,
  published,
  reversalProblems,
} from './delta-publishing-support.ts'

/** Region, amount, quantity, note. */
const cells: fc.Arbitrary<Cells> = fc.tuple(
  fc.constantFrom(null, 'EU', 'US', 'eu'),
  fc.constantFrom(null, '0', '0.10', '-12.34', '9999999999.99', '-9999999999.99'),
  fc.constantFrom(
    null,
    '0',
    '1',
    '9007199254740993',
    '9223372036854775807',
    '-9223372036854775807',
  ),
  fc.constantFrom(null, 'x'),
)
const csvOf = (delivered: Rows): string =>
  delivery(...[...delivered].map(([key, values]) => [key, ...values.map((v) => v ?? '')].join(',')))

/** What the ledger must add up to: NULL amounts are 0. */
function snapshotOf(delivered: Rows | undefined): string[] {
  return [...(delivered ?? [])]
    .map(([key, [region, amount, quantity]]) =>
      [
        key,
        region ?? '∅',
        amount === null || amount === '0' ? '0.00' : amount,
        quantity ?? '0',
      ].join('|'),
    )
    .toSorted()
}

type Check = NonNullable<Player['problemsAt']>

/** What is against the law; all that was posted before must be there as it was. */
function lawOf(scenario: Scenario, flow: string): Check {
  let before: readonly string[] = []
  return async (newest) => {
    const snapshot = snapshotOf(newest)
    const ledger = await scenario.rows(`${flow}.delta_transaction`)
    const now = new Set(ledger)
    const problems = [
      ...differences('published', (await published(scenario, flow)).toSorted(), snapshot),
      ...differences('the sums', await ledgerSums(scenario, flow), snapshot),
      ...before.filter((row) => !now.has(row)).map((row) => `no longer in the ledger: ${row}`),
      ...(now.size === ledger.length ? [] : ['a row is in the ledger twice']),
      ...(await reversalProblems(scenario, flow)),
    ]
    before = ledger
    return problems
  }
}

const RELOAD = 'on_changed_file = "reload"'

const withOwn = <Result>(
  engine: EngineId,
  use: (scenario: Scenario) => Promise<Result>,
  plansAsBuilt = false,
): Promise<Result> =>
  withScenario({ engine, plansAsBuilt, flow: ledgerFlow({ load: RELOAD }) }, use)

const everything = (scenario: Scenario): Promise<Record<string, string[]>> =>
  rowsOfAll(scenario, ['delta_transaction', 'published', 'change_feed'])

const playerOf = (scenario: Scenario, problemsAt?: Check): Player => ({
  contentOf: csvOf,
  run: (request) => scenario.runOk(request),
  ...(problemsAt === undefined ? {} : { problemsAt }),
})

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it(
    'the ledger adds up to the snapshot, and nothing posted is changed',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(historiesOf(cells, 'refresh'), (events) =>
          withOwn(engine, async (scenario) => {
            const player = playerOf(scenario, lawOf(scenario, 't'))
            expect(await play(scenario, events, player)).toEqual([])
          }),
        ),
        runsOn(engine),
      )
    },
  )

  it('so it does on a change feed of another flow', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historiesOf(cells, 'refresh', 'take_back'), (events) =>
        withScenario(
          { engine, flow: feedFlow(RELOAD), otherFlows: { a_ledger: FOLLOWING_LEDGER } },
          async (scenario) => {
            const law = lawOf(scenario, 'ledger')
            const player = followedBy('ledger', scenario, playerOf(scenario, law))
            expect(await play(scenario, events, player)).toEqual([])
          },
        ),
      ),
      runsOn(engine),
    )
  })

  it('incremental over 1…n equals a full refresh', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historiesOf(cells), (events) =>
        withOwn(engine, async (scenario) => {
          await play(scenario, events, playerOf(scenario))
          const before = await everything(scenario)
          await scenario.runOk({ fullRefresh: true })
          expect(await everything(scenario)).toEqual(before)
        }),
      ),
      runsOn(engine),
    )
  })
})

describe('all engines', () => {
  it('post the same rows, by plans as built too', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historiesOf(cells), async (events) => {
        const results = await onEveryEngine((engine, plansAsBuilt) =>
          withOwn(
            engine,
            async (scenario) => {
              await play(scenario, events, playerOf(scenario))
              return everything(scenario)
            },
            plansAsBuilt,
          ),
        )
        for (const result of results) expect(result).toEqual(results[0])
      }),
      runsOn('postgres'),
    )
  })
})
