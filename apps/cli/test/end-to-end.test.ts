import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createProject, ENGINES, type Project } from './project.ts'

const FEED = `customer_id,name,email,city,credit_limit,is_active,xt_batch_id,xt_batch_time,xt_record_type,xt_changed_columns
`

for (const engine of ENGINES) {
  describe(`a new project on ${engine}, from validate to runs`, { timeout: 60_000 }, () => {
    let project: Project
    beforeAll(async () => {
      project = await createProject(engine)
    })
    afterAll(() => project.remove())

    it('validate', async () => {
      const outcome = await project.qarion('validate')
      expect(outcome.stderr).toBe('')
      expect(outcome.exitCode).toBe(0)
      expect(outcome.stdout).toMatch(/^valid /)
      expect(outcome.stdout).toContain(`engine ${engine}`)
      expect(await project.json('validate')).toMatchObject({
        qarion: 1,
        command: 'validate',
        engine,
        flows: [{ id: 'customers', flowType: 'change_feed', file: 'flows/customers.toml' }],
        warnings: [],
      })
    })

    it('plan, which writes nothing', async () => {
      const outcome = await project.qarion('plan', '--sql')
      expect(outcome.stderr).toBe('')
      expect(outcome.exitCode).toBe(0)
      expect(outcome.stdout).toContain('batch 1  load')
      expect(outcome.stdout).toContain('customers_2024-01-02.csv')
      expect(outcome.stdout).toMatch(/insert|merge|create/i)
      expect(outcome.stdout).toMatch(/nothing was written\n$/)
      const mermaid = await project.qarion('plan', '--format', 'mermaid')
      expect(mermaid.stdout).toMatch(/^(?:flowchart|graph) /)
      expect(mermaid.stderr).toBe('nothing was written\n')
      expect(await project.json('plan', 'customers')).toMatchObject({
        command: 'plan',
        flows: [{ flow: 'customers', batches: [{ batch: 1, action: 'load' }, { batch: 2 }] }],
      })
      expect(project.exists('data/test.duckdb')).toBe(false)
      expect((await project.json('status')).flows[0]).not.toHaveProperty('newestBatch')
    })

    it('status before the first run says what waits and what to type', async () => {
      const outcome = await project.qarion('status')
      expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
      expect(outcome.stdout).toContain('no batch yet')
      expect(outcome.stdout).toContain('2 batches')
      expect(outcome.stdout).toContain('qarion run')
    })

    it('run', async () => {
      const outcome = await project.qarion('run', '--events', 'events.ndjson')
      expect(outcome.stdout).toBe('')
      expect(outcome.stderr).toMatch(/✓ customers #1 .*\+8 new/)
      expect(outcome.stderr).toMatch(/✓ customers #2 .*\+2 new +~4 changed +-1 deleted/)
      expect(outcome.stderr).toMatch(/^done .*1 flow, 2 batches/m)
      expect(outcome.exitCode).toBe(0)
      const events = project
        .read('events.ndjson')
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type)
      expect(events).toContain('run_started')
      expect(events.filter((type) => type === 'batch_finished')).toHaveLength(2)
      expect(events.at(-1)).toBe('run_finished')
    })

    it('run again has nothing to do', async () => {
      const outcome = await project.qarion('run')
      expect(outcome).toMatchObject({ exitCode: 0, stdout: '' })
      expect(outcome.stderr).toContain('nothing to do')
      expect(await project.json('run')).toMatchObject({ exitCode: 0, status: 'nothing_to_do' })
      const quiet = await project.qarion('run', '--quiet')
      expect(quiet).toEqual({ exitCode: 0, stdout: '', stderr: '' })
    })

    it('show as CSV, byte for byte', async () => {
      const outcome = await project.qarion('show', 'customers', '--batch', '2', '--format', 'csv')
      expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
      expect(outcome.stdout).toBe(
        `${FEED}${[
          '2,Bela Horvath,bela@example.com,Vienna,1500.00,true,2,2024-01-02T00:00:00Z,changed,"[""city"",""credit_limit""]"',
          '3,Chen Yu,chen@example.com,Taipei,800.50,true,2,2024-01-02T00:00:00Z,changed,"[""email""]"',
          '4,Dana Okafor,dana@example.com,Lagos,300.00,false,2,2024-01-02T00:00:00Z,deleted,',
          '5,"Eriksson, Olle",olle@example.com,,2500.00,true,2,2024-01-02T00:00:00Z,changed,"[""city""]"',
          '7,Gil Navarro,gil@example.com,Valencia,650.00,true,2,2024-01-02T00:00:00Z,changed,"[""credit_limit""]"',
          '9,Iris Lund,iris@example.com,Aarhus,100.00,true,2,2024-01-02T00:00:00Z,new,',
          '10,João Prado,joao@example.com,Recife,0.00,false,2,2024-01-02T00:00:00Z,new,',
        ].join('\n')}\n`,
      )
    })

    it('show in the other formats', async () => {
      const words = ['show', 'customers.current', '--where', 'customer_id <= 2'] as const
      const columns = ['--columns', 'name,credit_limit,customer_id'] as const
      const rows = [
        { name: 'Ada Moreau', credit_limit: '5000.00', customer_id: 1 },
        { name: 'Bela Horvath', credit_limit: '1500.00', customer_id: 2 },
      ]
      const json = await project.qarion(...words, ...columns, '--format', 'json')
      expect(json.stderr).toBe('')
      expect(JSON.parse(json.stdout)).toEqual(rows)
      const lines = await project.qarion(...words, ...columns, '--format', 'ndjson')
      expect(
        lines.stdout
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual(rows)
      expect(await project.json(...words, ...columns, '--limit', '1')).toEqual({
        qarion: 1,
        command: 'show',
        dataset: 'customers.current',
        columns: [
          { name: 'name', type: 'string', required: expect.any(Boolean) },
          { name: 'credit_limit', type: 'decimal(12,2)', required: expect.any(Boolean) },
          { name: 'customer_id', type: 'integer', required: expect.any(Boolean) },
        ],
        totalRows: 2,
        rows: [rows[0]],
      })
      const table = await project.qarion('show', 'customers.current', '--limit', '3', ...columns)
      expect(table.stdout).toBe(`name          credit_limit  customer_id
────────────  ────────────  ───────────
Ada Moreau         5000.00            1
Bela Horvath       1500.00            2
Chen Yu             800.50            3
`)
      expect(table.stderr).toBe('3 of 9 rows\n')
    })

    it('diff, old → new', async () => {
      const outcome = await project.qarion('diff', 'customers')
      expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
      expect(outcome.stdout).toContain('customers #2')
      expect(outcome.stdout).not.toContain('customers #1')
      expect(outcome.stdout).toMatch(
        /~ 2\n +city: Budapest → Vienna\n +credit_limit: 1200\.00 → 1500\.00/,
      )
      expect(outcome.stdout).toMatch(/~ 3\n +email: NULL → chen@example\.com/)
      expect(outcome.stdout).toMatch(/\+ 9 .*name=Iris Lund/)
      expect(outcome.stdout).toMatch(/- 4 .*name=Dana Okafor/)
      const { batches } = await project.json('diff', 'customers', '--batch', '1..2', '--limit', '1')
      expect(batches).toMatchObject([
        { batch: 1, counts: { new: 8 } },
        { batch: 2, counts: { new: 2, changed: 4, deleted: 1 } },
      ])
      expect(batches[1].samples).toHaveLength(3)
    })

    it('status and runs', async () => {
      const status = await project.qarion('status', 'customers')
      expect(status).toMatchObject({ exitCode: 0, stderr: '' })
      expect(status.stdout).toMatch(/newest +#2/)
      const { runs } = await project.json('runs')
      expect(runs[0]).toMatchObject({
        status: 'nothing_to_do',
        command: expect.stringMatching(/^qarion run/),
      })
      const first = runs.at(-1)
      expect(first).toMatchObject({
        status: 'succeeded',
        flows: [{ batches: [{ batch: 1 }, { batch: 2 }] }],
      })
      const list = await project.qarion('runs', '--limit', '1')
      expect(list.stdout.split('\n')).toHaveLength(4)
      const one = await project.qarion('runs', first.id)
      expect(one.stdout).toContain(first.id)
      expect(one.stdout).toContain('#2  +2 new  ~4 changed  -1 deleted')
      const unknown = await project.qarion('runs', 'no-such-run')
      expect(unknown.exitCode).toBe(2)
      expect(unknown.stderr).toContain('QRN-CLI-011')
    })

    it('plugins and doctor', async () => {
      const { plugins } = await project.json('plugins')
      expect(plugins.map(({ kind, id }: { kind: string; id: string }) => `${kind} ${id}`)).toEqual(
        expect.arrayContaining([
          `engine ${engine}`,
          'flow change_feed',
          'loader csv',
          'repository local',
        ]),
      )
      expect((await project.qarion('plugins', 'list')).stdout).toContain('@qarion/loader-csv')
      const doctor = await project.qarion('doctor')
      expect(doctor.stdout).toMatch(/✓ node/)
      expect(doctor.exitCode).toBe(0)
    })

    it('revert asks first, and takes the newest batch back', async () => {
      const refused = await project.qarion('revert', 'customers')
      expect(refused.exitCode).toBe(2)
      expect(refused.stderr).toContain('QRN-CLI-012')
      const outcome = await project.qarion('revert', 'customers', '--yes')
      expect(outcome).toMatchObject({
        exitCode: 0,
        stdout: 'Batch 2 of customers is taken back.\n',
      })
      expect(await project.json('show', 'customers.current')).toMatchObject({ totalRows: 8 })
      expect((await project.qarion('run')).exitCode).toBe(0)
      expect(await project.json('show', 'customers.current')).toMatchObject({ totalRows: 9 })
    })
  })
}
