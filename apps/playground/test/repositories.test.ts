import { existsSync } from 'node:fs'
import { join } from 'node:path'

import memoryRepository from '@qarion/repository-memory/plugin'
import { createQarion, type Qarion } from '@qarion/sdk'
import { afterEach, expect, it } from 'vitest'

import { ALL_PLUGINS, createScenario, type Scenario } from '../src/index.ts'

let scenario: Scenario
let qarion: Qarion
afterEach(async () => {
  await qarion.close()
  await scenario.close()
})

const withoutRepository = ALL_PLUGINS.filter(({ kind }) => kind !== 'repository')

it('the one repository that is handed in keeps the history, whatever its id', async () => {
  scenario = await createScenario({ engine: 'sqlite' })
  await scenario.deliver('d1.csv', 'id,v\na,1\n')
  qarion = createQarion({
    projectDirectory: scenario.directory,
    plugins: [...withoutRepository, memoryRepository],
    discover: false,
  })
  const { status } = await qarion.run()
  const runs = await qarion.runs()
  expect([status, runs.length, runs[0]?.status]).toEqual(['succeeded', 1, 'succeeded'])
  expect(existsSync(join(scenario.directory, '.qarion/default/runs'))).toBe(false)
})

it('of several the local one is taken, and without any the error says so', async () => {
  scenario = await createScenario({ engine: 'sqlite' })
  await scenario.deliver('d1.csv', 'id,v\na,1\n')
  const both = createQarion({
    projectDirectory: scenario.directory,
    plugins: [...ALL_PLUGINS, memoryRepository],
    discover: false,
  })
  await both.run()
  await both.close()
  expect((await scenario.qarion.runs()).length).toBe(1)
  qarion = createQarion({
    projectDirectory: scenario.directory,
    plugins: withoutRepository,
    discover: false,
  })
  await expect(qarion.runs()).rejects.toMatchObject({
    code: 'QRN-PLUGIN-001',
    message: 'No repository "local": no plugin provides it.',
  })
})
