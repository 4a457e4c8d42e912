import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createProject, type Project } from './project.ts'

let project: Project
beforeEach(async () => {
  project = await createProject('sqlite')
  const manifest = JSON.parse(project.read('package.json')) as {
    devDependencies: Record<string, string>
  }
  manifest.devDependencies['@qarion/engine-polars'] = '*'
  project.write('package.json', JSON.stringify(manifest))
  project.write(
    'qarion.toml',
    `${project.read('qarion.toml')}\n[environments.memory.engine]\nname = "pandas_memory"\n\n[environments.memory.engine.config]\n`,
  )
})
afterEach(() => project.remove())

const MEMORY = ['--env', 'memory'] as const

describe('an engine that keeps its data in memory', { timeout: 60_000 }, () => {
  it('show and diff load what there is, give the same rows, and say so on stderr', async () => {
    expect((await project.qarion('run')).exitCode).toBe(0)
    for (const words of [
      ['show', 'customers.change_feed', '--columns', 'customer_id,xt_batch_id,xt_record_type'],
      ['show', 'customers.current', '--format', 'csv'],
      ['diff', 'customers'],
    ]) {
      const kept = await project.qarion(...words)
      const loaded = await project.qarion(...words, ...MEMORY)
      expect(loaded).toMatchObject({ exitCode: 0, stdout: kept.stdout })
      expect(loaded.stderr).toContain('2 batches loaded for this command')
      expect(kept.stderr).not.toContain('in memory')
    }
  })

  it('run says that nothing outlasts it, and the next run loads everything again', async () => {
    for (let round = 0; round < 2; round += 1) {
      const { exitCode, stderr } = await project.qarion('run', ...MEMORY)
      expect(exitCode).toBe(0)
      expect(stderr).toContain('2 batches')
      expect(stderr).toContain('nothing of it outlasts this command')
    }
    expect((await project.qarion('run', '--quiet', ...MEMORY)).stderr).toBe('')
  })

  it('run loads first what the selected flows read, and says so', async () => {
    const manifest = JSON.parse(project.read('package.json')) as {
      devDependencies: Record<string, string>
    }
    manifest.devDependencies['@qarion/exporter-csv'] = '*'
    project.write('package.json', JSON.stringify(manifest))
    project.write(
      'flows/customers_export.toml',
      `id = "customers_export"
flow_type = "export_flow"
namespace = "raw"

[properties.export]
source_dataset_id = "customers.change_feed"
file_path = "exports/customers_{batch_id}.csv"
export_mode = "batch"
format = "csv"
`,
    )
    const words = ['run', 'customers_export', '--batch', '2', ...MEMORY]
    const { exitCode, stderr } = await project.qarion(...words)
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 })
    expect(stderr).toContain('customers ran first, to be read')
    expect(project.exists('exports/customers_2.csv')).toBe(true)
    expect(project.exists('exports/customers_1.csv')).toBe(false)
    const both = await project.qarion('run', '--full-refresh', ...MEMORY)
    expect(both.stderr).not.toContain('ran first')
  })

  it('status says what to show, since running would leave nothing', async () => {
    const { flows } = JSON.parse((await project.qarion('status', '--json', ...MEMORY)).stdout) as {
      readonly flows: readonly { readonly nextCommand: string }[]
    }
    expect(flows[0]).toMatchObject({ flow: 'customers', nextCommand: 'qarion show customers' })
  })

  it('what does not load is told, with the exit code of the run, beside what does', async () => {
    project.deliver('2024-01-03', '1,Ada,a@example.com,Lyon,much,true\n')
    const shown = await project.qarion('show', 'customers.rejects', '--format', 'csv', ...MEMORY)
    expect(shown.exitCode).toBe(4)
    expect(shown.stdout).toContain('much')
    expect(shown.stderr).toContain('customers_2024-01-03.csv:2')
  })
})
