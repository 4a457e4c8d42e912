import fc from 'fast-check'

import { ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'

/** Cells beside the key; `null` is NULL. */
export type Cells = readonly (string | null)[]
export type Rows = ReadonlyMap<string, Cells>

/** A new delivery, an older one corrected (counted from the newest), everything anew, the newest taken back. */
export type HistoryEvent =
  | { readonly kind: 'deliver'; readonly rows: Rows }
  | { readonly kind: 'correct'; readonly age: number; readonly rows: Rows }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'take_back' }

const KEYS = ['a', 'b', 'A', 'é', '😀', '10']
const refresh = fc.constant<HistoryEvent>({ kind: 'refresh' })
const takeBack = fc.constant<HistoryEvent>({ kind: 'take_back' })
const OTHERS = { refresh, take_back: takeBack }

/** Histories over rows with these cells: deliveries and corrections, and `others` of what may happen. */
export function historiesOf(
  cells: fc.Arbitrary<Cells>,
  ...others: readonly (keyof typeof OTHERS)[]
): fc.Arbitrary<readonly HistoryEvent[]> {
  const rows: fc.Arbitrary<Rows> = fc
    .array(fc.tuple(fc.constantFrom(...KEYS), cells), { maxLength: 6 })
    .map((entries) => new Map(entries))
  const deliver = rows.map((delivered): HistoryEvent => ({ kind: 'deliver', rows: delivered }))
  const correct = fc
    .tuple(fc.integer({ min: 0, max: 2 }), rows)
    .map(([age, corrected]): HistoryEvent => ({ kind: 'correct', age, rows: corrected }))
  const more = others.map((name) => OTHERS[name])
  return fc
    .tuple(deliver, fc.array(fc.oneof(deliver, correct, ...more), { maxLength: 4 }))
    .map(([first, rest]) => [first, ...rest])
}

export interface Player {
  /** Rows as the content of a delivery. */
  readonly contentOf: (rows: Rows) => string
  readonly run: (request: Parameters<Scenario['runOk']>[0]) => Promise<unknown>
  /** Gets the delivery that is the newest after each event. */
  readonly problemsAt?: (newest: Rows | undefined) => Promise<readonly string[]>
  /** The flow that reads `t`, run where the newest batch of that was taken back. */
  readonly follower?: string
}

/** The player of a flow over `t`, which is run after it. */
export function followedBy(follower: string, scenario: Scenario, player: Player): Player {
  return {
    ...player,
    run: async (request) => {
      await scenario.runOk({ ...request, flows: ['t'] })
      await scenario.runOk({ flows: [follower] })
    },
    follower,
  }
}

/** Results of the same work on every engine, and on one of them by plans as they are built. */
export async function onEveryEngine<Result>(
  work: (engine: EngineId, plansAsBuilt: boolean) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const engine of ENGINE_IDS) results.push(await work(engine, false))
  return [...results, await work('sqlite', true)]
}

/** Plays events. Stops where there are problems. */
export async function play(
  scenario: Scenario,
  events: readonly HistoryEvent[],
  { contentOf, run, problemsAt = () => Promise.resolve([]), follower = 't' }: Player,
): Promise<readonly string[]> {
  const deliveries: Rows[] = []
  // A file keeps its name where its batch was taken back and comes again.
  const write = (index: number): Promise<void> =>
    scenario.deliver(`d${index + 1}.csv`, contentOf(deliveries[index] as Rows))
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
        await scenario.runOk({ flows: [follower] })
        problems = await problemsAt(deliveries.at(-2))
        if (problems.length > 0) return problems
        await run({ batchTime: `2024-01-0${deliveries.length}T12:00:00Z` })
    }
    problems = await problemsAt(deliveries.at(-1))
    if (problems.length > 0) return problems
  }
  return []
}

/** What differs between two lists of rows, told in one line. */
export function differences(
  what: string,
  found: readonly string[],
  expected: readonly string[],
): string[] {
  return found.join('\n') === expected.join('\n')
    ? []
    : [`${what}: ${found.join(' ; ')} and not ${expected.join(' ; ')}`]
}

/** Runs cost unlike much; what one engine does not try another one does. */
const NUM_RUNS: Readonly<Record<EngineId, number>> = {
  sqlite: 8,
  duckdb: 3,
  polars_local: 5,
  postgres: 3,
  polars_memory: 8,
}

export const runsOn = (
  engine: EngineId,
): { readonly numRuns: number; readonly endOnFailure: true } => ({
  numRuns: NUM_RUNS[engine],
  endOnFailure: true,
})

/** All rows of datasets of the flow `t`. */
export async function rowsOfAll(
  scenario: Scenario,
  datasets: readonly string[],
): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  for (const dataset of datasets) result[dataset] = await scenario.rows(dataset)
  return result
}
