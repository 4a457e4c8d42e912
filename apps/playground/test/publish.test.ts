import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { RunEvent } from '@qarion/core'
import { accept, startReceiver, type Answer, type HttpReceiver } from '@qarion/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createScenario, ENGINE_IDS, type EngineId, type Scenario } from '../src/index.ts'
import { delivery, feedFlow, outboxFlow } from './outbox-support.ts'
import { answerByKey, sent, states } from './publish-support.ts'

const START_MS = Date.UTC(2024, 4, 1)

let scenario: Scenario
let receiver: HttpReceiver
let nowMs: number
let events: RunEvent[]
let answer: Answer
beforeEach(() => {
  nowMs = START_MS
  events = []
  answer = accept
})
afterEach(async () => {
  await scenario.close()
  await receiver.close()
})

async function start(engine: EngineId, publish = '', ...deliveries: string[]): Promise<void> {
  receiver = await startReceiver((...request) => answer(...request))
  scenario = await createScenario({
    engine,
    flow: outboxFlow({ publish: `publisher = "webhook"\nurl = "${receiver.url}"\n${publish}` }),
    nowMs: () => nowMs,
    onEvent: (event) => events.push(event),
  })
  for (const [index, content] of deliveries.entries())
    await scenario.deliver(`d${index + 1}.csv`, content)
  await scenario.runOk()
}

const TWO = delivery('a,open,1.50,1', 'b,open,2.00,2')
const CHANGED = delivery('a,paid,1.50,1', 'b,paid,2.00,2')
const RETRY = 'retry = { max_attempts = 3, initial_delay = "10s", max_delay = "15s" }'
const result = (counts: object): object => ({ published: 0, failed: 0, dead: 0, ...counts })

describe.each(ENGINE_IDS)('publishing on %s', (engine) => {
  it('sends what waits, key by key in order, and nothing twice', async () => {
    await start(engine, '', TWO, CHANGED)
    const published = await scenario.qarion.publish()
    expect(published).toMatchObject({
      status: 'succeeded',
      flows: [result({ flow: 't', published: 4, waiting: 0, waitingDead: 0 })],
    })
    expect(sent(receiver).filter((event) => event.startsWith('a'))).toEqual(['a|1', 'a|2'])
    expect(sent(receiver).toSorted()).toEqual(['a|1', 'a|2', 'b|1', 'b|2'])
    expect(await states(scenario)).toEqual([
      'a|1|published|1',
      'b|1|published|1',
      'a|2|published|1',
      'b|2|published|1',
    ])
    expect(
      await scenario.rows('outbox', ['published_at', 'next_attempt_at', 'last_error']),
    ).toEqual(Array.from({ length: 4 }, () => '2024-05-01T00:00:00Z|∅|∅'))
    expect(await scenario.rows('waiting')).toEqual([])
    expect(await scenario.qarion.publish()).toMatchObject({ status: 'nothing_to_do' })
    expect(receiver.requests.length).toBe(4)
  })

  it('holds back a key whose event is not taken, until it is due again', async () => {
    await start(engine, RETRY, TWO, CHANGED)
    answer = answerByKey({ a: 503 })
    expect(await scenario.qarion.publish()).toMatchObject({
      status: 'partial',
      flows: [result({ published: 2, failed: 1, waiting: 2 })],
    })
    expect(sent(receiver).toSorted()).toEqual(['a|1', 'b|1', 'b|2'])
    const [row = ''] = await scenario.rows('outbox', ['next_attempt_at', 'last_error'], {
      where: "event_key = 'a' and sequence = 1",
    })
    const [nextAttemptAt = '', lastError] = row.split('|')
    const delayMs = Date.parse(nextAttemptAt) - START_MS
    expect(delayMs >= 0 && delayMs <= 10_000).toBe(true)
    expect(lastError).toBe('QRN-WEBHOOK-003 the receiver answered 503')

    answer = accept
    nowMs = START_MS + Math.max(0, delayMs - 1)
    if (delayMs > 0)
      expect(await scenario.qarion.publish()).toMatchObject({ status: 'nothing_to_do' })
    nowMs = START_MS + delayMs
    expect(await scenario.qarion.publish()).toMatchObject({ status: 'succeeded' })
    expect(sent(receiver).slice(3)).toEqual(['a|1', 'a|2'])
    expect(await states(scenario)).toContain('a|1|published|2')
  })

  it('gives up what is refused, and sends it again when told to', async () => {
    await start(engine, '', TWO, CHANGED)
    answer = answerByKey({ a: 422 })
    expect(await scenario.qarion.publish()).toMatchObject({
      status: 'partial',
      flows: [result({ published: 2, dead: 1, waiting: 2, waitingDead: 1 })],
    })
    answer = accept
    // The dead one holds the other back.
    expect(await scenario.qarion.publish()).toMatchObject({
      status: 'nothing_to_do',
      flows: [{ waiting: 2, waitingDead: 1 }],
    })
    expect(await scenario.qarion.publish({ retryDead: true })).toMatchObject({
      status: 'succeeded',
      flows: [result({ published: 2, waiting: 0, waitingDead: 0 })],
    })
    expect(await states(scenario)).toEqual([
      'a|1|published|1',
      'b|1|published|1',
      'a|2|published|1',
      'b|2|published|1',
    ])
  })
})

