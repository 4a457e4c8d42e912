import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { isQarionError, type QarionError } from '@qarion/core'
import { createQarion, type TestResult } from '@qarion/sdk'
import { describe, expect, it } from 'vitest'

import { ALL_PLUGINS } from '../src/index.ts'
import { withScenario, type Scenario, type ScenarioOptions } from '../src/scenario.ts'
import { FILE_ENGINE_IDS } from '../src/store.ts'

const FLOW = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true },
  { name = "amount", schema_type = "decimal", precision = 12, scale = 2 },
]

[properties]
max_deleted_fraction = 0.5

[properties.load]
source_path = "data"
file_pattern = "d*.parquet"
format = "parquet"
max_rejects = 1
`

const LEDGER = `
id = "ledger"
name = "Ledger"
flow_type = "delta_publishing"
namespace = "gold"

[input]
source_dataset_id = "t.change_feed"

[properties]
measure_columns = ["amount"]
`

const OUT = `
id = "out"
name = "Out"
flow_type = "export_flow"
namespace = "gold"

[properties.export]
source_dataset_id = "t.current"
file_path = "out/current.csv"
format = "csv"
`

const TEST = `# three states in a row
flow = "t"

[[deliveries]]
csv = '''
id,amount
1,1
2,2
'''

[[deliveries.expect]]
dataset = "change_feed"
csv = '''
id,amount,xt_record_type
2,2.00,new
1,1,new
'''

[[deliveries]]
time = "2024-03-01"
csv = '''
id,amount
1,1.5
'''

[[deliveries.expect]]
dataset = "change_feed"
batch = 2
csv = '''
id,amount,xt_record_type,xt_batch_time
1,1.50,changed,2024-03-01T00:00:00Z
2,2.00,deleted,2024-03-01T00:00:00Z
'''

[[deliveries.expect]]
dataset = "ledger.delta_transaction"
where = "xt_batch_id = 2"
csv = '''
xt_transaction_id,xt_transaction_type,id,amount
1|2|1|restatement,restatement,1,1.50
1|2|1|reversal,reversal,1,-1.00
2|2|1|deletion,deletion,2,-2.00
'''

[[deliveries]]
fails = "QRN-FEED-103"
csv = '''
id,amount
3,3
'''

