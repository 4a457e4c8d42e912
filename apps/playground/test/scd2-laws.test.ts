import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type EngineId, type Scenario } from '../src/index.ts'
import { onEveryEngine } from './delivery-histories.ts'
import {
  DIMENSION_COLUMNS,
  dimensionOf,
  lawProblems,
  type Batch,
  type Cells,
  type ModelOptions,
  type Rows,
} from './scd2-model.ts'
import { dimensionFlow, everything, feedFlow, followingDimension } from './scd2-support.ts'

/** A new delivery, an older one corrected (counted from the newest), the newest taken back and applied again. */
type Event =
  | { readonly kind: 'deliver'; readonly rows: Rows }
  | { readonly kind: 'correct'; readonly age: number; readonly rows: Rows }
  | { readonly kind: 'take_back' }

const KEYS = ['a', 'A', 'é', '😀', '10', '9']
const cells: fc.Arbitrary<Cells> = fc.tuple(
  fc.constantFrom(null, 'Rome', 'rome', 'Rome '),
  fc.constantFrom(null, '0', '9007199254740992', '9007199254740993'),
  fc.constantFrom(
    '0001-01-01T00:00:00Z',
    '2023-06-01T00:00:00Z',
    '2023-06-01T00:00:00.000001Z',
    '2024-01-02T06:00:00Z',
    '9999-12-31T23:59:59.999999Z',
  ),
)
const rows: fc.Arbitrary<Rows> = fc
  .array(fc.tuple(fc.constantFrom(...KEYS), cells), { maxLength: 6 })
  .map((entries) => new Map(entries))
const deliver = rows.map((delivered): Event => ({ kind: 'deliver', rows: delivered }))
const correct = fc
  .tuple(fc.integer({ min: 0, max: 2 }), rows)
  .map(([age, corrected]): Event => ({ kind: 'correct', age, rows: corrected }))
const takeBack = fc.constant<Event>({ kind: 'take_back' })
const history: fc.Arbitrary<readonly Event[]> = fc
  .tuple(
    deliver,
    fc.array(
      fc.oneof(
        { arbitrary: deliver, weight: 4 },
        { arbitrary: correct, weight: 2 },
        { arbitrary: takeBack, weight: 1 },
      ),
      { maxLength: 4 },
    ),
  )
  .map(([first, rest]) => [first, ...rest])
const options: fc.Arbitrary<ModelOptions> = fc.record({
  isEffective: fc.boolean(),
  fromBeginning: fc.boolean(),
})

const RELOAD = 'on_changed_file = "reload"'

const propertiesOf = ({ isEffective, fromBeginning }: ModelOptions): string =>
  (isEffective ? 'effective_at_column = "since"\non_late_effective = "clamp"\n' : '') +
  (fromBeginning ? 'initial_valid_from = "beginning"\n' : '')

const csvOf = (delivered: Rows): string =>
  `id,city,grade,since,note\n${[...delivered]
    .map(([key, values]) => `${[key, ...values.map((value) => value ?? '')].join(',')},x\n`)
    .join('')}`

type Run = (request: Parameters<Scenario['runOk']>[0]) => Promise<unknown>

type Check = (batches: readonly Batch[]) => Promise<readonly string[]>

/** Plays events; `problemsAt` gets the batches that are applied after each. Stops where there are problems. */
async function play(
  scenario: Scenario,
  events: readonly Event[],
  run: Run,
  problemsAt: Check = () => Promise.resolve([]),
): Promise<readonly string[]> {
  const batches: Batch[] = []
  const write = (index: number): Promise<void> =>
    scenario.deliver(`d${index + 1}.csv`, csvOf((batches[index] as Batch).rows))
  for (const event of events) {
    switch (event.kind) {
      case 'deliver': {
        const time = `2024-01-0${batches.length + 1}T00:00:00Z`
        batches.push({ rows: event.rows, time })
        await write(batches.length - 1)
        await run({ batchTime: time })
        break
      }
      case 'correct': {
        const index = Math.max(0, batches.length - 1 - event.age)
        batches[index] = { ...(batches[index] as Batch), rows: event.rows }
        await write(index)
        await run({ cascade: true })
        break
      }
      case 'take_back': {
        const last = batches.pop() as Batch
        await scenario.qarion.revert('t')
        const problems = await problemsAt(batches)
        if (problems.length > 0) return problems
        const time = `2024-01-0${batches.length + 1}T12:00:00Z`
        batches.push({ ...last, time })
        await run({ batchTime: time })
      }
    }
    const problems = await problemsAt(batches)
    if (problems.length > 0) return problems
  }
  return []
}

