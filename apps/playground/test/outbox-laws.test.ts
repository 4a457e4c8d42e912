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
import { dataOf, delivery, feedFlow, followingOutbox, outboxFlow } from './outbox-support.ts'

/** Status, amount, quantity. */
const cells: fc.Arbitrary<Cells> = fc.tuple(
  fc.constantFrom(null, 'open', 'Open', 'é"\\', '\u0001\t'),
  fc.constantFrom(null, '0.00', '0.10', '-12.34', '9999999999.99'),
  fc.constantFrom(null, '0', '9007199254740991', '9007199254740993', '-9223372036854775808'),
)

const csvOf = (delivered: Rows): string =>
  delivery(
    ...[...delivered].map(([key, [status = null, amount, quantity]]) =>
      [
        key,
        status === null ? '' : `"${status.replaceAll('"', '""')}"`,
        amount ?? '',
        quantity ?? '',
      ].join(','),
    ),
  )

/** What receivers must know: key and data. */
function snapshotOf(delivered: Rows | undefined): string[] {
  return [...(delivered ?? [])]
    .map(
      ([key, [status = null, amount = null, quantity = null]]) =>
        `${key}|${dataOf(key, status, amount, quantity)}`,
    )
    .toSorted()
}

const COLUMNS = ['event_key', 'sequence', 'type', 'id', 'data'] as const

interface Told {
  readonly sequence: number
  readonly kind: string
  readonly id: string
  readonly data: string
}

/** The events by key, in order. Keys and ids of the tests hold three `|` in all. */
function eventsByKey(rows: readonly string[]): Map<string, Told[]> {
  const byKey = new Map<string, Told[]>()
  for (const row of rows) {
    const [key = '', sequence, type = '', ...rest] = row.split('|')
    const event = {
      sequence: Number(sequence),
      kind: type.slice(type.indexOf('.') + 1),
      id: rest.slice(0, 4).join('|'),
      data: rest.slice(4).join('|'),
    }
    byKey.set(key, [...(byKey.get(key) ?? []), event])
  }
  for (const [key, told] of byKey)
    byKey.set(
      key,
      told.toSorted((left, right) => left.sequence - right.sequence),
    )
  return byKey
}

/**
 * What is against the law: events of a key are numbered without gaps, each follows from the one before, all together are
 * the rows of now, no id is there twice, and all that was there before is there as it was.
 */
function lawOf(scenario: Scenario, flow: string, known: Rows = new Map()): Player['problemsAt'] {
  let before: readonly string[] = []
  return async (newest) => {
    const rows = await scenario.rows(`${flow}.outbox`, COLUMNS)
    const problems: string[] = []
    const state = new Map(snapshotOf(known).map((row) => [row.slice(0, row.indexOf('|')), row]))
    const ids = new Set<string>()
    for (const [key, told] of eventsByKey(rows)) {
      let isDeleted = false
      for (const [index, { sequence, kind, id, data }] of told.entries()) {
        if (sequence !== index + 1) problems.push(`${id} has the sequence ${sequence}`)
        if (ids.has(id)) problems.push(`${id} is there twice`)
        ids.add(id)
        const present = state.get(key)
        const expected =
          present === undefined ? [isDeleted ? 'reinserted' : 'new'] : ['changed', 'deleted']
        if (!expected.includes(kind)) problems.push(`${id} is ${kind} after ${present}`)
        if (kind === 'changed' && present === `${key}|${data}`) problems.push(`${id} says nothing`)
        if (kind === 'deleted' && present !== `${key}|${data}`) problems.push(`${id}: ${data}`)
        if (kind === 'deleted') {
          state.delete(key)
          isDeleted = true
        } else state.set(key, `${key}|${data}`)
      }
    }
    problems.push(
      ...differences('what is known', [...state.values()].toSorted(), snapshotOf(newest)),
      ...before.filter((row) => !rows.includes(row)).map((row) => `no longer there: ${row}`),
      ...differences(
        'what waits',
        (await scenario.rows(`${flow}.waiting`, ['event_key', 'sequence'])).toSorted(),
        rows.map((row) => row.split('|').slice(0, 2).join('|')).toSorted(),
      ),
    )
    before = rows
    return problems
  }
}

const RELOAD = 'on_changed_file = "reload"'

const withOwn = <Result>(
  engine: EngineId,
  use: (scenario: Scenario) => Promise<Result>,
  initialLoad: 'publish' | 'skip' = 'publish',
  plansAsBuilt = false,
): Promise<Result> =>
  withScenario({ engine, plansAsBuilt, flow: outboxFlow({ initialLoad, load: RELOAD }) }, use)

const everything = (scenario: Scenario): Promise<Record<string, string[]>> =>
  rowsOfAll(scenario, ['outbox', 'waiting', 'announced', 'change_feed'])

const playerOf = (scenario: Scenario, problemsAt?: Player['problemsAt']): Player => ({
  contentOf: csvOf,
  run: (request) => scenario.runOk(request),
  ...(problemsAt === undefined ? {} : { problemsAt }),
})

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it('the events in order of each key are the rows', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        historiesOf(cells, 'refresh'),
        fc.constantFrom('publish' as const, 'skip' as const),
        (history, initialLoad) =>
          withOwn(
            engine,
            async (scenario) => {
              const [first] = history
              const known =
                initialLoad === 'skip' && first?.kind === 'deliver' ? first.rows : undefined
              const player = playerOf(scenario, lawOf(scenario, 't', known))
              expect(await play(scenario, history, player)).toEqual([])
            },
            initialLoad,
          ),
      ),
      runsOn(engine),
    )
  })

  it('so they are on a change feed of another flow', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historiesOf(cells, 'refresh', 'take_back'), (history) =>
        withScenario(
          { engine, flow: feedFlow(RELOAD), otherFlows: { a_box: followingOutbox('publish') } },
          async (scenario) => {
            const law = lawOf(scenario, 'box')
            const player = followedBy('box', scenario, playerOf(scenario, law))
            expect(await play(scenario, history, player)).toEqual([])
          },
        ),
      ),
      runsOn(engine),
    )
  })

  it('incremental over 1…n equals a full refresh', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historiesOf(cells), (history) =>
        withOwn(engine, async (scenario) => {
          await play(scenario, history, playerOf(scenario))
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
  it('make the same events, by plans as built too', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(historiesOf(cells), async (history) => {
        const results = await onEveryEngine((engine, plansAsBuilt) =>
          withOwn(
            engine,
            async (scenario) => {
              await play(scenario, history, playerOf(scenario))
              return everything(scenario)
            },
            'publish',
            plansAsBuilt,
          ),
        )
        for (const result of results) expect(result).toEqual(results[0])
      }),
      runsOn('postgres'),
    )
  })
})