[[deliveries.expect]]
dataset = "current"
csv = '''
id,amount
1,1.50
'''
`

async function writeTests(
  { directory }: Pick<Scenario, 'directory'>,
  tests: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(tests)) {
    const path = join(directory, 'tests', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

function statuses({ tests }: TestResult): Readonly<Record<string, string>> {
  return Object.fromEntries(tests.map(({ name, status }) => [name, status]))
}

async function caught(work: Promise<unknown>): Promise<QarionError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (isQarionError(thrown)) return thrown
  throw new Error('nothing was thrown')
}

const project = (engine: ScenarioOptions['engine']): ScenarioOptions => ({
  engine,
  flow: FLOW,
  otherFlows: { ledger: LEDGER, out: OUT },
})

describe.each(FILE_ENGINE_IDS)('tests of a project on %s', (engine) => {
  it('run deliveries of any format one after the other, through flows that read flows', () =>
    withScenario(project(engine), async (scenario) => {
      await writeTests(scenario, { 'states.toml': TEST })
      const result = await scenario.qarion.test()
      expect(result.tests[0]?.deliveries.flatMap(({ error }) => error ?? [])).toEqual([])
      expect(result).toMatchObject({
        engine,
        tests: [
          { name: 'states', status: 'passed', isBlank: false, deliveryCount: 3, written: [] },
        ],
      })
      // Nothing of the project was touched.
      expect(
        scenario.store.kind === 'file' && existsSync(join(scenario.directory, scenario.store.path)),
      ).toBe(false)
      expect(existsSync(join(scenario.directory, '.qarion'))).toBe(false)
      expect(existsSync(join(scenario.directory, 'out'))).toBe(false)
    }))
})

describe('tests of a project', () => {
  it('say what is missing, what is there beyond it, and what changed', () =>
    withScenario(project('sqlite'), async (scenario) => {
      const wrong = TEST.replace('1,1.50,changed,', '1,1.40,changed,')
        .replace('2|2|1|deletion,deletion,2,-2.00\n', '')
        .replace("'''\nid,amount\n1,1.50\n'''", "'''\nid,amount\n7,\n'''")
      await writeTests(scenario, { 'states.toml': wrong })
      const [outcome] = (await scenario.qarion.test()).tests
      expect(outcome?.status).toBe('failed')
      const [, feed, ledger, current] = (outcome?.deliveries ?? []).flatMap(
        ({ expectations }) => expectations,
      )
      expect(feed).toMatchObject({
        dataset: 't.change_feed',
        batch: 2,
        status: 'failed',
        place: { file: 'tests/states.toml', line: 27 },
        // Without the number of the batch, which is not compared, the key of the flow tells rows apart.
        key: ['id'],
        changed: [
          {
            expected: ['1', '1.40', 'changed', '2024-03-01T00:00:00Z'],
            actual: ['1', '1.50', 'changed', '2024-03-01T00:00:00Z'],
          },
        ],
        missing: [],
        extra: [],
      })
      expect(ledger).toMatchObject({
        changed: [],
        missing: [],
        extra: [['2|2|1|deletion', 'deletion', '2', '-2.00']],
      })
      expect(current).toMatchObject({ missing: [['7', null]], extra: [['1', '1.50']] })
    }))

  it('count equal rows', () =>
    withScenario(project('sqlite'), async (scenario) => {
      const text = (rows: string): string =>
        `flow = "t"\n[[deliveries]]\ncsv = "id,amount\\n1,5\\n2,5\\n"\n[[deliveries.expect]]\ndataset = "current"\ncsv = "amount\\n${rows}"\n`
      await writeTests(scenario, {
        'two.toml': text('5\\n5.00\\n'),
        'one.toml': text('5\\n'),
        'three.toml': text('5\\n5\\n5\\n'),
      })
      const result = await scenario.qarion.test()
      expect(statuses(result)).toEqual({ two: 'passed', one: 'failed', three: 'failed' })
      const [one, three] = result.tests.map(({ deliveries }) => deliveries[0]?.expectations[0])
      expect(one).toMatchObject({ key: [], missing: [], extra: [['5.00']] })
      expect(three).toMatchObject({ missing: [['5.00']], extra: [] })
    }))

  it('end with the delivery that fails otherwise than it was to', () =>
    withScenario(project('sqlite'), async (scenario) => {
      await writeTests(scenario, {
        'guard.toml': TEST.replace('fails = "QRN-FEED-103"\n', ''),
        'through.toml': TEST.replace('time = "2024-03-01"', 'fails = "QRN-FEED-101"'),
        'accepted.toml': TEST.replace('fails = "QRN-FEED-103"', 'accept = ["mass_delete"]').replace(
          'id,amount\n1,1.50\n',
          'id,amount\n3,3.00\n',
        ),
      })
      const result = await scenario.qarion.test()
      expect(statuses(result)).toEqual({ guard: 'failed', through: 'failed', accepted: 'passed' })
      const errors = result.tests.map(({ deliveries }) => deliveries.at(-1))
      expect(errors[1]).toMatchObject({
        delivery: 3,
        expectations: [],
        error: { code: 'QRN-FEED-103', hint: expect.stringContaining('fails = "QRN-FEED-103"') },
      })
      expect(errors[2]).toMatchObject({
        delivery: 2,
        error: {
          code: 'QRN-TEST-005',
          message: 'delivery 2 was to fail with QRN-FEED-101, and it went through',
        },
      })
    }))

  it('reject bad values as a load does', () =>
    withScenario(project('sqlite'), async (scenario) => {
      await writeTests(scenario, {
        'rejects.toml': `flow = "t"
