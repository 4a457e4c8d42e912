import { receivedEvent, startReceiver } from '@qarion/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ENGINE_IDS, withScenario, type EngineId } from '../src/index.ts'
import { runsOn } from './delivery-histories.ts'
import { delivery, outboxFlow } from './outbox-support.ts'

const KEYS = ['a', 'b', 'c', 'é']

/** Deliveries by the amount of each key, `null` where it is absent; how requests are answered, one after the other. */
const histories = fc.record({
  deliveries: fc.array(fc.tuple(...KEYS.map(() => fc.constantFrom(null, '1.00', '2.00', '3.00'))), {
    minLength: 1,
    maxLength: 4,
  }),
  answers: fc.array(fc.constantFrom(204, 204, 204, 503, 429, 422), { maxLength: 30 }),
})

describe.each(ENGINE_IDS)('%s', (engine: EngineId) => {
  it(
    'every change is delivered in the end, in key order, under one id over all attempts',
    { timeout: 240_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(histories, async ({ deliveries, answers }) => {
          const left = [...answers]
          const accepted: ReturnType<typeof receivedEvent>[] = []
          const ids = new Map<string, Set<string>>()
          const receiver = await startReceiver((request, response) => {
            const event = receivedEvent(request)
            const name = `${event.key}|${event.sequence}`
            ids.set(name, (ids.get(name) ?? new Set()).add(event.id))
            const status = left.shift() ?? 204
            if (status === 204) accepted.push(event)
            response.writeHead(status).end()
          })
          let nowMs = Date.UTC(2024, 4, 1)
          try {
            await withScenario(
              {
                engine,
                nowMs: () => nowMs,
                flow: outboxFlow({
                  publish: `publisher = "webhook"\nurl = "${receiver.url}"\nretry = { max_attempts = 3 }`,
                }),
              },
              async (scenario) => {
                for (const [index, amounts] of deliveries.entries()) {
                  const rows = KEYS.flatMap((key, at) =>
                    amounts[at] === null ? [] : [`${key},open,${amounts[at]},1`],
                  )
                  await scenario.deliver(`d${index + 1}.csv`, delivery(...rows))
                  await scenario.runOk()
                  await scenario.qarion.publish()
                  nowMs += 86_400_000
                }
                left.length = 0
                const last = await scenario.qarion.publish({ retryDead: true })
                expect(last.flows[0]).toMatchObject({ waiting: 0, waitingDead: 0, failed: 0 })

                const made = await scenario.rows('outbox', ['event_key', 'sequence', 'state'])
                expect(made.every((row) => row.endsWith('|published'))).toBe(true)
                for (const key of KEYS) {
                  const own = made.filter((row) => row.startsWith(`${key}|`)).length
                  expect(
                    accepted.filter((event) => event.key === key).map(({ sequence }) => sequence),
                  ).toEqual(Array.from({ length: own }, (_, at) => BigInt(at + 1)))
                }
                expect([...ids.values()].every(({ size }) => size === 1)).toBe(true)
              },
            )
          } finally {
            await receiver.close()
          }
        }),
        runsOn(engine),
      )
    },
  )
})
