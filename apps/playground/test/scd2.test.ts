import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { afterEach, describe, expect, it } from 'vitest'

import {
  createScenario,
  ENGINE_IDS,
  FILE_ENGINE_IDS,
  type EngineId,
  type Scenario,
} from '../src/index.ts'
import {
  delivery,
  dimensionFlow,
  everything,
  feedFlow,
  followingDimension,
  versions,
  type DimensionOptions,
} from './scd2-support.ts'

let scenario: Scenario
afterEach(() => scenario.close())

const EFFECTIVE = 'effective_at_column = "since"\n'
const CLAMP = `${EFFECTIVE}on_late_effective = "clamp"\n`
const REJECT = `${EFFECTIVE}on_late_effective = "reject"\n`

async function open(engine: EngineId, options: DimensionOptions = {}): Promise<void> {
  scenario = await createScenario({ engine, flow: dimensionFlow(options) })
}

/** Runs deliveries one by one: the first is of January 1st, each next one of a day later. */
async function run(...deliveries: readonly string[]): Promise<void> {
  for (const [index, content] of deliveries.entries()) await runAt(index + 1, content)
}

async function runAt(day: number, content: string): Promise<void> {
  await scenario.deliver(`d${day}.csv`, content)
  await scenario.runOk({ batchTime: `2024-01-0${day}T00:00:00Z` })
}