[[deliveries]]
csv = '''
id,amount
1,1
2,two
'''
[[deliveries.expect]]
dataset = "rejects"
csv = '''
xt_source_file,xt_source_line,xt_column,xt_value,xt_raw
delivery 1,3,amount,two,"2,two"
'''
[[deliveries]]
fails = "QRN-LOAD-001"
csv = '''
id,amount
,1
2,two
'''
`,
      })
      expect(statuses(await scenario.qarion.test())).toEqual({ rejects: 'passed' })
    }))

  it('write what the run gives, and then pass', () =>
    withScenario(project('sqlite'), async (scenario) => {
      const blank = TEST.replaceAll(/\[\[deliveries\.expect\]\]\n(?:.+\n)*\n?/g, '')
      const old = TEST.replaceAll(
        /(dataset = "change_feed"\n(?:batch = 2\n)?)csv = '''[^']*'''\n/g,
        '$1',
      )
      await writeTests(scenario, {
        'blank.toml': blank.replace('fails = "QRN-FEED-103"\n', 'accept = ["mass_delete"]\n'),
        'old.toml': old.replace('xt_transaction_type,id,amount', 'xt_transaction_type,amount'),
        'right.toml': TEST,
        'wrong.toml': TEST.replace('fails = "QRN-FEED-103"\n', ''),
      })
      const before = await readFile(join(scenario.directory, 'tests/right.toml'), 'utf8')
      await expect(scenario.qarion.test({ names: ['old'] })).rejects.toMatchObject({
        problems: expect.arrayContaining([
          expect.objectContaining({ code: 'QRN-CONFIG-051' }),
        ]) as unknown,
      })
      await writeTests(scenario, { 'old.toml': old })
      expect(statuses(await scenario.qarion.test())).toEqual({
        blank: 'failed',
        old: 'failed',
        right: 'passed',
        wrong: 'failed',
      })
      const written = await scenario.qarion.test({ write: true })
      expect(statuses(written)).toEqual({
        blank: 'written',
        old: 'written',
        right: 'passed',
        wrong: 'failed',
      })
      expect(written.tests.flatMap((test) => test.written)).toEqual([
        'tests/blank.toml',
        'tests/old.toml',
      ])
      expect(await readFile(join(scenario.directory, 'tests/right.toml'), 'utf8')).toBe(before)
      const text = await readFile(join(scenario.directory, 'tests/blank.toml'), 'utf8')
      expect(text).toMatch(/^# three states in a row\n/)
      expect(text).toContain(`
[[deliveries.expect]]
dataset = "t.change_feed"
batch = 1
csv = '''
id,amount,xt_batch_id,xt_batch_time,xt_record_type,xt_changed_columns
1,1.00,1,2024-01-01T00:00:00Z,new,
2,2.00,1,2024-01-01T00:00:00Z,new,
'''

[[deliveries]]
time = "2024-03-01"
`)
      // A day after the delivery before.
      expect(text).toContain('3,3.00,3,2024-03-02T00:00:00Z,new,')
      const again = await scenario.qarion.test({ names: ['blank', 'old'], write: true })
      expect(statuses(again)).toEqual({ blank: 'passed', old: 'passed' })
      expect(again.tests.flatMap((test) => test.written)).toEqual([])
    }))

  it('take batch times from the column that the flow names', () =>
    withScenario(
      {
        engine: 'sqlite',
        flow: `${FLOW.replace('[properties]', '')
          .replace('max_deleted_fraction = 0.5', '')
          .replace(
            ']\n\n',
            '  { name = "at", schema_type = "timestamp" },\n]\n\n',
          )}batch_time_column = "at"\n`,
      },
      async (scenario) => {
        await writeTests(scenario, {
          'times.toml': `flow = "t"
[[deliveries]]
csv = '''
id,at
1,2024-03-05T00:00:00Z
2,2024-03-07T00:00:00Z
'''
[[deliveries.expect]]
dataset = "change_feed"
csv = '''
id,xt_batch_time
1,2024-03-07T00:00:00Z
2,2024-03-07T00:00:00Z
'''
`,
        })
        expect(statuses(await scenario.qarion.test())).toEqual({ times: 'passed' })
      },
    ))

  it('end at once when somebody interrupts', () =>
    withScenario(project('sqlite'), async (scenario) => {
      await writeTests(scenario, { 'states.toml': TEST })
      const qarion = createQarion({
        projectDirectory: scenario.directory,
        discover: false,
        plugins: ALL_PLUGINS,
        signal: AbortSignal.abort(),
      })
      await expect(qarion.test()).rejects.toMatchObject({ reason: 'interrupted' })
      await qarion.close()
    }))

  it('write files that hold rows', () =>
    withScenario(project('sqlite'), async (scenario) => {
      await writeTests(scenario, {
        'files.toml': `flow = "t"
