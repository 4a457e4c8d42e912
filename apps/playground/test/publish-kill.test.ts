import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createQarion } from '@qarion/sdk'
import { accept, receivedEvent, startReceiver } from '@qarion/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  ALL_PLUGINS,
  copyProject,
  createScenario,
  PERSISTENT_ENGINE_IDS,
  type EngineId,
  type Scenario,
} from '../src/index.ts'
import { delivery, outboxFlow } from './outbox-support.ts'
import { deliveryProblems } from './publish-support.ts'
import { runChild } from './run-child.ts'

const CHILD = fileURLToPath(new URL('./publish-child.ts', import.meta.url))
const KEYS = 30
const BATCHES = 4
const ALL = Array.from({ length: KEYS }, (_, key) => key).flatMap((key) =>
  Array.from({ length: BATCHES }, (_unused, batch) => `k${key}|${batch + 1}`),
)
const DEAD_PORT = 'http://127.0.0.1:1/'

interface Death {
  /** The process is killed at the request with this number, from 0. */
  readonly atRequest: number
  /** Whether the answer was on its way before, so that the receiver has taken the event. */
  readonly isTaken: boolean
}

const DEATHS: readonly Death[] = [
  { atRequest: 0, isTaken: true },
  { atRequest: 0, isTaken: false },
  { atRequest: 58, isTaken: false },
  { atRequest: 119, isTaken: true },
]

describe.each(PERSISTENT_ENGINE_IDS)('%s', (engine: EngineId) => {
  let template: Scenario
  beforeAll(async () => {
    template = await createScenario({
      engine,
      flow: outboxFlow({ publish: `publisher = "webhook"\nurl = "${DEAD_PORT}"` }),
    })
    for (let batch = 1; batch <= BATCHES; batch += 1) {
      const rows = Array.from({ length: KEYS }, (_, key) => `k${key},open,${batch}.00,1`)
      await template.deliver(`d${batch}.csv`, delivery(...rows))
    }
  }, 120_000)
  afterAll(() => template.close())

  it.each(DEATHS)(
    'SIGKILL at request $atRequest (taken: $isTaken): all arrives, in key order, under one id',
    { timeout: 120_000 },
    async ({ atRequest, isTaken }) => {
      let kill = (): void => undefined
      const receiver = await startReceiver((request, response, index) => {
        if (index !== atRequest) return accept(request, response)
        if (!isTaken) return kill()
        response.on('finish', () => kill())
        accept(request, response)
      })
      const copy = await copyProject(template, engine)
      try {
        const flow = join(copy.directory, 'flows/t.toml')
        const text = await readFile(flow, 'utf8')
        await writeFile(flow, text.replace(DEAD_PORT, receiver.url))
        await loadAll(copy.directory)
        const child = spawn(process.execPath, [CHILD, copy.directory], { stdio: 'ignore' })
        kill = () => child.kill('SIGKILL')
        const signal = await new Promise((resolve) => child.on('exit', (_, name) => resolve(name)))
        expect(signal).toBe('SIGKILL')
        const finished = await runChild(CHILD, [copy.directory])
        expect(finished).toMatchObject({ code: 0 })

        const arrived = receiver.requests.map(receivedEvent)
        expect(deliveryProblems(receiver.requests)).toEqual([])
        expect(
          [...new Set(arrived.map(({ key, sequence }) => `${key}|${sequence}`))].toSorted(),
        ).toEqual(ALL.toSorted())
        expect(new Set(arrived.map(({ id }) => id)).size).toBe(ALL.length)
        // What was marked before the end is not sent again.
        expect(arrived.length).toBeLessThanOrEqual(ALL.length * 2)
      } finally {
        await copy.close()
        await receiver.close()
      }
    },
  )
})

async function loadAll(projectDirectory: string): Promise<void> {
  const qarion = createQarion({
    projectDirectory,
    env: process.env,
    discover: false,
    plugins: ALL_PLUGINS,
  })
  try {
    expect((await qarion.run()).errors).toEqual([])
  } finally {
    await qarion.close()
  }
}
