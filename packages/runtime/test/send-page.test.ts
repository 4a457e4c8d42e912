import { QarionError, type OutboxEvent } from '@qarion/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import type { EventResult } from '../src/publish/mark-events.ts'
import { sendPage, type PageContext } from '../src/publish/send-page.ts'
import type { WaitingEvent } from '../src/publish/waiting-event.ts'

type Fate = 'taken' | 'later' | 'refused' | 'dead' | 'not due'

const NOW_MS = 1_000_000

function waitingEvent(key: string, sequence: number, fate: Fate): WaitingEvent {
  const event: OutboxEvent = {
    id: `${key}|${sequence}`,
    source: '/s',
    type: 't.new',
    subject: key,
    time: '2024-01-01T00:00:00Z',
    key,
    sequence: BigInt(sequence),
    data: '{}',
  }
  return {
    event,
    state: fate === 'dead' ? 'dead' : 'pending',
    attempts: 0,
    nextAttemptAtMs: fate === 'not due' ? NOW_MS + 1 : 0,
    batch: 1n,
    revision: 1n,
  }
}

/** Events of keys in order, each with what comes of it. */
const pages = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 })
  .chain((keys) =>
    fc.tuple(
      ...keys.toSorted().map((key) =>
        fc
          .array(fc.constantFrom<Fate>('taken', 'taken', 'later', 'refused', 'dead', 'not due'), {
            minLength: 1,
            maxLength: 5,
          })
          .map((fates) => ({ key, fates })),
      ),
    ),
  )

interface Outcome {
  readonly sent: readonly string[]
  readonly results: readonly EventResult[]
  readonly held: ReadonlySet<string>
  readonly mostAtOnce: number
}

async function send(
  page: readonly { readonly key: string; readonly fates: readonly Fate[] }[],
  onDead: 'block_key' | 'continue',
  concurrency: number,
  changes: Partial<PageContext> = {},
): Promise<Outcome> {
  const fates = new Map<string, Fate>()
  const events = page.flatMap(({ key, fates: ofKey }) =>
    ofKey.map((fate, index) => {
      fates.set(`${key}|${index + 1}`, fate)
      return waitingEvent(key, index + 1, fate)
    }),
  )
  const sent: string[] = []
  const results: EventResult[] = []
  const underWay = new Set<string>()
  let mostAtOnce = 0
  const held = await sendPage(
    {
      flow: 't',
      publisher: {
        concurrency,
        async publish({ id, key }) {
          if (underWay.has(key)) throw new Error(`two events of ${key} at the same time`)
          underWay.add(key)
          mostAtOnce = Math.max(mostAtOnce, underWay.size)
          sent.push(id)
          await new Promise((resolve) => setImmediate(resolve))
          underWay.delete(key)
          const fate = fates.get(id)
          if (fate === 'later') throw new QarionError('QRN-TEST-001', 'connection', 'not now')
          if (fate === 'refused') throw new QarionError('QRN-TEST-002', 'data', 'never')
        },
        close: async () => {},
      },
      settings: { retry: { maxAttempts: 5, initialDelayMs: 100, maxDelayMs: 1000 }, onDead },
      nowMs: () => NOW_MS,
      random: () => 0.5,
      signal: new AbortController().signal,
      emit: () => {},
      mayGoOn: () => true,
      onAttempt: () => {},
      onResult: async (result) => void results.push(result),
      ...changes,
    },
    events,
  )
  return { sent, results, held, mostAtOnce }
}

/** What should be sent of a key, and whether the rest of it has to wait. */
function expectedOf(
  fates: readonly Fate[],
  onDead: 'block_key' | 'continue',
): { sequences: number[]; isHeld: boolean } {
  const sequences: number[] = []
  for (const [index, fate] of fates.entries()) {
    if (fate === 'not due') return { sequences, isHeld: true }
    if (fate === 'dead') {
      if (onDead === 'block_key') return { sequences, isHeld: true }
      continue
    }
    sequences.push(index + 1)
    if (fate === 'later' || (fate === 'refused' && onDead === 'block_key'))
      return { sequences, isHeld: true }
  }
  return { sequences, isHeld: false }
}

describe('a page of events', () => {
  it('is sent in order by key, not beyond what holds the key, never two of a key at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        pages,
        fc.constantFrom('block_key' as const, 'continue' as const),
        fc.integer({ min: 1, max: 4 }),
        async (page, onDead, concurrency) => {
          const { sent, results, held, mostAtOnce } = await send(page, onDead, concurrency)
          for (const { key, fates } of page) {
            const { sequences, isHeld } = expectedOf(fates, onDead)
            expect(sent.filter((id) => id.startsWith(key))).toEqual(
              sequences.map((sequence) => `${key}|${sequence}`),
            )
            expect(held.has(key)).toBe(isHeld)
          }
          expect(mostAtOnce).toBeLessThanOrEqual(concurrency)
          expect(results.map(({ waiting }) => waiting.event.id).toSorted()).toEqual(sent.toSorted())
        },
      ),
      { numRuns: 200 },
    )
  })

  it('uses all that the publisher takes at the same time', async () => {
    const page = ['a', 'b', 'c', 'd'].map((key) => ({ key, fates: ['taken', 'taken'] as const }))
    expect((await send(page, 'block_key', 3)).mostAtOnce).toBe(3)
  })

  it('says what came of each event', async () => {
    const { results } = await send(
      [
        { key: 'a', fates: ['taken'] },
        { key: 'b', fates: ['later'] },
        { key: 'c', fates: ['refused'] },
      ],
      'block_key',
      1,
    )
    expect(results.map(({ waiting: _waiting, ...result }) => result)).toEqual([
      { state: 'published', attempts: 1, publishedAtMs: NOW_MS },
      {
        state: 'pending',
        attempts: 1,
        nextAttemptAtMs: NOW_MS + 50,
        lastError: 'QRN-TEST-001 not now',
      },
      { state: 'dead', attempts: 1, lastError: 'QRN-TEST-002 never' },
    ])
  })

  it('ends at what says nothing of an event, once nothing is under way', async () => {
    let finished = 0
    const publisher: PageContext['publisher'] = {
      concurrency: 2,
      async publish({ key }) {
        await new Promise((resolve) => setImmediate(resolve))
        if (key === 'a') throw new QarionError('QRN-TEST-003', 'configuration', 'wrong address')
        finished += 1
      },
      close: async () => {},
    }
    const page = ['a', 'b', 'c'].map((key) => ({ key, fates: ['taken', 'taken'] as const }))
    await expect(send(page, 'block_key', 2, { publisher })).rejects.toMatchObject({
      code: 'QRN-TEST-003',
    })
    expect(finished).toBe(1)
  })
})
