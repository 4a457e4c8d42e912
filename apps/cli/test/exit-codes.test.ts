import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, describe, expect, it, vi } from 'vitest'

import { createProject, ENGINES, type Project } from './project.ts'
import { BIN, runBin } from './run-bin.ts'

let project: Project
afterEach(() => project.remove())

const ONE = '1,Ada,a@example.com,Lyon,1.00,true\n'

for (const engine of ENGINES) {
  describe(`how a run on ${engine} ends`, { timeout: 60_000 }, () => {
    it('4 where a guard refuses, until it is let through once', async () => {
      project = await createProject(engine)
      expect((await project.qarion('run')).exitCode).toBe(0)
      project.deliver('2024-01-03', ONE)
      const refused = await project.qarion('run')
      expect(refused.exitCode).toBe(4)
      expect(refused.stdout).toBe('')
      expect(refused.stderr).toContain('--accept mass_delete')
      expect(refused.stderr).toContain('next: qarion retry')
      expect(await project.json('show', 'customers.current')).toMatchObject({ totalRows: 9 })
      const again = await project.json('retry')
      expect(again).toMatchObject({
        command: 'retry',
        exitCode: 4,
        status: 'refused',
        flows: [{ flow: 'customers', retryable: false, error: { reason: 'guard' } }],
      })
      const accepted = await project.qarion('retry', '--accept', 'mass_delete', '--reason', 'true')
      expect(accepted.stderr).toMatch(/✓ customers #3 .*-8 deleted/)
      expect(accepted.exitCode).toBe(0)
      const { run } = await project.json('runs', (await project.json('runs')).runs[0].id)
      expect(run.acceptedGuards).toEqual([{ guard: 'mass_delete', reason: 'true' }])
      const nothing = await project.qarion('retry')
      expect(nothing).toMatchObject({ exitCode: 0 })
      expect(nothing.stderr).toContain('got through')
    })

    it('4 where data is bad, with the place and the line', async () => {
      project = await createProject(engine)
      expect((await project.qarion('run')).exitCode).toBe(0)
      project.deliver('2024-01-03', '1,Ada,a@example.com,Lyon,much,true\n')
      const outcome = await project.qarion('run')
      expect(outcome.exitCode).toBe(4)
      expect(outcome.stderr).toContain('customers_2024-01-03.csv:2')
      expect(outcome.stderr).toContain('1,Ada,a@example.com,Lyon,much,true')
      const rejects = await project.json('show', 'customers.rejects')
      expect(rejects.totalRows).toBe(1)
      const status = await project.qarion('status')
      expect(status.stdout).toContain('1 row')
    })

    it('run --plan does what the plan says, or nothing', async () => {
      project = await createProject(engine)
      const planned = await project.qarion('plan', '--out', 'p.json')
      expect(planned.stdout).toMatch(/nothing was written\n$/)
      const done = await project.qarion('run', '--plan', 'p.json')
      expect(done.exitCode).toBe(0)
      expect(done.stderr).toMatch(/2 batches/)
      const stale = await project.qarion('run', '--plan', 'p.json')
      expect(stale.exitCode).toBe(4)
      expect(stale.stderr).toContain('flow customers has other batches')
      await project.qarion('plan', '--out', 'p.json')
      const empty = await project.qarion('run', '--plan', 'p.json')
      expect(empty).toMatchObject({ exitCode: 0 })
      project.write('p.json', '{}')
      expect(await project.json('run', '--plan', 'p.json')).toMatchObject({
        exitCode: 2,
        error: { code: 'QRN-CLI-009' },
      })
    })

    it('0 for a reader that goes away', async () => {
      project = await createProject(engine)
      const rows = Array.from({ length: 30_000 }, (_, row) => `${row},N ${row},,Lyon,1.00,true\n`)
      project.deliver('2024-01-01', rows.join(''))
      expect((await project.qarion('run', '--batch', '1')).exitCode).toBe(0)
      const env = engine === 'sqlite' ? '' : `--env ${engine}`
      const { stdout, stderr } = await shell(
        `"$NODE" "$BIN" show customers.current --format csv ${env} | head -2; echo "\${PIPESTATUS[0]}"`,
      )
      expect(stderr).toBe('')
      expect(stdout).toBe(
        'customer_id,name,email,city,credit_limit,is_active\n0,N 0,,Lyon,1.00,true\n0\n',
      )
    })

    it('130 or 143 where somebody interrupts; the next run finishes the job', async () => {
      project = await createProject(engine)
      const rows = Array.from({ length: 40_000 }, (_, row) => `${row},N ${row},,Lyon,1.00,true\n`)
      // Many batches: the run is under way for long after its first step, also on a fast machine.
      for (let day = 10; day < 22; day += 1) project.deliver(`2024-01-${day}`, rows.join(''))
      rmSync(join(project.path, 'data/customers/customers_2024-01-01.csv'))
      rmSync(join(project.path, 'data/customers/customers_2024-01-02.csv'))
      for (const [signal, exitCode] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const) {
        expect(await interrupt(signal)).toBe(exitCode)
      }
      expect((await project.qarion('retry')).exitCode).toBe(0)
      expect(await project.json('show', 'customers', '--limit', '0')).toMatchObject({
        totalRows: 40_000,
      })
    })

    it('5 where another process holds the data', async () => {
      project = await createProject(engine)
      const rows = Array.from({ length: 300_000 }, (_, row) => `${row},N ${row},,Lyon,1.00,true\n`)
      project.deliver('2024-01-01', rows.join(''))
      project.deliver('2024-01-02', rows.join(''))
      const first = start()
      await first.begun
      // Held for as long as the test wants, however fast the machine.
      first.child.kill('SIGSTOP')
      const second = await project.qarion('run')
      first.child.kill('SIGCONT')
      expect(second.exitCode).toBe(5)
      expect(second.stderr).toContain('--wait 10m')
      const patient = await project.qarion('run', '--wait', '1m')
      expect(patient.exitCode).toBe(0)
      expect(await first.exitCode).toBe(0)
    })
  })

  function engineOptions(): readonly string[] {
    return engine === 'sqlite' ? [] : ['--env', engine]
  }

  function start(): Started {
    return startRun(engineOptions())
  }

  async function interrupt(signal: NodeJS.Signals): Promise<number | null> {
    const run = start()
    await run.begun
    run.child.kill(signal)
    return run.exitCode
  }
}

describe.runIf(process.platform === 'linux')('a disk that is full', { timeout: 60_000 }, () => {
  it('is not passed over in silence', async () => {
    project = await createProject('sqlite')
    expect((await project.qarion('run', '--batch', '1')).exitCode).toBe(0)
    const { stdout, stderr } = await shell(
      '"$NODE" "$BIN" show customers.current --format csv > /dev/full; echo "$?"',
    )
    expect(stdout).toBe('1\n')
    expect(stderr).toContain('Could not write the output: ENOSPC')
  })
})

describe('how other commands end', { timeout: 60_000 }, () => {
  it('2 where the project is wrong, with every problem', async () => {
    project = await createProject('sqlite')
    project.write(
      'qarion.toml',
      '[project]\nnmae = "x"\n\n[engine]\nname = "sqlite"\n[engine.config]\npath = 5\n',
    )
    const outcome = await project.qarion('validate')
    expect(outcome.exitCode).toBe(2)
    expect(outcome.stdout).toBe('')
    expect(outcome.stderr).toContain('qarion.toml:2:1')
    expect(outcome.stderr).toMatch(/2 │ nmae = "x"\n +│ \^{4}/)
    expect(outcome.stderr).toContain('qarion.toml:7')
    const { error } = await project.json('validate')
    expect(error.problems.length).toBeGreaterThanOrEqual(2)
  })

  it('2 for names that are not there', async () => {
    project = await createProject('sqlite')
    for (const words of [
      ['run', 'custmers'],
      ['show', 'customers.curent'],
      ['diff', 'custmers'],
      ['plan', 'custmers'],
      ['run', '--env', 'prdo'],
    ]) {
      const outcome = await project.qarion(...words)
      expect({ words, ...outcome }).toMatchObject({ words, exitCode: 2, stdout: '' })
      expect(outcome.stderr).toMatch(/customers|duckdb/)
    }
  })

  it('2 where there is no project, with the way to one', async () => {
    project = await createProject('sqlite')
    const outcome = await runBin(['status', '--project', project.path.replace(/\/[^/]+$/, '')])
    expect(outcome.exitCode).toBe(2)
    expect(outcome.stderr).toContain('qarion init')
    const doctor = await runBin(['doctor', '--project', '/'])
    expect(doctor.exitCode).toBe(2)
    expect(doctor.stdout).toMatch(/✗ /)
  })

  it('2 where a plugin is missing', async () => {
    project = await createProject('sqlite')
    project.write('package.json', '{ "name": "x", "private": true }')
    const outcome = await project.qarion('run')
    expect(outcome.exitCode).toBe(2)
    expect(outcome.stderr).toContain('@qarion/engine-sqlite')
  })

  it('3 where some flows got through', async () => {
    project = await createProject('sqlite')
    project.write(
      'flows/broken.toml',
      project
        .read('flows/customers.toml')
        .replace('id = "customers"', 'id = "broken"')
        .replace(
          '"credit_limit", schema_type = "decimal", precision = 12, scale = 2',
          '"credit_limit", schema_type = "boolean"',
        ),
    )
    const outcome = await project.qarion('run')
    expect(outcome.exitCode).toBe(3)
    expect(outcome.stderr).toMatch(/✓ customers #2/)
    expect(outcome.stderr).toMatch(/✗ broken/)
    const document = await project.json('retry')
    expect(document).toMatchObject({ exitCode: 4, flows: [{ flow: 'broken' }] })
  })
})

interface Started {
  readonly child: ChildProcess
  /** Resolves once the run holds the data and works. */
  readonly begun: Promise<void>
  readonly exitCode: Promise<number | null>
}

function startRun(options: readonly string[]): Started {
  const child = spawn(process.execPath, [BIN, 'run', '--events', 'events.ndjson', ...options], {
    cwd: project.path,
    stdio: 'ignore',
  })
  const exitCode = new Promise<number | null>((resolve) => {
    child.once('close', resolve)
  })
  const events = join(project.path, 'events.ndjson')
  rmSync(events, { force: true })
  return {
    child,
    exitCode,
    begun: vi.waitFor(() => expect(readFileSync(events, 'utf8')).toContain('"step_started"'), {
      timeout: 15_000,
      interval: 10,
    }),
  }
}

function shell(command: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', command],
      { cwd: project.path, env: { ...process.env, NO_COLOR: '1', NODE: process.execPath, BIN } },
      (_, stdout, stderr) => resolve({ stdout, stderr }),
    )
  })
}