describe('publishing', () => {
  it('goes on after a dead event where that is declared', async () => {
    await start('sqlite', 'on_dead = "continue"', TWO, CHANGED)
    answer = (_request, response, index) => response.writeHead(index === 0 ? 400 : 204).end()
    await scenario.qarion.publish()
    expect((await states(scenario)).filter((row) => row.includes('dead')).length).toBe(1)
    expect((await states(scenario)).filter((row) => row.includes('published')).length).toBe(3)
  })

  it('gives an event up after its last attempt', async () => {
    await start('sqlite', RETRY, delivery('a,open,1.50,1'))
    answer = answerByKey({ a: 500 })
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      expect(await scenario.qarion.publish()).toMatchObject({ status: 'failed' })
      nowMs += 60_000
    }
    expect(await states(scenario)).toEqual(['a|1|dead|3'])
    expect(await scenario.qarion.publish()).toMatchObject({ status: 'nothing_to_do' })
    expect(receiver.requests.length).toBe(3)
    const told = events.filter(({ type }) => type === 'publish_failed')
    expect(told).toMatchObject([
      { event: 't|1|a|1', attempt: 1, state: 'pending' },
      { attempt: 2, state: 'pending' },
      { attempt: 3, state: 'dead', error: { code: 'QRN-WEBHOOK-003' } },
    ])
    const ids = receiver.requests.map(({ headers }) => headers['webhook-id'])
    expect(new Set(ids)).toEqual(new Set(['t|1|a|1']))
  })

  it('waits as long as the receiver asks', async () => {
    await start('sqlite', RETRY, delivery('a,open,1.50,1'))
    answer = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end()
    await scenario.qarion.publish()
    answer = accept
    nowMs = START_MS + 3_599_000
    expect(await scenario.qarion.publish()).toMatchObject({ status: 'nothing_to_do' })
    nowMs = START_MS + 3_600_000
    expect(await scenario.qarion.publish()).toMatchObject({ status: 'succeeded' })
  })

  it('sends no more events than it may', async () => {
    await start('sqlite', '', TWO, CHANGED)
    expect(await scenario.qarion.publish({ limit: 3 })).toMatchObject({
      status: 'succeeded',
      flows: [result({ published: 3, waiting: 1 })],
    })
    expect(receiver.requests.length).toBe(3)
    await scenario.qarion.publish({ limit: 0 })
    expect(receiver.requests.length).toBe(3)
  })

  it('stops at a receiver that takes nothing, and leaves the others as they were', async () => {
    const keys = Array.from({ length: 60 }, (_, index) => `k${index},open,1.00,1`)
    await start('sqlite', '', delivery(...keys))
    answer = (_request, response) => response.writeHead(404).end()
    expect(await scenario.qarion.publish()).toMatchObject({
      status: 'failed',
      flows: [{ published: 0, error: { code: 'QRN-PUBLISH-003' } }],
    })
    const rows = await states(scenario)
    expect(rows.filter((row) => row.includes('pending|0')).length).toBeGreaterThanOrEqual(36)
    answer = accept
    expect(await scenario.qarion.publish({ retryDead: true })).toMatchObject({
      status: 'succeeded',
      flows: [{ published: 60, waiting: 0 }],
    })
  })

  it('stops at a receiver that has moved, and counts no attempt', async () => {
    await start('sqlite', '', TWO)
    answer = (_request, response) => response.writeHead(301, { location: '/elsewhere' }).end()
    expect(await scenario.qarion.publish()).toMatchObject({
      status: 'failed',
      flows: [{ published: 0, failed: 0, dead: 0, error: { code: 'QRN-WEBHOOK-006' } }],
    })
    expect(await states(scenario)).toEqual(['a|1|pending|0', 'b|1|pending|0'])
  })

  it(
    'goes through more events than a page holds, also of one key',
    { timeout: 60_000 },
    async () => {
      const rows = (amount: number): string =>
        delivery(...Array.from({ length: 450 }, (_, index) => `k${index},open,${amount}.00,1`))
      await start('sqlite', 'concurrency = 32', rows(1), rows(2), rows(3))
      expect(await scenario.qarion.publish()).toMatchObject({
        status: 'succeeded',
        flows: [{ published: 1350, waiting: 0 }],
      })
      const bySequence = Map.groupBy(sent(receiver), (event) => event.split('|')[0])
      for (const [key, own] of bySequence) expect(own).toEqual([1, 2, 3].map((n) => `${key}|${n}`))
      expect(events.some(({ type }) => type === 'publish_progress')).toBe(true)
    },
  )

  it('keeps what was taken when it is interrupted', async () => {
    await start('sqlite', 'concurrency = 1', TWO, CHANGED)
    const controller = new AbortController()
    answer = (request, response, index) => {
      if (index === 2) controller.abort()
      else accept(request, response)
    }
    expect(await scenario.qarion.publish({ signal: controller.signal })).toMatchObject({
      status: 'interrupted',
      flows: [{ published: 2, waiting: 2, error: { code: 'QRN-RUN-011' } }],
    })
    answer = accept
    await scenario.qarion.publish()
    expect(sent(receiver)).toEqual(['a|1', 'a|2', 'b|1', 'b|1', 'b|2'])
  })

  it('does nothing before the flow has run', async () => {
    await start('sqlite')
    expect(await scenario.qarion.publish()).toMatchObject({ status: 'nothing_to_do' })
  })

  it('makes the next change of a key wait for what is not taken', async () => {
    await start('sqlite', RETRY, delivery('a,open,1.50,1'))
    answer = answerByKey({ a: 500 })
    await scenario.qarion.publish()
    await scenario.deliver('d2.csv', delivery('a,paid,1.50,1'))
    await scenario.runOk()
    answer = accept
    nowMs += 3_600_000
    await scenario.qarion.publish()
    expect(sent(receiver)).toEqual(['a|1', 'a|1', 'a|2'])
  })

  it('appends to a file, and writes no event of it again', async () => {
    receiver = await startReceiver()
    scenario = await createScenario({
      engine: 'sqlite',
      flow: outboxFlow({ publish: 'publisher = "ndjson"\npath = "out/events.ndjson"' }),
    })
    await scenario.deliver('d1.csv', TWO)
    await scenario.runOk()
    expect(await scenario.qarion.publish()).toMatchObject({ status: 'succeeded' })
    const text = await readFile(join(scenario.directory, 'out/events.ndjson'), 'utf8')
    expect(text.split('\n').map((line) => line.slice(0, 38))).toEqual([
      '{"specversion":"1.0","id":"t|1|a|1","s',
      '{"specversion":"1.0","id":"t|1|b|1","s',
      '',
    ])
  })
})

