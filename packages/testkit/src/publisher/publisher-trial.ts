import { deepStrictEqual } from 'node:assert'

import type { OutboxEvent, Publisher } from '@qarion/core'

import type { MakePublisher } from './publisher-subject.ts'

/** One case's publisher and receiver, with what most cases do in one line. */
export interface PublisherTrial {
  readonly publisher: Publisher
  readonly reopen: () => Promise<Publisher>
  readonly received: () => Promise<readonly OutboxEvent[]>
  /** Throws unless the receiver has these events and no others, in this order where `inOrder`. */
  readonly expectReceived: (events: readonly OutboxEvent[], inOrder?: boolean) => Promise<void>
}

/** An event that differs from others in what is given. */
export function testEvent(changes: Partial<OutboxEvent> = {}): OutboxEvent {
  const { key = 'a', sequence = 1n } = changes
  return {
    id: `t|1|${key}|${sequence}`,
    source: '/raw/t',
    type: 't.new',
    subject: key,
    time: '2024-05-01T06:00:00Z',
    key,
    sequence,
    data: `{"id":${JSON.stringify(key)},"n":${sequence}}`,
    ...changes,
  }
}

/** Makes the publisher, uses it and closes all that was opened. */
export async function withPublisher(
  makePublisher: MakePublisher,
  use: (trial: PublisherTrial) => Promise<void>,
): Promise<void> {
  const subject = await makePublisher()
  const opened = [subject.publisher]
  try {
    await use({
      publisher: subject.publisher,
      received: () => subject.received(),
      reopen: async () => {
        const publisher = await subject.reopen()
        opened.push(publisher)
        return publisher
      },
      expectReceived: async (events, inOrder = true) => {
        const found = (await subject.received()).map(plain)
        const expected = events.map(plain)
        const arranged = (list: typeof found): typeof found =>
          inOrder ? list : list.toSorted(byId)
        deepStrictEqual(arranged(found), arranged(expected))
      },
    })
  } finally {
    for (const publisher of opened) await publisher.close()
    await subject.close()
  }
}

type PlainEvent = Omit<OutboxEvent, 'data'> & { readonly data: unknown }

function plain(event: OutboxEvent): PlainEvent {
  return { ...event, data: JSON.parse(event.data) }
}

function byId(left: PlainEvent, right: PlainEvent): number {
  return left.id < right.id ? -1 : 1
}
