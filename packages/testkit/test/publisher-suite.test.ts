import { QarionError, type OutboxEvent } from '@qarion/core'
import { publisherSuite, type PublisherSubject } from '@qarion/testkit'
import { describe, expect, it } from 'vitest'

import { createRecorder, failuresOf } from './support/recorder.ts'

type Fault =
  | 'forgets a key'
  | 'reads numbers of the data'
  | 'gives each event a new id'
  | 'turns the order round'
  | 'ignores the signal'
  | 'forgets what came before'

/** A publisher to a list, with a fault on purpose if asked. */
function listPublisher(fault?: Fault): () => Promise<PublisherSubject> {
  return async () => {
    let received: OutboxEvent[] = []
    let count = 0
    const make = (): PublisherSubject['publisher'] => ({
      concurrency: 8,
      async publish(event, signal) {
        if (signal.aborted && fault !== 'ignores the signal')
          throw new QarionError('QRN-TEST-001', 'interrupted', 'cancelled')
        count += 1
        const spoilt = spoil(event, count, fault)
        if (fault === 'turns the order round') received.unshift(spoilt)
        else received.push(spoilt)
      },
      close: async () => {},
    })
    return {
      publisher: make(),
      received: async () => received,
      reopen: async () => {
        if (fault === 'forgets what came before') received = []
        return make()
      },
      close: async () => {},
    }
  }
}

function spoil(event: OutboxEvent, count: number, fault: Fault | undefined): OutboxEvent {
  switch (fault) {
    case 'forgets a key':
      return { ...event, key: '' }
    case 'reads numbers of the data':
      return { ...event, data: JSON.stringify(JSON.parse(event.data)).replaceAll('"900', '900') }
    case 'gives each event a new id':
      return { ...event, id: `${event.id}#${count}` }
    default:
      return event
  }
}

describe('a publisher to a list', () => {
  publisherSuite(it, listPublisher())
})

describe('the suite of publishers', () => {
  it.each([
    ['forgets a key', 'event/with all attributes'],
    ['reads numbers of the data', 'data/stands as it is'],
    ['gives each event a new id', 'again/the same event is taken and keeps its id'],
    ['turns the order round', 'order/of one key'],
    ['ignores the signal', 'cancel/before an event is sent'],
    ['forgets what came before', 'again/what came before a crash stays'],
  ] as const)('notices one that %s: %s', async (fault, expected) => {
    const recorder = createRecorder()
    publisherSuite(recorder.it, listPublisher(fault))
    expect(failuresOf(await recorder.run(expected))).toEqual([expected])
  })
})
