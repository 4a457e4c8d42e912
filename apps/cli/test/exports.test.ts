import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createProject, ENGINES, type Project } from './project.ts'

const FLOW = `id = "customers_export"
flow_type = "export_flow"
namespace = "raw"
tags = ["files"]

[properties.export]
source_dataset_id = "customers.change_feed"
file_path = "exports/customers_{batch_id}.csv"
export_mode = "changes_only"
format = "csv"
`

for (const engine of ENGINES) {
  describe(`an export flow on ${engine}`, { timeout: 60_000 }, () => {
    let project: Project
    beforeAll(async () => {
      project = await createProject(engine)
      const manifest = JSON.parse(project.read('package.json')) as {
        devDependencies: Record<string, string>
      }
      manifest.devDependencies['@qarion/exporter-csv'] = '*'
      project.write('package.json', JSON.stringify(manifest))
      project.write('flows/customers_export.toml', FLOW)
    })
    afterAll(() => project.remove())

    it('plan and status say what would be written where', async () => {
      const before = await project.qarion('run', 'customers_export')
      expect(before).toMatchObject({ exitCode: 0 })
      expect(before.stderr).toContain('nothing to do')
      expect((await project.qarion('run', 'customers')).exitCode).toBe(0)
      const { stdout, exitCode } = await project.qarion('plan', 'customers_export')
      expect(exitCode).toBe(0)
      expect(stdout).toContain('  batch 1 → exports/customers_1.csv\n')
      expect(stdout).toContain('  batch 2 → exports/customers_2.csv\n')
      expect(stdout).toContain(
        'export: Write customers.change_feed as csv → exports/customers_{batch_id}.csv\n',
      )
      expect(stdout).toMatch(/nothing was written\n$/)
      const verbose = await project.qarion('plan', 'customers_export', '-v')
      expect(verbose.stdout).toContain('with the exporter csv')
      expect(await project.json('plan', 'customers_export')).toMatchObject({
        flows: [
          {
            batches: [
              { batch: 1, action: 'export', files: ['exports/customers_1.csv'], reason: 'new' },
              { batch: 2 },
            ],
            steps: [{ id: 'export', kind: 'export' }],
          },
        ],
      })
      const status = await project.qarion('status', 'customers_export')
      expect(status.stdout).toMatch(/waiting +2 batches {2}exports\/customers_1\.csv and 1 more\n/)
      expect(status.stdout).toContain('qarion run customers_export')
    })

    it('plan, status and run take selectors', async () => {
      const idsOf = async (...words: readonly string[]): Promise<readonly string[]> => {
        const { flows } = await project.json(...words)
        return flows.map(({ flow }: { readonly flow: string }) => flow)
      }
      expect(await idsOf('plan', 'tag:files')).toEqual(['customers_export'])
      expect(await idsOf('plan', '+customers_export')).toEqual(['customers', 'customers_export'])
      expect(await idsOf('status', '--exclude', '*_export')).toEqual(['customers'])
      expect(await idsOf('run', '-s', 'cust*', '--exclude', 'tag:files')).toEqual(['customers'])
      const misspelt = await project.qarion('run', 'customer+')
      expect(misspelt).toMatchObject({ exitCode: 2, stdout: '' })
      expect(misspelt.stderr).toContain('Did you mean `customers`?')
      expect(await project.qarion('run', 'tag:daily')).toMatchObject({ exitCode: 2 })
    })

    it('run writes, once; a batch is written again when it is asked for', async () => {
      const planned = join(project.path, 'plan.json')
      await project.qarion('plan', 'customers_export', '--out', planned)
      const run = await project.qarion('run', '--plan', planned)
      expect(run).toMatchObject({ exitCode: 0 })
      expect(run.stderr).toMatch(/✓ customers_export #1 .* customers_1\.csv {2}→\d+ exported/)
      expect(project.read('exports/customers_1.csv')).toMatch(/^customer_id,name,email,/)
      expect((await project.qarion('run')).stderr).toContain('nothing to do')
      const again = await project.json('run', 'customers_export', '--batch', '1')
      expect(again).toMatchObject({
        exitCode: 0,
        run: { flows: [{ batches: [{ batch: 1, files: ['exports/customers_1.csv'] }] }] },
      })
      expect((await project.qarion('run', 'customers_export', '--batch', '9')).exitCode).toBe(2)
    })

    it('runs and show tell what was written', async () => {
      const shown = await project.qarion('show', 'customers_export', '--format', 'csv')
      expect(shown.stdout).toMatch(
        /^xt_batch_id,path,row_count,size_bytes,content_hash,exported_at\n1,exports\/customers_1\.csv,/,
      )
      expect(shown.stdout.trimEnd().split('\n')).toHaveLength(1 + 2)
      const [, written] = (await project.json('runs')).runs
      const one = await project.qarion('runs', written.id)
      expect(one.stdout).toContain('exported')
    })

    it('a file of somebody else is refused with exit code 4, a wrong dataset with 2', async () => {
      project.write('exports/customers_1.csv', 'mine')
      const refused = await project.qarion('run', 'customers_export', '--batch', '1')
      expect(refused.exitCode).toBe(4)
      expect(refused.stderr).toContain('QRN-EXPORT-001')
      expect(project.read('exports/customers_1.csv')).toBe('mine')
      project.write('flows/customers_export.toml', FLOW.replace('change_feed"', 'changefeed"'))
      const wrong = await project.qarion('validate')
      expect(wrong.exitCode).toBe(2)
      expect(wrong.stderr).toContain('flows/customers_export.toml:7:21')
      expect(wrong.stderr).toContain('Did you mean `customers.change_feed`?')
    })
  })
}
