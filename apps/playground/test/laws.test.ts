import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  createScenario,
  ENGINE_IDS,
  withScenario,
  type EngineId,
  type Scenario,
} from '../src/index.ts'

/** A history: one delivery after the other, rows by key. Keys and values are few, so that all changes occur. */
type Delivery = ReadonlyMap<string, readonly (string | null)[]>

const KEYS = ['a', 'b', 'c|d', 'c', '😀', 'é', 'A', '10', '9']
const TEXTS = [null, 'x', 'X', 'x ', 'é', 'e\u0301', '0', 'null', '"', 'a,b', 'two\nlines']
const INTEGERS = [
  null,
  '0',
  '1',
  '9007199254740992',
  '9007199254740993',
  '-9223372036854775808',
  '9223372036854775807',
]
const DECIMALS = [null, '0', '0.1', '0.10', '-12.34', '9999999999.99', '1.00']
const TIMES = [
  null,
  '2024-01-01T00:00:00Z',
  '2024-01-01T01:00:00+01:00',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999Z',
  '2024-02-29T12:00:00.000001Z',
]

const row = fc.tuple(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...INTEGERS),
  fc.constantFrom(...DECIMALS),
  fc.constantFrom(...TIMES),
)
const delivery: fc.Arbitrary<Delivery> = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), row), { maxLength: 8 })
  .map((rows) => new Map(rows))
const history = fc.array(delivery, { minLength: 1, maxLength: 5 })

const settings = fc.record({
  includeUnchanged: fc.boolean(),
  beforeImage: fc.boolean(),
  isPartial: fc.boolean(),
})
type Settings = { includeUnchanged: boolean; beforeImage: boolean; isPartial: boolean }

const flowOf = ({ includeUnchanged, beforeImage, isPartial }: Settings): string => `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "s", schema_type = "string" },
  { name = "n", schema_type = "integer" },
  { name = "d", schema_type = "decimal", precision = 12, scale = 2 },
  { name = "t", schema_type = "timestamp" },
]

[properties]
include_unchanged = ${includeUnchanged}
before_image = ${beforeImage}
extract = "${isPartial ? 'partial' : 'full'}"
on_empty = "accept"
`

const quote = (text: string | null): string =>
  text === null ? '' : /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
const csvOf = (rows: Delivery): string =>
  `id,s,n,d,t\n${[...rows].map(([key, values]) => [key, ...values].map(quote).join(',')).join('\n')}${rows.size === 0 ? '' : '\n'}`

const FEED = ['xt_batch_id', 'xt_record_type', 'xt_changed_columns', 'id', 's', 'n', 'd', 't']

async function runHistory(scenario: Scenario, deliveries: readonly Delivery[]): Promise<void> {
  for (const [index, rows] of deliveries.entries()) await runDelivery(scenario, index, rows)
}

async function runDelivery(scenario: Scenario, index: number, rows: Delivery): Promise<void> {
  await scenario.deliver(`d${index + 1}.csv`, csvOf(rows))
  await scenario.runOk({ batchTime: `2024-01-0${index + 1}T00:00:00Z` })
}

async function everything(scenario: Scenario): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  for (const dataset of ['landing', 'change_feed', 'current', 'rejects', 'deleted_keys', 'carried'])
    result[dataset] = await scenario.rows(dataset)
  return result
}

/** Folds feed lines into the snapshot that they lead to. */
function fold(lines: readonly string[]): Map<string, string> {
  const snapshot = new Map<string, string>()
  for (const line of lines) {
    const [, type, , ...cells] = line.split('|')
    const text = cells.join('|')
    const key = KEYS.toSorted((left, right) => right.length - left.length).find((candidate) =>
      text.startsWith(`${candidate}|`),
    ) as string
    if (type === 'deleted') expect(snapshot.delete(key)).toBe(true)
    else {
      expect(snapshot.has(key)).toBe(type === 'changed' || type === 'unchanged')
      if (type === 'changed') expect(snapshot.get(key)).not.toBe(text)
      if (type === 'unchanged') expect(snapshot.get(key)).toBe(text)
      snapshot.set(key, text)
    }
  }
  return snapshot
}

const RUNS = { numRuns: 8, endOnFailure: true } as const

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it('folding the feed over 1…n gives snapshot n', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, settings, (deliveries, chosen) =>
        withScenario({ engine, flow: flowOf(chosen) }, async (scenario) => {
          for (const [index, rows] of deliveries.entries()) {
            await runDelivery(scenario, index, rows)
            const lines = await scenario.rows('change_feed', FEED)
            expect([...fold(lines).values()].toSorted()).toEqual(
              (await scenario.rows('current')).toSorted(),
            )
          }
          if (!chosen.isPartial) {
            const ids = (await scenario.rows('current', ['id'])).toSorted()
            expect(ids).toEqual([...(deliveries.at(-1) as Delivery).keys()].toSorted())
          }
        }),
      ),
      RUNS,
    )
  })

  it('revert(apply(S, n)) = S', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, delivery, settings, (deliveries, last, chosen) =>
        withScenario({ engine, flow: flowOf(chosen) }, async (scenario) => {
          await runHistory(scenario, deliveries)
          const before = await everything(scenario)
          await runDelivery(scenario, deliveries.length, last)
          await scenario.qarion.revert('t')
          const after = await everything(scenario)
          // Of two kept batches the older is gone once a third one has come.
          const { landing: landingBefore, carried: carriedBefore, ...restBefore } = before
          const { landing: landingAfter, carried: carriedAfter, ...restAfter } = after
          expect(restAfter).toEqual(restBefore)
          for (const line of landingAfter as string[]) expect(landingBefore).toContain(line)
          for (const line of carriedAfter as string[]) expect(carriedBefore).toContain(line)
          await runDelivery(scenario, deliveries.length, last)
        }),
      ),
      RUNS,
    )
  })

  it('incremental over 1…n equals a full refresh', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, settings, (deliveries, chosen) =>
        withScenario({ engine, flow: flowOf(chosen) }, async (scenario) => {
          await runHistory(scenario, deliveries)
          const before = await everything(scenario)
          await scenario.runOk({ fullRefresh: true })
          expect(await everything(scenario)).toEqual(before)
        }),
      ),
      RUNS,
    )
  })
})

describe('all engines', () => {
  it('give the same rows for the same history', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, settings, async (deliveries, chosen) => {
        const results = []
        for (const engine of ENGINE_IDS) {
          results.push(
            await withScenario({ engine, flow: flowOf(chosen) }, async (scenario) => {
              await runHistory(scenario, deliveries)
              return everything(scenario)
            }),
          )
        }
        for (const result of results) expect(result).toEqual(results[0])
      }),
      RUNS,
    )
  })

  it(
    'plans executed as built give the same rows as plans read back from text',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(history, settings, async (deliveries, chosen) => {
          const results = []
          for (const plansAsBuilt of [true, false]) {
            const scenario = await createScenario({
              engine: 'sqlite',
              flow: flowOf(chosen),
              plansAsBuilt,
            })
            try {
              await runHistory(scenario, deliveries)
              results.push(await everything(scenario))
            } finally {
              await scenario.close()
            }
          }
          expect(results[1]).toEqual(results[0])
        }),
        RUNS,
      )
    },
  )
})
