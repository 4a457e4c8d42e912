import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type EngineId, type Scenario } from '../src/index.ts'
import {
  delivery,
  feedFlow,
  FOLLOWING_LEDGER,
  ledgerFlow,
  ledgerSums,
  published,
  reversalProblems,
} from './delta-publishing-support.ts'

/** Region, amount, quantity, note; `null` is NULL. */
type Cells = readonly (string | null)[]
type Rows = ReadonlyMap<string, Cells>

/** A new delivery, an older one corrected (counted from the newest), everything anew, the newest taken back. */
type Event =
  | { readonly kind: 'deliver'; readonly rows: Rows }
  | { readonly kind: 'correct'; readonly age: number; readonly rows: Rows }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'take_back' }

const KEYS = ['a', 'b', 'A', 'é', '😀', '10']
const cells = fc.tuple(
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
const rows: fc.Arbitrary<Rows> = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), cells), { maxLength: 6 })
  .map((entries) => new Map(entries))
const deliver = rows.map((delivered): Event => ({ kind: 'deliver', rows: delivered }))
const correct = fc
  .tuple(fc.integer({ min: 0, max: 2 }), rows)
  .map(([age, corrected]): Event => ({ kind: 'correct', age, rows: corrected }))
const refresh = fc.constant<Event>({ kind: 'refresh' })
const takeBack = fc.constant<Event>({ kind: 'take_back' })

const historyOf = (...others: readonly fc.Arbitrary<Event>[]): fc.Arbitrary<readonly Event[]> =>
  fc
    .tuple(deliver, fc.array(fc.oneof(deliver, correct, ...others), { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest])

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

type Run = (request: Parameters<Scenario['runOk']>[0]) => Promise<unknown>
type Check = (newest: Rows | undefined) => Promise<readonly string[]>

/** Plays events; after each, `problemsAt` gets the delivery that is the newest then. Stops where there are problems. */
async function play(
  scenario: Scenario,
  events: readonly Event[],
  run: Run,
  problemsAt: Check = () => Promise.resolve([]),
): Promise<readonly string[]> {
  const deliveries: Rows[] = []
  // A file keeps its name where its batch was taken back and comes again.
  const write = (index: number): Promise<void> =>
    scenario.deliver(`d${index + 1}.csv`, csvOf(deliveries[index] as Rows))
  let problems: readonly string[]
  for (const event of events) {
    switch (event.kind) {
      case 'deliver':
        deliveries.push(event.rows)
        await write(deliveries.length - 1)
        await run({ batchTime: `2024-01-0${deliveries.length}T00:00:00Z` })
        break
      case 'correct': {
        const index = Math.max(0, deliveries.length - 1 - event.age)
        deliveries[index] = event.rows
        await write(index)
        await run({ cascade: true })
        break
      }
      case 'refresh':
        await run({ fullRefresh: true })
        break
      case 'take_back':
        await scenario.qarion.revert('t')
        await scenario.runOk({ flows: ['ledger'] })
        problems = await problemsAt(deliveries.at(-2))
        if (problems.length > 0) return problems
        await run({ batchTime: `2024-01-0${deliveries.length}T12:00:00Z` })
    }
    problems = await problemsAt(deliveries.at(-1))
    if (problems.length > 0) return problems
  }
  return []
}

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

function differences(
  what: string,
  found: readonly string[],
  expected: readonly string[],
): string[] {
  return found.join('\n') === expected.join('\n')
    ? []
    : [`${what}: ${found.join(' ; ')} and not ${expected.join(' ; ')}`]
}

const RELOAD = 'on_changed_file = "reload"'

/** Runs cost unlike much; what one engine does not try another one does. */
const NUM_RUNS: Readonly<Record<EngineId, number>> = {
  sqlite: 8,
  duckdb: 3,
  polars_local: 5,
  postgres: 3,
  polars_memory: 8,
}
const runsOn = (engine: EngineId): { readonly numRuns: number; readonly endOnFailure: true } => ({
  numRuns: NUM_RUNS[engine],
  endOnFailure: true,
})

const withOwn = <Result>(
  engine: EngineId,
  use: (scenario: Scenario) => Promise<Result>,
  plansAsBuilt = false,
): Promise<Result> =>
  withScenario({ engine, plansAsBuilt, flow: ledgerFlow({ load: RELOAD }) }, use)

async function everything(scenario: Scenario): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  for (const dataset of ['delta_transaction', 'published', 'change_feed'])
    result[dataset] = await scenario.rows(dataset)
  return result
}

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it(
    'the ledger adds up to the snapshot, and nothing posted is changed',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(historyOf(refresh), (events) =>
          withOwn(engine, async (scenario) => {
            const run: Run = (request) => scenario.runOk(request)
            expect(await play(scenario, events, run, lawOf(scenario, 't'))).toEqual([])
          }),
        ),
        runsOn(engine),
      )
    },
  )

  it('so it does on a change feed of another flow', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historyOf(refresh, takeBack), (events) =>
        withScenario(
          { engine, flow: feedFlow(RELOAD), otherFlows: { a_ledger: FOLLOWING_LEDGER } },
          async (scenario) => {
            const run: Run = async (request) => {
              await scenario.runOk({ ...request, flows: ['t'] })
              await scenario.runOk({ flows: ['ledger'] })
            }
            expect(await play(scenario, events, run, lawOf(scenario, 'ledger'))).toEqual([])
          },
        ),
      ),
      runsOn(engine),
    )
  })

  it('incremental over 1…n equals a full refresh', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historyOf(), (events) =>
        withOwn(engine, async (scenario) => {
          await play(scenario, events, (request) => scenario.runOk(request))
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
      fc.asyncProperty(historyOf(), async (events) => {
        const results = []
        for (const [engine, plansAsBuilt] of [
          ...ENGINE_IDS.map((id) => [id, false] as const),
          ['sqlite', true] as const,
        ]) {
          results.push(
            await withOwn(
              engine,
              async (scenario) => {
                await play(scenario, events, (request) => scenario.runOk(request))
                return everything(scenario)
              },
              plansAsBuilt,
            ),
          )
        }
        for (const result of results) expect(result).toEqual(results[0])
      }),
      runsOn('postgres'),
    )
  })
})
