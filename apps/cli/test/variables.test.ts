import { afterAll, beforeAll, expect, it } from 'vitest'

import { parseCommandLine } from '../src/command-line/parse-command-line.ts'
import { createProject, type Project } from './project.ts'

let project: Project

beforeAll(async () => {
  project = await createProject('sqlite')
  const flow = project.read('flows/customers.toml')
  project.write(
    'flows/customers.toml',
    flow
      .replace(
        '[input]',
        '[variables]\nfolder = { type = "string", default = "none" }\nlimit = { type = "integer", default = 5 }\n\n[input]',
      )
      .replace('"data/customers"', '"data/{{ folder }}"'),
  )
}, 60_000)

afterAll(() => project.remove())

it('--var is name=value, as often as there are variables', () => {
  const parsed = parseCommandLine(['run', '--var', 'a=b=c', '--var=empty=', '--var', 'a=d'])
  expect(parsed).toMatchObject({
    kind: 'command',
    line: {
      options: {
        var: [
          { name: 'a', value: 'b=c' },
          { name: 'empty', value: '' },
          { name: 'a', value: 'd' },
        ],
      },
    },
  })
  for (const word of ['a', '=b', 'a b=c'])
    expect(parseCommandLine(['run', '--var', word]).kind).not.toBe('command')
})

it(
  'a plan keeps what it was given, and a retry is given it again',
  { timeout: 60_000 },
  async () => {
    expect((await project.qarion('run')).exitCode).not.toBe(0)
    const given = ['--var', 'folder=customers', '--var', 'limit=6']
    const plan = await project.qarion('plan', ...given, '--out', 'plan.json')
    expect(plan.stdout).toContain('with folder = customers\n  with limit = 6\n  batch 1  load')
    expect(await project.json('plan', ...given)).toMatchObject({
      variables: { folder: 'customers', limit: '6' },
      flows: [{ variables: { folder: 'customers', limit: '6' } }],
    })
    expect((await project.qarion('run', '--plan', 'plan.json', '--var', 'limit=7')).exitCode).toBe(
      2,
    )
    project.deliver('2024-01-02', 'broken\n')
    expect((await project.qarion('run', ...given)).exitCode).toBe(4)
    expect((await project.qarion('retry')).exitCode).toBe(4)
    const { runs } = await project.json('runs', '--limit', '1')
    expect(runs[0].command).toBe('qarion retry')
    expect(runs[0].flows[0].variables).toEqual({ folder: 'customers', limit: '6' })
    expect((await project.qarion('runs', runs[0].id)).stdout).toContain('with limit = 6')
  },
)

it('a wrong value or name ends with 2', async () => {
  const value = await project.qarion('run', '--var', 'limit=many')
  expect(value.exitCode).toBe(2)
  expect(value.stderr).toContain('QRN-CONFIG-037')
  expect(value.stderr).toMatch(/flows\/customers\.toml:\d+:\d+/)
  const name = await project.qarion('plan', '--var', 'limt=6')
  expect(name.exitCode).toBe(2)
  expect(name.stderr).toContain('Did you mean limit?')
})
