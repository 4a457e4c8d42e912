import { readFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createProject, type Project } from './project.ts'

const EXPORT = `id = "out"
name = "Out"
flow_type = "export_flow"
namespace = "gold"

[properties.export]
source_dataset_id = "customers.current"
file_path = "exports/customers.csv"
format = "csv"
`

const FILE = 'data/customers/customers_{batch_time:yyyy-MM-dd}.csv'

describe('lineage and the graph of a plan', { timeout: 60_000 }, () => {
  let project: Project
  beforeAll(async () => {
    project = await createProject('sqlite')
    const manifest = JSON.parse(project.read('package.json')) as {
      devDependencies: Record<string, string>
    }
    manifest.devDependencies['@qarion/exporter-csv'] = '*'
    project.write('package.json', JSON.stringify(manifest))
    project.write('flows/out.toml', EXPORT)
  })
  afterAll(() => project.remove())

  it('a column comes from the files', async () => {
    const outcome = await project.qarion('lineage', 'customers.change_feed.credit_limit')
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
    expect(outcome.stdout).toBe(`customers.change_feed.credit_limit  decimal(12,2)
└─ customers.landing.credit_limit ← ${FILE}: credit_limit

which rows there are is decided by
  filter    customers.landing (city, credit_limit, customer_id, email, is_active, name), customers.rejects (customer_id, xt_batch_id)
  join      customers.landing.customer_id, customers.rejects.customer_id
  group_by  customers.rejects.customer_id
`)
  })

  it('a dataset comes column by column', async () => {
    const { stdout } = await project.qarion('lineage', 'customers')
    expect(stdout).toMatch(/^customers\.change_feed\n/)
    expect(stdout).toContain(`├─ city ← customers.landing.city ← ${FILE}: city\n`)
    expect(stdout).toContain('├─ xt_batch_id ← the run: batch_id\n')
    expect(stdout).toContain('   └─ conditional: customers.landing (city, ')
  })

  it('downstream ends in files', async () => {
    const { stdout } = await project.qarion('lineage', 'customers.landing.city', '--downstream')
    expect(stdout).toBe(`customers.landing.city  string
├─ customers.change_feed.city
├─ customers.current.city
│  └─ exports/customers.csv: city
├─ customers.change_feed.xt_changed_columns conditional
└─ customers.change_feed (which rows: filter)
`)
    const end = await project.qarion('lineage', 'out', '--downstream')
    expect(end.stdout).toMatch(/^exports\/customers\.csv\n/)
  })

  it('mermaid and json', async () => {
    const chart = await project.qarion('lineage', 'customers.current.city', '--format', 'mermaid')
    expect(chart.stdout).toMatch(/^flowchart LR\n {2}subgraph g0\["customers\.current"\]\n/)
    const document = await project.json('lineage', 'customers.current.city')
    expect(document).toMatchObject({
      qarion: 1,
      command: 'lineage',
      dataset: 'customers.current',
      column: 'city',
      direction: 'upstream',
      inputs: [{ flow: 'customers', name: FILE }],
    })
    expect(document.datasets[1]).toEqual({
      dataset: 'customers.landing',
      flow: 'customers',
      path: null,
      columns: [
        {
          column: 'city',
          type: 'string',
          sources: [
            {
              origin: { kind: 'input', flow: 'customers', column: 'city' },
              dependences: ['identity'],
            },
          ],
        },
      ],
      rows: [],
    })
    const format = await project.qarion('lineage', 'customers.current.city', '--format', 'json')
    expect(JSON.parse(format.stdout)).toEqual(document)
  })

  it.each([
    [['lineage'], 'QRN-CLI-003'],
    [['lineage', 'custmers'], 'Did you mean `customers`?'],
    [['lineage', 'customers.curent'], 'Did you mean `customers.current`?'],
    [['lineage', 'customers.current.cty'], 'Did you mean `customers.current.city`?'],
    [['lineage', 'customers', '--upstream', '--downstream'], 'exclude each other'],
    [['lineage', 'customers', '--format', 'dot'], 'QRN-CLI-005'],
  ])('%j is refused with help', async (words, says) => {
    const outcome = await project.qarion(...words)
    expect(outcome).toMatchObject({ exitCode: 2, stdout: '' })
    expect(outcome.stderr).toContain(says)
  })

  it('plan draws flows that read each other in one tree', async () => {
    const { stdout } = await project.qarion('plan', '--format', 'tree')
    expect(stdout).toContain(`
  ${FILE}
  └─ customers.load: Load the delivery → customers.landing, customers.rejects
     └─ customers.detect: Compare with the batch before → customers.change_feed
        └─ view customers.current
           └─ out.export: Write customers.current as csv → exports/customers.csv
              └─ view out.files

nothing was written
`)
    const alone = await project.qarion('plan', 'out')
    expect(alone.stdout).toContain(`
  customers.current
  └─ export: Write customers.current as csv → exports/customers.csv
     └─ view out.files
`)
  })

  it('plan keeps the chart in a file', async () => {
    const shown = await project.qarion('plan', '--format', 'mermaid')
    expect(shown.stdout).toMatch(/^flowchart LR\n {2}subgraph g0\["customers"\]\n/)
    const file = join(project.path, 'plan.mmd')
    const kept = await project.qarion('plan', '--format', 'mermaid', '--out', file)
    expect(kept).toMatchObject({ exitCode: 0, stdout: '' })
    expect(kept.stderr).toMatch(/The chart is in .*plan\.mmd\.\nnothing was written\n$/)
    expect(readFileSync(file, 'utf8')).toBe(shown.stdout)
    const { graph } = await project.json('plan')
    expect(graph.nodes).toContainEqual({
      id: 'dataset:customers.current',
      kind: 'dataset',
      flow: 'customers',
      dataset: 'customers.current',
      storage: 'view',
      isInternal: false,
    })
    expect(graph.edges).toContainEqual({
      from: 'dataset:customers.current',
      to: 'step:out.export',
      kind: 'data',
    })
  })
})