[[deliveries]]
file = "files/1.csv"
[[deliveries.expect]]
dataset = "current"
file = "files/current.csv"
`,
        'files/1.csv': 'amount,id\n5,1\n',
      })
      expect(statuses(await scenario.qarion.test())).toEqual({ files: 'failed' })
      const { tests } = await scenario.qarion.test({ write: true })
      expect(tests[0]?.written).toEqual(['tests/files/current.csv'])
      const rows = join(scenario.directory, 'tests/files/current.csv')
      expect(await readFile(rows, 'utf8')).toBe('id,amount\n1,5.00\n')
      expect(statuses(await scenario.qarion.test())).toEqual({ files: 'passed' })
    }))

  it('name all that is not there, with its place', () =>
    withScenario(project('sqlite'), async (scenario) => {
      await writeTests(scenario, {
        'wrong.toml': `flow = "t"
[[deliveries]]
time = "yesterday"
csv = "id,amuont\\n1,1\\n"
[[deliveries.expect]]
dataset = "curent"
csv = "id\\n1\\n"
[[deliveries.expect]]
dataset = "t.current"
batch = 1
csv = '''
id,amuont
x,1
'''
[[deliveries.expect]]
dataset = "ledger.published"
csv = '''
id,amount
1,1.234
'''
[[deliveries]]
flow = "ledger"
csv = "id\\n1\\n"
[[deliveries]]
flow = "leger"
csv = "id\\n1\\n"
`,
      })
      const { problems } = await caught(scenario.qarion.test())
      expect(
        problems.map(({ code, hint, place }) => [
          code,
          place?.line,
          place?.column,
          hint?.slice(0, 40),
        ]),
      ).toEqual([
        ['QRN-TEST-001', 4, 7, 'Did you mean `amount`?'],
        ['QRN-TEST-003', 3, 8, 'Write it as ISO 8601, for instance 2024-'],
        ['QRN-TEST-001', 6, 11, 'Did you mean `current`?'],
        ['QRN-TEST-001', 9, 11, 'Remove `batch`.'],
        ['QRN-TEST-001', 12, 4, 'Did you mean `amount`?'],
        ['QRN-TEST-003', 19, 3, 'Write it as `qarion show --format csv` p'],
        ['QRN-TEST-002', 22, 8, 'Deliver to the flow that it reads.'],
        ['QRN-TEST-001', 25, 8, 'Did you mean `ledger`?'],
      ])
    }))

  it('of a project on a server run on an engine that is installed', () =>
    withScenario(project('postgres'), async (scenario) => {
      await writeTests(scenario, { 'states.toml': TEST })
      const result = await scenario.qarion.test()
      expect(result).toMatchObject({ insteadOf: 'postgres', tests: [{ status: 'passed' }] })
      expect(FILE_ENGINE_IDS).toContain(result.engine)
      const { store } = scenario
      if (store.kind !== 'server') throw new Error('it is a server')
      expect(
        await store.ask(`select 1 from pg_tables where schemaname = '${store.schema}'`),
      ).toEqual([])
    }))
})

describe('examples', () => {
  const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url))

  it('with tests pass them', async () => {
    const names: string[] = []
    for (const entry of await readdir(EXAMPLES, { withFileTypes: true })) {
      const directory = join(EXAMPLES, entry.name)
      if (!existsSync(join(directory, 'tests'))) continue
      names.push(entry.name)
      const qarion = createQarion({
        projectDirectory: directory,
        discover: false,
        plugins: ALL_PLUGINS,
        env: {},
      })
      try {
        const { tests } = await qarion.test()
        expect(tests.map(({ name, status }) => `${name} ${status}`)).toEqual(
          tests.map(({ name }) => `${name} passed`),
        )
      } finally {
        await qarion.close()
      }
    }
    expect(names).toContain('delta-publishing')
  })
})