describe.each(ENGINE_IDS)('a dimension on %s', (engine) => {
  it('opens versions for what is new, closes those of what changed or is gone', async () => {
    await open(engine)
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x', 'c,Bonn,1,2023-01-01,x'),
      delivery('a,Paris,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x', 'd,Kyiv,1,2023-01-01,x'),
    )
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2024-01-01|2024-01-02|changed|1|2',
      'a|2|Paris|2024-01-02|∅|∅|2|∅',
      'b|1|Oslo|2024-01-01|∅|∅|1|∅',
      'c|1|Bonn|2024-01-01|2024-01-02|deleted|1|2',
      'd|1|Kyiv|2024-01-02|∅|∅|2|∅',
    ])
    expect(
      await scenario.rows('dimension', ['xt_version_id', 'xt_is_current', 'xt_changed_columns']),
    ).toEqual(['a|1|false|∅', 'a|2|true|["city"]', 'b|1|true|∅', 'c|1|false|∅', 'd|1|true|∅'])
    expect(await scenario.rows('current', ['id', 'city', 'xt_version'])).toEqual([
      'a|Paris|2',
      'b|Oslo|1',
      'd|Kyiv|1',
    ])
  })

  it('opens the next version with a gap for a key that comes back, also with the values of before', async () => {
    await open(engine)
    const both = delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x')
    const one = delivery('b,Oslo,1,2023-01-01,x')
    await run(both, one, one, both, one)
    expect((await versions(scenario)).slice(0, 2)).toEqual([
      'a|1|Rome|2024-01-01|2024-01-02|deleted|1|2',
      'a|2|Rome|2024-01-04|2024-01-05|deleted|4|5',
    ])
    expect(await scenario.rows('dimension', ['xt_changed_columns'])).toEqual(['∅', '∅', '∅'])
    expect(await scenario.rows('ended_keys')).toEqual(['a|2|2024-01-05T00:00:00Z'])
  })

  it('tells what became of keys in a batch', async () => {
    await open(engine)
    const counts: unknown[] = []
    for (const [index, rows] of [
      ['a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x', 'c,Bonn,1,2023-01-01,x'],
      ['a,Paris,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'],
      ['c,Bonn,1,2023-01-01,x', 'd,Bonn,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'],
      ['c,Bonn,1,2023-01-01,x', 'd,Bonn,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'],
    ].entries()) {
      await scenario.deliver(`d${index + 1}.csv`, delivery(...rows))
      const { run: record } = await scenario.runOk()
      counts.push(record.flows[0]?.batches[0]?.counts)
    }
    expect(counts).toEqual([
      { new: 3, changed: 0, deleted: 0, reinserted: 0, rejected: 0 },
      { new: 0, changed: 1, deleted: 1, reinserted: 0, rejected: 0 },
      { new: 1, changed: 0, deleted: 1, reinserted: 1, rejected: 0 },
      { new: 0, changed: 0, deleted: 0, reinserted: 0, rejected: 0 },
    ])
  })

  it('keeps in a version what is not compared as it was when the version was opened', async () => {
    await open(engine)
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery('a,Rome,1,2023-01-01,y', 'b,Oslo,2,2023-01-01,y'),
    )
    expect(await scenario.rows('dimension', ['id', 'xt_version', 'grade', 'note'])).toEqual([
      'a|1|1|x',
      'b|1|1|x',
      'b|2|2|y',
    ])
  })

  it('takes a batch back exactly', async () => {
    await open(engine)
    const first = delivery(
      'a,Rome,1,2023-01-01,x',
      'b,Oslo,1,2023-01-01,x',
      'c,Bonn,1,2023-01-01,x',
    )
    const second = delivery('a,Paris,1,2023-01-01,x', 'c,Bonn,1,2023-01-01,x')
    const third = delivery(
      'b,Oslo,1,2023-01-01,x',
      'd,Kyiv,1,2023-01-01,x',
      'a,Lyon,1,2023-01-01,x',
    )
    await run(first, second)
    const before = await everything(scenario)
    await runAt(3, third)
    const after = await everything(scenario)
    expect(after).not.toEqual(before)
    await scenario.qarion.revert('t')
    expect(await everything(scenario)).toEqual(before)
    await runAt(3, third)
    expect(await everything(scenario)).toEqual(after)
  })

  it('is as of every batch what was delivered with it, after an older one was corrected', async () => {
    await open(engine, { load: 'on_changed_file = "reload"' })
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery('a,Paris,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery('a,Paris,1,2023-01-01,x'),
    )
    await scenario.deliver('d2.csv', delivery('b,Bonn,1,2023-01-01,x'))
    await scenario.runOk({ cascade: true })
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2024-01-01|2024-01-02|deleted|1|2',
      'a|2|Paris|2024-01-03|∅|∅|3|∅',
      'b|1|Oslo|2024-01-01|2024-01-02|changed|1|2',
      'b|2|Bonn|2024-01-02|2024-01-03|deleted|2|3',
    ])
  })

  it('keeps the version of a key whose delivered row is rejected', async () => {
    await open(engine, { load: 'max_rejects = 1' })
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery('a,Rome,oops,2023-01-01,x'),
      delivery('a,Rome,1,2023-01-01,x'),
    )
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2024-01-01|∅|∅|1|∅',
      'b|1|Oslo|2024-01-01|2024-01-02|deleted|1|2',
    ])
  })

  it('begins with the first rows there are, where it is to begin at the beginning', async () => {
    await open(engine, { properties: 'initial_valid_from = "beginning"' })
    await run(
      delivery(),
      delivery('a,Rome,1,2023-01-01,x'),
      delivery('a,Paris,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery(),
      delivery('c,Bonn,1,2023-01-01,x'),
    )
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|0001-01-01|2024-01-03|changed|2|3',
      'a|2|Paris|2024-01-03|2024-01-04|deleted|3|4',
      'b|1|Oslo|2024-01-03|2024-01-04|deleted|3|4',
      'c|1|Bonn|2024-01-05|∅|∅|5|∅',
    ])
  })

  it('is valid by a column, and by the batch where rows are gone', async () => {
    await open(engine, { properties: EFFECTIVE })
    await run(
      delivery('a,Rome,1,2020-01-01,x', 'b,Oslo,1,2021-01-01,x'),
      delivery('a,Paris,1,2023-05-01,x', 'b,Oslo,1,2021-01-01,x'),
      delivery('a,Paris,1,2023-05-01,x'),
    )
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2020-01-01|2023-05-01|changed|1|2',
      'a|2|Paris|2023-05-01|∅|∅|2|∅',
      'b|1|Oslo|2021-01-01|2024-01-03|deleted|1|3',
    ])
  })

  it('closes a version that was never valid where it starts', async () => {
    await open(engine, { properties: EFFECTIVE })
    await run(
      delivery('a,Rome,1,2030-01-01,x', 'b,Oslo,1,2021-01-01,x'),
      delivery('b,Bonn,1,2021-01-01,x'),
    )
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2030-01-01|2030-01-01|deleted|1|2',
      'b|1|Oslo|2021-01-01|2021-01-01|changed|1|2',
      'b|2|Bonn|2021-01-01|∅|∅|2|∅',
    ])
  })

  it('refuses rows that are late, and lets them begin where their key is if that is accepted', async () => {
    await open(engine, { properties: EFFECTIVE })
    await run(delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'))
    await scenario.deliver('d2.csv', delivery('a,Paris,1,2022-01-01,x', 'b,Oslo,1,2023-01-01,x'))
    expect(await scenario.runCode()).toBe('QRN-SCD2-101')
    expect(await versions(scenario)).toHaveLength(2)
    await scenario.runOk({ accept: [{ guard: 'late_effective', reason: 'a correction' }] })
    expect((await versions(scenario)).slice(0, 2)).toEqual([
      'a|1|Rome|2023-01-01|2023-01-01|changed|1|2',
      'a|2|Paris|2023-01-01|∅|∅|2|∅',
    ])
  })

  it('lets late rows begin where the newest version of their key begins, or has ended', async () => {
    await open(engine, { properties: CLAMP })
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery('a,Paris,1,2022-01-01,x'),
      delivery('a,Paris,1,2022-01-01,x', 'b,Oslo,1,2023-01-01,x'),
    )
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2023-01-01|2023-01-01|changed|1|2',
      'a|2|Paris|2023-01-01|∅|∅|2|∅',
      'b|1|Oslo|2023-01-01|2024-01-02|deleted|1|2',
      'b|2|Oslo|2024-01-02|∅|∅|3|∅',
    ])
  })

  it('rejects late rows, whose keys keep their versions until a row comes in time', async () => {
    await open(engine, { properties: REJECT, load: 'max_rejects = 1' })
    const late = 'a,Paris,1,2022-01-01,x'
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery(late, 'b,Oslo,1,2023-01-01,x'),
    )
    const reject = [
      'data/d2.csv',
      '2',
      'since',
      '2022-01-01T00:00:00Z',
      'takes effect before 2023-01-01T00:00:00Z, from where on the key has a newer version',
      'a',
    ].join('|')
    const rejects = (): Promise<string[]> =>
      scenario.rows('rejects', [
        'xt_source_file',
        'xt_source_line',
        'xt_column',
        'xt_value',
        'xt_reason',
        'id',
      ])
    expect(await rejects()).toEqual([reject])
    expect(await scenario.rows('current', ['id', 'city'])).toEqual(['a|Rome', 'b|Oslo'])
    // Again the same: it is refused again. Then as it was before: nothing has changed.
    await runAt(3, delivery(late, 'b,Oslo,1,2023-01-01,x'))
    expect(await rejects()).toEqual([reject, reject.replace('d2', 'd3')])
    await runAt(4, delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'))
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2023-01-01|∅|∅|1|∅',
      'b|1|Oslo|2023-01-01|∅|∅|1|∅',
    ])
    // Late, and then in time.
    await runAt(5, delivery(late, 'b,Oslo,1,2023-01-01,x'))
    await runAt(6, delivery('a,Paris,1,2023-06-01,x', 'b,Oslo,1,2023-01-01,x'))
    expect(await versions(scenario)).toEqual([
      'a|1|Rome|2023-01-01|2023-06-01|changed|1|6',
      'a|2|Paris|2023-06-01|∅|∅|6|∅',
      'b|1|Oslo|2023-01-01|∅|∅|1|∅',
    ])
    // Late, and then gone.
    await runAt(7, delivery(late, 'b,Oslo,1,2023-01-01,x'))
    await runAt(8, delivery('b,Oslo,1,2023-01-01,x'))
    expect((await versions(scenario))[1]).toBe('a|2|Paris|2023-06-01|2024-01-08|deleted|6|8')
    // Back, but from before it was gone.
    await runAt(9, delivery(late, 'b,Oslo,1,2023-01-01,x'))
    expect(await scenario.rows('current', ['id'])).toEqual(['b'])
  })

  it('counts late rows among the rejects that may be', async () => {
    await open(engine, { properties: REJECT, load: 'max_rejects = 1' })
    await run(delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'))
    const before = await everything(scenario)
    await scenario.deliver('d2.csv', delivery('a,Paris,1,2022-01-01,x', 'b,Oslo,oops,2023-01-01,x'))
    expect(await scenario.runCode()).toBe('QRN-SCD2-101')
    expect(await everything(scenario)).toEqual(before)
  })

  it('goes on after late rows were rejected and are no longer', async () => {
    await open(engine, { properties: REJECT, load: 'max_rejects = 1' })
    const late = delivery('a,Paris,1,2022-01-01,x', 'b,Oslo,1,2023-01-01,x')
    await run(delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'), late)
    await scenario.redefine(dimensionFlow({ properties: CLAMP, load: 'max_rejects = 1' }))
    await runAt(3, late)
    expect((await versions(scenario)).slice(0, 2)).toEqual([
      'a|1|Rome|2023-01-01|2023-01-01|changed|1|3',
      'a|2|Paris|2023-01-01|∅|∅|3|∅',
    ])
  })

  it('stands on the change feed of another flow', async () => {
    scenario = await createScenario({
      engine,
      flow: feedFlow('on_changed_file = "reload"'),
      otherFlows: { a_people: followingDimension() },
    })
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery('a,Paris,1,2023-01-01,x'),
      delivery('a,Paris,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
    )
    expect(await versions(scenario, 'people')).toEqual([
      'a|1|Rome|2024-01-01|2024-01-02|changed|1|2',
      'a|2|Paris|2024-01-02|∅|∅|2|∅',
      'b|1|Oslo|2024-01-01|2024-01-02|deleted|1|2',
      'b|2|Oslo|2024-01-03|∅|∅|3|∅',
    ])
    const before = await everything(scenario, 'people')
    await scenario.deliver('d2.csv', delivery('a,Lyon,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'))
    await scenario.runOk({ cascade: true })
    expect(await versions(scenario, 'people')).toEqual([
      'a|1|Rome|2024-01-01|2024-01-02|changed|1|2',
      'a|2|Lyon|2024-01-02|2024-01-03|changed|2|3',
      'a|3|Paris|2024-01-03|∅|∅|3|∅',
      'b|1|Oslo|2024-01-01|∅|∅|1|∅',
    ])
    await scenario.deliver('d2.csv', delivery('a,Paris,1,2023-01-01,x'))
    await scenario.runOk({ cascade: true })
    expect(await everything(scenario, 'people')).toEqual(before)
  })

  it('fails where the change feed that is read has rows without effective time', async () => {
    scenario = await createScenario({
      engine,
      flow: feedFlow().replace('"timestamp", required = true', '"timestamp"'),
      otherFlows: { a_people: followingDimension(EFFECTIVE) },
    })
    await scenario.deliver('d1.csv', delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,,x'))
    expect(await scenario.runCode()).toBe('QRN-SCD2-102')
  })

  it('writes keys with separators so that no two versions meet', async () => {
    await open(engine)
    await run(delivery('a|1,Rome,1,2023-01-01,x', 'a,Rome,1,2023-01-01,x'))
    expect(await scenario.rows('dimension', ['xt_version_id'])).toEqual(['a|1', 'a\\|1|1'])
  })
})

describe.each(FILE_ENGINE_IDS)('a dimension on %s', (engine) => {
  it('is exported whole, and by the batches that opened versions', async () => {
    const exporting = (id: string, mode: string, path: string): string => `id = "${id}"
flow_type = "export_flow"
namespace = "raw"

[properties.export]
source_dataset_id = "t.dimension"
file_path = "exports/${path}"
export_mode = "${mode}"
format = "csv"
on_existing = "replace"
`
    scenario = await createScenario({
      engine,
      flow: dimensionFlow(),
      otherFlows: {
        whole: exporting('whole', 'full', 'whole.csv'),
        opened: exporting('opened', 'batch', 'opened_{batch_id}.csv'),
      },
    })
    await run(
      delivery('a,Rome,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
      delivery('a,Paris,1,2023-01-01,x', 'b,Oslo,1,2023-01-01,x'),
    )
    const written = async (name: string): Promise<string[]> =>
      (await readFile(join(scenario.directory, 'exports', name), 'utf8'))
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split(',').slice(0, 2).join('|'))
    expect(await written('whole.csv')).toEqual(['a|Rome', 'a|Paris', 'b|Oslo'])
    expect(await written('opened_1.csv')).toEqual(['a|Rome', 'b|Oslo'])
    expect(await written('opened_2.csv')).toEqual(['a|Paris'])
  })
})

describe('what is wrong in a flow file', () => {
  it('is told with its line', async () => {
    scenario = await createScenario({
      engine: 'sqlite',
      flow: feedFlow(),
      otherFlows: { a_people: followingDimension('effective_at_column = "sinse"') },
    })
    await expect(scenario.qarion.validate()).rejects.toMatchObject({
      problems: [
        {
          code: 'QRN-SCD2-002',
          hint: 'Did you mean since?',
          place: { file: 'flows/a_people.toml', line: 9, column: 23 },
        },
      ],
    })
  })
})
