import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { createQarion, type Qarion } from '@qarion/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { ALL_PLUGINS } from '../src/index.ts'
import { withScenario } from '../src/scenario.ts'

const EXAMPLES = fileURLToPath(new URL('../../../examples/', import.meta.url))
const NAMES = (await readdir(EXAMPLES, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

const covered = new Set<string>()

/** Columns that no data makes: what publishing notes of an event, and a number that counts on from itself. */
const OF_NO_DATA: ReadonlySet<string> = new Set([
  'next_attempt_at',
  'last_error',
  'published_at',
  'xt_version',
])

describe.each(NAMES)('the example %s', (name) => {
  let qarion: Qarion
  beforeAll(() => {
    qarion = createQarion({
      projectDirectory: `${EXAMPLES}${name}`,
      discover: false,
      plugins: ALL_PLUGINS,
      env: {},
    })
  })
  afterAll(() => qarion.close())

  it('says of every column of every dataset where it comes from', async () => {
    const { datasets, flows } = await qarion.validate()
    for (const { flowType } of flows) covered.add(flowType)
    const unknown: string[] = []
    for (const { id, columns } of datasets) {
      const [own] = (await qarion.lineage({ dataset: id })).datasets
      for (const { name: column } of columns) {
        const traced = own?.columns.find((candidate) => candidate.column === column)
        if ((traced?.sources.length ?? 0) === 0 && !OF_NO_DATA.has(column))
          unknown.push(`${id}.${column}`)
      }
    }
    expect(unknown).toEqual([])
  })
})

it('there is an example of every flow type', () => {
  const all = ALL_PLUGINS.filter(({ kind }) => kind === 'flow').map(({ id }) => id)
  expect(all.filter((id) => !covered.has(id))).toEqual([])
})

const OTHERS = {
  ledger: `
id = "ledger"
name = "Ledger"
flow_type = "delta_publishing"
namespace = "gold"

[input]
source_dataset_id = "t.change_feed"

[properties]
measure_columns = ["amount"]
dimension_columns = ["region"]
`,
  out: `
id = "out"
name = "Out"
flow_type = "export_flow"
namespace = "gold"

[properties.export]
source_dataset_id = "ledger.published"
file_path = "out/published.csv"
format = "csv"
`,
}

const FLOW = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "integer", required = true, source_name = "Order" },
  { name = "region", schema_type = "string" },
  { name = "amount", schema_type = "decimal", precision = 12, scale = 2, source_name = "Order Amount" },
]
`

describe('across flows', () => {
  const project = { engine: 'sqlite', flow: FLOW, otherFlows: OTHERS } as const

  it('goes back to the column of the delivery, by its name there', () =>
    withScenario(project, async ({ qarion }) => {
      const result = await qarion.lineage({ dataset: 'ledger.published.amount' })
      expect(result).toMatchObject({ dataset: 'ledger.published', column: 'amount' })
      expect(result.inputs).toEqual([{ flow: 't', name: 'data/d*.csv' }])
      expect(result.datasets.map(({ dataset }) => dataset)).toEqual([
        'ledger.published',
        't.change_feed',
        't.landing',
      ])
      expect(result.datasets.at(-1)?.columns).toEqual([
        {
          column: 'amount',
          sources: [
            {
              origin: { kind: 'input', flow: 't', column: 'Order Amount' },
              dependences: ['identity'],
            },
          ],
        },
      ])
    }))

  it('goes on to the files that are exported', () =>
    withScenario(project, async ({ qarion }) => {
      const { datasets } = await qarion.lineage({
        dataset: 't.landing.amount',
        direction: 'downstream',
      })
      const reached = datasets.map(({ dataset }) => dataset)
      expect(reached).toEqual(expect.arrayContaining(['t.current', 'ledger.delta_transaction']))
      expect(datasets.find(({ path }) => path !== undefined)).toMatchObject({
        dataset: 'out.export',
        flow: 'out',
        path: 'out/published.csv',
        columns: [{ column: 'amount' }],
      })
      // Without a dataset, a flow that exports means its files.
      const files = await qarion.lineage({ dataset: 'out' })
      expect(files.datasets[0]?.path).toBe('out/published.csv')
    }))

  it('names what is nearest to what there is not', () =>
    withScenario(project, async ({ qarion }) => {
      await expect(qarion.lineage({ dataset: 't.change_fed' })).rejects.toMatchObject({
        code: 'QRN-SHOW-001',
        hint: expect.stringContaining('Did you mean `t.change_feed`?') as string,
      })
      await expect(qarion.lineage({ dataset: 't.change_feed.amuont' })).rejects.toMatchObject({
        code: 'QRN-SHOW-002',
        hint: expect.stringContaining('Did you mean `t.change_feed.amount`?') as string,
      })
    }))
})