describe('definitions', () => {
  const codeOf = async (flow: string, env: Record<string, string> = {}): Promise<unknown> => {
    receiver = await startReceiver()
    Object.assign(process.env, env)
    scenario = await createScenario({ engine: 'sqlite', flow })
    return scenario.qarion.validate().catch((error: unknown) => error)
  }

  it('a flow that makes no events has nobody to publish to', async () => {
    const publish = '[properties.publish]\npublisher = "ndjson"\npath = "x"\n'
    const flow = feedFlow().replace('[properties.load]', `${publish}\n[properties.load]`)
    expect(await codeOf(flow)).toMatchObject({ problems: [{ code: 'QRN-SDK-005' }] })
  })

  it.each([
    ['publisher = "webhok"\nurl = "http://x"', /webhok/],
    ['publisher = "webhook"', /`url` is missing/],
    ['publisher = "webhook"\nurl = "http://x"\nsecret = "abc"', /`secret` is secret/],
    ['publisher = "webhook"\nurl = "http://x"\nretri = { max_attempts = 3 }', /retri/],
    ['publisher = "webhook"\nurl = "http://x"\nretry = { max_attempts = 0 }', /max_attempts/],
    ['publisher = "webhook"\nurl = "http://x"\nretry = { max_delay = "soon" }', /duration/],
    ['publisher = "webhook"\nurl = "http://x"\non_dead = "ignore"', /on_dead/],
  ])('%s', async (publish, message) => {
    const error = (await codeOf(outboxFlow({ publish }))) as { problems: { message: string }[] }
    expect(error.problems.map((problem) => problem.message).join()).toMatch(message)
  })

  it('a flow without a receiver, and none at all', async () => {
    expect(await codeOf(outboxFlow())).toMatchObject({ project: 'scenario' })
    await expect(scenario.qarion.publish({ flows: ['t'] })).rejects.toMatchObject({
      code: 'QRN-PUBLISH-002',
    })
    await expect(scenario.qarion.publish()).rejects.toMatchObject({ code: 'QRN-PUBLISH-001' })
    await expect(scenario.qarion.publish({ flows: ['nope'] })).rejects.toMatchObject({
      code: 'QRN-RUN-001',
    })
  })

  it('an unusable receiver is told when events are published, and a run goes on', async () => {
    receiver = await startReceiver()
    scenario = await createScenario({
      engine: 'sqlite',
      flow: outboxFlow({ publish: 'publisher = "webhook"\nurl = "nowhere"' }),
    })
    await scenario.deliver('d1.csv', TWO)
    await scenario.runOk()
    expect(await scenario.qarion.publish()).toMatchObject({
      status: 'failed',
      flows: [{ error: { code: 'QRN-WEBHOOK-001' }, waiting: 2 }],
    })
  })

  it('secrets are kept out of what is stored and told', async () => {
    const secret = 'a-very-secret-word'
    const publish =
      'publisher = "webhook"\nurl = "http://127.0.0.1:1/"\nsecret = "${env:OUTBOX_TEST_SECRET}"\nheaders = { x-tenant = "${env:OUTBOX_TEST_SECRET}" }'
    await codeOf(outboxFlow({ publish }), { OUTBOX_TEST_SECRET: secret })
    await scenario.deliver('d1.csv', TWO)
    const run = await scenario.runOk()
    const published = await scenario.qarion.publish()
    const plan = await scenario.qarion.plan({ includeStatements: true })
    const { store } = scenario
    const stored = await readFile(join(scenario.directory, store.kind === 'file' ? store.path : ''))
    expect(JSON.stringify([run, published, plan, stored.toString('latin1')])).not.toContain(secret)
    delete process.env['OUTBOX_TEST_SECRET']
  })
})