function lawOf(scenario: Scenario, flow: string, chosen: ModelOptions): Check {
  return async (batches) => {
    const dimension = await scenario.rows(`${flow}.dimension`, DIMENSION_COLUMNS)
    const [found, expected] = [dimension, dimensionOf(batches, chosen)].map((lines) =>
      lines.toSorted().join('\n'),
    )
    return found === expected
      ? lawProblems(dimension, batches)
      : [`there is\n${found}\nand not\n${expected}`]
  }
}

/** Runs cost unlike much; what one engine does not try another one does. */
const NUM_RUNS: Readonly<Record<EngineId, number>> = {
  sqlite: 6,
  duckdb: 2,
  polars_local: 3,
  postgres: 2,
  polars_memory: 6,
}
const runsOn = (engine: EngineId): { readonly numRuns: number; readonly endOnFailure: true } => ({
  numRuns: NUM_RUNS[engine],
  endOnFailure: true,
})

const withOwn = <Result>(
  engine: EngineId,
  chosen: ModelOptions,
  use: (scenario: Scenario) => Promise<Result>,
  plansAsBuilt = false,
): Promise<Result> =>
  withScenario(
    {
      engine,
      plansAsBuilt,
      flow: dimensionFlow({ load: RELOAD, properties: propertiesOf(chosen) }),
    },
    use,
  )

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it(
    'as of batch k is snapshot k, and no two versions of a key overlap',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(history, options, (events, chosen) =>
          withOwn(engine, chosen, async (scenario) => {
            const run: Run = (request) => scenario.runOk(request)
            expect(await play(scenario, events, run, lawOf(scenario, 't', chosen))).toEqual([])
          }),
        ),
        runsOn(engine),
      )
    },
  )

  it('so it is on a change feed of another flow', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, options, (events, chosen) =>
        withScenario(
          {
            engine,
            flow: feedFlow(RELOAD),
            otherFlows: { a_people: followingDimension(propertiesOf(chosen)) },
          },
          async (scenario) => {
            const law = lawOf(scenario, 'people', chosen)
            const run: Run = async (request) => {
              await scenario.runOk({ ...request, flows: ['t'] })
              await scenario.runOk({ flows: ['people'] })
            }
            const problemsAt: Check = async (batches) => {
              // Batches of the feed that were taken back are so here with the next run.
              await scenario.runOk({ flows: ['people'] })
              return law(batches)
            }
            expect(await play(scenario, events, run, problemsAt)).toEqual([])
          },
        ),
      ),
      runsOn(engine),
    )
  })

  it('revert(apply(S, n)) = S', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.boolean(), rows, options, (begun, isEmptied, last, chosen) =>
        withOwn(engine, chosen, async (scenario) => {
          // After a batch without rows, whatever the last one brings has been there before.
          const emptied: Event = { kind: 'deliver', rows: new Map() }
          const events = isEmptied ? [...begun, emptied] : begun
          const run: Run = (request) => scenario.runOk(request)
          let count = 0
          await play(scenario, events, run, (batches) => {
            count = batches.length
            return Promise.resolve([])
          })
          const before = await everything(scenario)
          await scenario.deliver(`d${count + 1}.csv`, csvOf(last))
          await scenario.runOk({ batchTime: `2024-01-0${count + 1}T00:00:00Z` })
          await scenario.qarion.revert('t')
          expect(await everything(scenario)).toEqual(before)
        }),
      ),
      runsOn(engine),
    )
  })

  it('incremental over 1…n equals a full refresh', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, options, (events, chosen) =>
        withOwn(engine, chosen, async (scenario) => {
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
  it('keep the same rows, by plans as built too', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(history, options, async (events, chosen) => {
        const results = await onEveryEngine((engine, plansAsBuilt) =>
          withOwn(
            engine,
            chosen,
            async (scenario) => {
              await play(scenario, events, (request) => scenario.runOk(request))
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
