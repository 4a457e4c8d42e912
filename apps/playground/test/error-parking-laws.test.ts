import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type Scenario } from '../src/index.ts'
import {
  csvOf,
  expectedParts,
  PARKING_COLUMNS,
  parkingFlow,
  snapshotOf,
  type Contact,
  type ParkingOptions,
} from './error-parking-support.ts'

/** Few ids, emails and scores, so that rows come again, fail, are corrected, and collide. */
const contact = fc.record({
  email: fc.constantFrom(null, 'a@x', 'b@x', 'nobody'),
  score: fc.constantFrom(null, 1, 10, 10.1),
  status: fc.constantFrom('new', 'old', 'gone'),
})
const deliveries = fc.array(
  fc
    .uniqueArray(fc.tuple(fc.nat(5), contact), { maxLength: 6, selector: ([id]) => id })
    .map((made): Contact[] => made.map(([id, fields]) => ({ id, ...fields }))),
  { minLength: 1, maxLength: 4 },
)
const options: fc.Arbitrary<ParkingOptions> = fc.record({
  isUnique: fc.boolean(),
  isPartial: fc.boolean(),
})

const COLUMNS = [...PARKING_COLUMNS, 'xt_failed_checks']

async function deliver(
  scenario: Scenario,
  index: number,
  contacts: readonly Contact[],
): Promise<void> {
  await scenario.deliver(`d${index + 1}.csv`, csvOf(contacts))
  await scenario.runOk({ batchTime: `2024-05-0${index + 1}T00:00:00Z` })
}

async function everything(scenario: Scenario): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  for (const dataset of ['target', 'error_parking', 'replaced_rows', 'batch_totals', 'rejects'])
    result[dataset] = await scenario.rows(dataset)
  return result
}

const RUNS = { numRuns: 4, endOnFailure: true } as const

describe.each(ENGINE_IDS)('%s', (engine) => {
  it(
    'target and error_parking together are the snapshot, after each batch, and none of it twice',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, options, async (made, chosen) => {
          await withScenario({ engine, flow: parkingFlow(chosen) }, async (scenario) => {
            for (const [index, contacts] of made.entries()) {
              await deliver(scenario, index, contacts)
              const snapshot = snapshotOf(made.slice(0, index + 1), chosen)
              expect({
                target: await scenario.rows('target', COLUMNS),
                parked: await scenario.rows('error_parking', COLUMNS),
              }).toEqual(expectedParts(snapshot, chosen))
            }
          })
        }),
        RUNS,
      )
    },
  )

  it(
    'revert(apply(S, n)) = S, and a full refresh changes nothing',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, options, async (made, chosen) => {
          await withScenario({ engine, flow: parkingFlow(chosen) }, async (scenario) => {
            const states = []
            for (const [index, contacts] of made.entries()) {
              states.push(await (index === 0 ? undefined : everything(scenario)))
              await deliver(scenario, index, contacts)
            }
            const last = await everything(scenario)
            await scenario.runOk({ fullRefresh: true })
            expect(await everything(scenario)).toEqual(last)
            for (const state of states.slice(1).toReversed()) {
              await scenario.qarion.revert('t')
              expect(await everything(scenario)).toEqual(state)
            }
          })
        }),
        RUNS,
      )
    },
  )
})

describe('all engines', () => {
  it('give the same rows for the same history', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, options, async (made, chosen) => {
        const results = []
        for (const engine of ENGINE_IDS)
          results.push(
            await withScenario({ engine, flow: parkingFlow(chosen) }, async (scenario) => {
              for (const [index, contacts] of made.entries())
                await deliver(scenario, index, contacts)
              return everything(scenario)
            }),
          )
        for (const result of results) expect(result).toEqual(results[0])
      }),
      { ...RUNS, numRuns: 3 },
    )
  })
})
