import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type Scenario } from '../src/index.ts'
import {
  csvOf,
  expectedSummary,
  growthFlow,
  type Activity,
  type GrowthOptions,
} from './growth-accounting-support.ts'

/** Hours around midnights, ends of weeks and months, and the nights in which clocks change in Berlin (31 March, 2 h). */
const activity = fc.record({
  user: fc.constantFrom('a', 'b', 'c|d', '😀'),
  at: fc.constantFrom(
    0,
    22,
    23,
    24,
    47,
    71,
    72,
    170,
    240,
    719,
    720,
    721,
    742,
    743,
    744,
    1500,
    2200,
  ),
  plan: fc.constantFrom('free', 'paid'),
})
const options = fc.record({
  isKeyed: fc.boolean(),
  isSegmented: fc.boolean(),
  period: fc.constantFrom('day' as const, 'week' as const, 'month' as const),
  timezone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati'),
})
/** Deliveries; where events have a key, some come again with other values. */
const deliveries = fc.array(
  fc
    .array(fc.tuple(fc.nat(7), activity), { maxLength: 7 })
    .map((made): Activity[] => made.map(([id, fields]) => ({ id, ...fields }))),
  { minLength: 1, maxLength: 4 },
)

async function deliver(
  scenario: Scenario,
  index: number,
  batch: readonly Activity[],
): Promise<void> {
  await scenario.deliver(`d${index + 1}.csv`, csvOf(batch))
  await scenario.runOk({ batchTime: `2024-05-0${index + 1}T00:00:00Z` })
}

/** What holds after deliveries: of a key the last event. */
function standing(
  batches: readonly (readonly Activity[])[],
  { isKeyed }: GrowthOptions,
): Activity[] {
  const all = batches.flat()
  return isKeyed ? [...new Map(all.map((event) => [event.id, event])).values()] : all
}

async function everything(scenario: Scenario, isKeyed: boolean): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  const stored = ['activity_counts', 'member_periods', 'period_counts', 'batch_totals', 'rejects']
  for (const dataset of ['activity', 'summary', ...stored, ...(isKeyed ? ['event_periods'] : [])])
    result[dataset] = await scenario.rows(dataset)
  return result
}

/** active(t) = new + retained + resurrected; active(t−1) = retained + churned(t). */
function expectLaw(lines: readonly string[], { isSegmented }: GrowthOptions): void {
  const active = new Map<string, number>()
  for (const line of lines) {
    const cells = line.split('|').slice(1)
    const segment = isSegmented ? (cells.shift() as string) : ''
    const [now, before, fresh, retained, resurrected, churned] = cells.slice(1).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    expect(now).toBe(fresh + retained + resurrected)
    expect(before).toBe(active.get(segment) ?? 0)
    expect(before).toBe(retained + churned)
    active.set(segment, now)
  }
}

const RUNS = { numRuns: 3, endOnFailure: true } as const

describe.each(ENGINE_IDS)('%s', (engine) => {
  it(
    'the summary is that of the model after every batch, in any order',
    {
      timeout: 240_000,
    },
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, options, async (batches, chosen) => {
          const summary = await withScenario(
            { engine, flow: growthFlow(chosen) },
            async (scenario) => {
              for (const [index, batch] of batches.entries()) {
                await deliver(scenario, index, batch)
                const lines = await scenario.rows('summary')
                expectLaw(lines, chosen)
                expect(lines).toEqual(
                  expectedSummary(standing(batches.slice(0, index + 1), chosen), chosen),
                )
              }
              return [await scenario.rows('summary'), await scenario.rows('activity')]
            },
          )
          const reversed = standing(batches, chosen).toReversed()
          await withScenario({ engine, flow: growthFlow(chosen) }, async (scenario) => {
            for (const [index, place] of [0, 1].entries())
              await deliver(
                scenario,
                index,
                reversed.filter((_, at) => at % 2 === place),
              )
            expect([await scenario.rows('summary'), await scenario.rows('activity')]).toEqual(
              summary,
            )
          })
        }),
        RUNS,
      )
    },
  )

  it(
    'revert(apply(S, n)) = S, and a full refresh changes nothing',
    {
      timeout: 240_000,
    },
    async () => {
      await fc.assert(
        fc.asyncProperty(deliveries, options, async (batches, chosen) => {
          await withScenario({ engine, flow: growthFlow(chosen) }, async (scenario) => {
            const states = []
            for (const [index, batch] of batches.entries()) {
              if (index > 0) states.push(await everything(scenario, chosen.isKeyed))
              await deliver(scenario, index, batch)
            }
            const last = await everything(scenario, chosen.isKeyed)
            await scenario.runOk({ fullRefresh: true })
            expect(await everything(scenario, chosen.isKeyed)).toEqual(last)
            for (const state of states.toReversed()) {
              await scenario.qarion.revert('t')
              expect(await everything(scenario, chosen.isKeyed)).toEqual(state)
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
      fc.asyncProperty(deliveries, options, async (batches, chosen) => {
        const results = []
        for (const engine of ENGINE_IDS)
          results.push(
            await withScenario({ engine, flow: growthFlow(chosen) }, async (scenario) => {
              for (const [index, batch] of batches.entries()) await deliver(scenario, index, batch)
              return everything(scenario, chosen.isKeyed)
            }),
          )
        for (const result of results) expect(result).toEqual(results[0])
      }),
      { ...RUNS, numRuns: 3 },
    )
  })
})
