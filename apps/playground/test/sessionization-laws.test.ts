import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type Scenario } from '../src/index.ts'
import {
  csvOf,
  expectedSessions,
  SESSION_COLUMNS,
  sessionFlow,
  type Event,
} from './sessionization-support.ts'

/** Events by id. Times are few and stand at, below and above the gap, so that sessions touch, merge and part. */
const event = fc.record({
  user: fc.constantFrom('a', 'b|c', 'b', '😀'),
  at: fc.constantFrom(0, 1, 29, 30, 31, 59, 60, 61, 90, 120, 121, 600),
  page: fc.constantFrom(null, 'x', 'y'),
})
const events = fc
  .array(event, { minLength: 1, maxLength: 14 })
  .map((made): readonly Event[] => made.map((fields, id) => ({ id, ...fields })))
const options = fc.record({ isKeyed: fc.boolean(), isSplit: fc.boolean() })

/** The same events in some order, in some batches; with keys, some of them come twice. */
const arrivals = fc
  .tuple(events, options, fc.infiniteStream(fc.nat(999)))
  .map(([made, chosen, numbers]) => {
    const split = (): Event[][] => {
      const batches: Event[][] = [[], [], [], []]
      const order = made
        .map((one) => ({ one, place: numbers.next().value as number }))
        .toSorted((left, right) => left.place - right.place)
      for (const { one, place } of order) {
        batches[place % 4]?.push(one)
        if (chosen.isKeyed && place % 5 === 0) batches[place % 3]?.push(one)
      }
      return batches
    }
    return { events: made, options: chosen, one: split(), other: split() }
  })

/** Deliveries in which events of a key come again with other values. */
const corrections = fc.array(
  fc
    .array(fc.tuple(fc.nat(5), event), { maxLength: 6 })
    .map((made): Event[] => made.map(([id, fields]) => ({ id, ...fields }))),
  { minLength: 1, maxLength: 4 },
)

async function deliver(scenario: Scenario, index: number, batch: readonly Event[]): Promise<void> {
  await scenario.deliver(`d${index + 1}.csv`, csvOf(batch))
  await scenario.runOk({ batchTime: `2024-05-0${index + 1}T00:00:00Z` })
}

async function runAll(scenario: Scenario, batches: readonly (readonly Event[])[]): Promise<void> {
  for (const [index, batch] of batches.entries()) await deliver(scenario, index, batch)
}

const EVENTS = ['id', 'user', 'at', 'page', 'xt_session_id', 'xt_event_number']

/** All that does not say which batch it came with. */
async function withoutBatches(scenario: Scenario): Promise<string[][]> {
  return [
    await scenario.rows('events', EVENTS),
    await scenario.rows('sessions', ['xt_session_id', ...SESSION_COLUMNS]),
  ]
}

async function everything(scenario: Scenario, isKeyed: boolean): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  const internal = isKeyed ? ['event_keys', 'replaced_events'] : []
  for (const dataset of ['events', 'sessions', 'rejects', 'batch_totals', ...internal])
    result[dataset] = await scenario.rows(dataset)
  return result
}

const RUNS = { numRuns: 4, endOnFailure: true } as const

describe.each(ENGINE_IDS)('%s', (engine) => {
  it(
    'sessions are those of the rules, in whatever order events arrive',
    {
      timeout: 240_000,
    },
    async () => {
      await fc.assert(
        fc.asyncProperty(arrivals, async ({ events: made, options: chosen, one, other }) => {
          const results = []
          for (const batches of [one, other]) {
            results.push(
              await withScenario({ engine, flow: sessionFlow(chosen) }, async (scenario) => {
                await runAll(scenario, batches)
                expect(await scenario.rows('sessions', SESSION_COLUMNS)).toEqual(
                  expectedSessions(made, chosen),
                )
                return withoutBatches(scenario)
              }),
            )
          }
          expect(results[1]).toEqual(results[0])
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
        fc.asyncProperty(corrections, options, async (batches, chosen) => {
          await withScenario({ engine, flow: sessionFlow(chosen) }, async (scenario) => {
            const states = []
            for (const [index, batch] of batches.entries()) {
              states.push(await (index === 0 ? undefined : everything(scenario, chosen.isKeyed)))
              await deliver(scenario, index, batch)
            }
            const last = await everything(scenario, chosen.isKeyed)
            await scenario.runOk({ fullRefresh: true })
            expect(await everything(scenario, chosen.isKeyed)).toEqual(last)
            for (const state of states.slice(1).toReversed()) {
              await scenario.qarion.revert('t')
              expect(await everything(scenario, chosen.isKeyed)).toEqual(state)
            }
            await scenario.runOk()
            expect(await everything(scenario, chosen.isKeyed)).toMatchObject({
              events: last['events'],
              sessions: last['sessions'],
            })
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
      fc.asyncProperty(corrections, options, async (batches, chosen) => {
        const results = []
        for (const engine of ENGINE_IDS)
          results.push(
            await withScenario({ engine, flow: sessionFlow(chosen) }, async (scenario) => {
              await runAll(scenario, batches)
              return everything(scenario, chosen.isKeyed)
            }),
          )
        for (const result of results) expect(result).toEqual(results[0])
      }),
      { ...RUNS, numRuns: 3 },
    )
  })
})
