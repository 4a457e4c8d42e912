import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createProject, ENGINES, type Project } from './project.ts'

for (const engine of ENGINES) {
  describe(`qarion test on ${engine}`, { timeout: 60_000 }, () => {
    let project: Project
    beforeAll(async () => {
      project = await createProject(engine)
    })
    afterAll(() => project.remove())

    const edit = (change: (text: string) => string): void => {
      const path = join(project.path, 'tests/customers.toml')
      writeFileSync(path, change(readFileSync(path, 'utf8')))
    }

    it('passes in a new project, and touches no data', async () => {
      const outcome = await project.qarion('test')
      expect(outcome.exitCode).toBe(0)
      expect(outcome.stdout).toMatch(/^✓ customers {2}4 deliveries, 3 datasets, [\d.]+ s\n$/)
      expect(outcome.stderr).toMatch(new RegExp(`^1 test: 1 passed {2}on ${engine}, [\\d.]+ s\\n$`))
      expect(project.exists('data/test.duckdb')).toBe(false)
      expect((await project.json('status')).flows[0]).not.toHaveProperty('newestBatch')
    })

    it('shows rows that differ, and ends with 1', async () => {
      edit((text) =>
        text.replace('4,Abuja\n', '4,Kano\n').replace('4,Lagos,deleted,\n', '5,,new,\n'),
      )
      const outcome = await project.qarion('test', 'cust*')
      expect(outcome.exitCode).toBe(1)
      expect(outcome.stdout.replace(/, [\d.]+ s\n/, '\n'))
        .toBe(`✗ customers  4 deliveries, 3 datasets
  delivery 2 of customers: customers.change_feed #2  tests/customers.toml:26:11
    - missing  5  xt_record_type=new
    + not expected  4  city=Lagos  xt_record_type=deleted
  delivery 3 of customers: customers.current  tests/customers.toml:52:11
    ~ 4
        city: Kano → Abuja
`)
      expect(outcome.stderr).toContain('0 passed, 1 failed')
      expect(await project.json('test')).toMatchObject({
        qarion: 1,
        command: 'test',
        exitCode: 1,
        engine,
        insteadOf: null,
        passed: 0,
        failed: 1,
        tests: [
          {
            name: 'customers',
            status: 'failed',
            deliveries: [
              { delivery: 1, expectations: [] },
              {
                delivery: 2,
                expectations: [{ dataset: 'customers.change_feed', batch: 2, status: 'failed' }],
              },
              {
                expectations: [
                  { status: 'passed' },
                  { changed: [{ expected: ['4', 'Kano'], actual: ['4', 'Abuja'] }] },
                ],
              },
              { delivery: 4 },
            ],
          },
        ],
      })
    })

    it('renews what is expected with --write', async () => {
      const outcome = await project.qarion('test', '--write')
      expect(outcome).toMatchObject({ exitCode: 0 })
      expect(outcome.stdout).toContain('    wrote tests/customers.toml\n')
      const text = project.read('tests/customers.toml')
      expect(text).toContain('4,Lagos,deleted,\n')
      expect(text).toContain('# A delivery that is cut off is refused.\n')
      expect((await project.qarion('test', '--quiet')).stderr).toBe('')
    })

    it('says why a delivery failed that was not to', async () => {
      edit((text) => text.replace('fails = "QRN-FEED-103"\n', ''))
      const outcome = await project.qarion('test')
      expect(outcome.exitCode).toBe(1)
      expect(outcome.stdout).toContain('  delivery 4 of customers  tests/customers.toml:62:3\n')
      expect(outcome.stdout).toContain('    error QRN-FEED-103 ')
      expect(outcome.stdout).toContain('add fails = "QRN-FEED-103" to the delivery')
    })

    it('tells what is wrong in a test by file, line and column, and ends with 2', async () => {
      edit((text) => text.replace('flow = "customers"', 'flow = "custmers"\ncolour = 1'))
      const outcome = await project.qarion('test')
      expect(outcome).toMatchObject({ exitCode: 2, stdout: '' })
      expect(outcome.stderr).toContain('at tests/customers.toml:6:1')
      edit((text) => text.replace('\ncolour = 1', ''))
      const named = await project.qarion('test')
      expect(named.exitCode).toBe(2)
      expect(named.stderr).toContain('at tests/customers.toml:5:8')
      expect(named.stderr).toContain('Did you mean `customers`?')
    })

    it('has nothing to show without tests, or without what was named', async () => {
      const misspelt = await project.qarion('test', 'custmers')
      expect(misspelt).toMatchObject({ exitCode: 2, stdout: '' })
      expect(misspelt.stderr).toContain('Did you mean `customers`?')
      rmSync(join(project.path, 'tests'), { recursive: true })
      const none = await project.qarion('test')
      expect(none).toMatchObject({ exitCode: 2, stdout: '' })
      expect(none.stderr).toContain('the project has no tests')
      mkdirSync(join(project.path, 'tests'))
      project.write(
        'tests/new.toml',
        'flow = "customers"\n[[deliveries]]\ncsv = "customer_id,name\\n1,Ada\\n"\n',
      )
      const blank = await project.qarion('test')
      expect(blank.exitCode).toBe(1)
      expect(blank.stdout).toContain('`qarion test new --write` writes what the run gives')
    })
  })
}
