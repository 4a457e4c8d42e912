import assert from 'node:assert/strict'

import type { OutboxEvent } from '@qarion/core'

import { testEvent, type PublisherTrial } from '../publisher-trial.ts'

type OddKey =
  | 'quotes'
  | 'line breaks and blanks'
  | 'characters beyond Latin'
  | 'control characters'
  | 'a long text'

export type DeliveryCaseName =
  | 'event/with all attributes'
  | `event/whose key holds ${OddKey}`
  | 'event/without a key text'
  | 'data/stands as it is'
  | 'data/of a megabyte'
  | 'order/of one key'
  | 'order/of many keys at the same time'
  | 'again/the same event is taken and keeps its id'
  | 'again/what came before a crash stays'

const NO_SIGNAL: AbortSignal = new AbortController().signal

type Case = (trial: PublisherTrial) => Promise<void>

const ODD_KEYS: Readonly<Record<OddKey, string>> = {
  quotes: '"\\\'`%s ${x} {{ y }} %22',
  'line breaks and blanks': ' a\nb\r\nc\td ',
  'characters beyond Latin': 'é e\u0301 ß 漢字 😀',
  'control characters': '\u0001\u001f\u007f',
  'a long text': 'x'.repeat(500),
}

/** What comes out of a publisher, and how often. */
export const DELIVERY_CASES: Readonly<Record<DeliveryCaseName, Case>> = {
  'event/with all attributes': async ({ publisher, expectReceived }) => {
    const event = testEvent({
      id: 't|3|a|2',
      source: 'https://shop.example/orders',
      type: 'com.example.order.changed',
      time: '9999-12-31T23:59:59.999999Z',
      sequence: 9_223_372_036_854_775_807n,
    })
    await publisher.publish(event, NO_SIGNAL)
    await expectReceived([event])
  },
  'event/whose key holds quotes': withKey('quotes'),
  'event/whose key holds line breaks and blanks': withKey('line breaks and blanks'),
  'event/whose key holds characters beyond Latin': withKey('characters beyond Latin'),
  'event/whose key holds control characters': withKey('control characters'),
  'event/whose key holds a long text': withKey('a long text'),
  'event/without a key text': async ({ publisher, expectReceived }) => {
    const event = testEvent({ key: '' })
    await publisher.publish(event, NO_SIGNAL)
    await expectReceived([event])
  },
  'data/stands as it is': async ({ publisher, expectReceived }) => {
    const event = testEvent({
      data: '{"a":"9007199254740993","b":["1.50",null,true],"c":{"é":"\\u0001"},"d":"</script>"}',
    })
    await publisher.publish(event, NO_SIGNAL)
    await expectReceived([event])
  },
  'data/of a megabyte': async ({ publisher, expectReceived }) => {
    const event = testEvent({ data: JSON.stringify({ text: 'é'.repeat(500_000) }) })
    await publisher.publish(event, NO_SIGNAL)
    await expectReceived([event])
  },
  'order/of one key': async ({ publisher, expectReceived }) => {
    const events = Array.from({ length: 25 }, (_, index) =>
      testEvent({ sequence: BigInt(index + 1) }),
    )
    for (const event of events) await publisher.publish(event, NO_SIGNAL)
    await expectReceived(events)
  },
  'order/of many keys at the same time': async ({ publisher, expectReceived }) => {
    const keys = Array.from({ length: Math.min(16, publisher.concurrency) }, (_, key) => `k${key}`)
    const events = keys.map((key) => [1n, 2n, 3n].map((sequence) => testEvent({ key, sequence })))
    await Promise.all(
      events.map(async (ofKey) => {
        for (const event of ofKey) await publisher.publish(event, NO_SIGNAL)
      }),
    )
    await expectReceived(events.flat(), false)
  },
  'again/the same event is taken and keeps its id': async (trial) => {
    const event = testEvent()
    await trial.publisher.publish(event, NO_SIGNAL)
    const reopened = await trial.reopen()
    await reopened.publish(event, NO_SIGNAL)
    await expectOnly(trial, [event])
  },
  'again/what came before a crash stays': async (trial) => {
    const [first, second] = [testEvent(), testEvent({ sequence: 2n })]
    await trial.publisher.publish(first, NO_SIGNAL)
    const reopened = await trial.reopen()
    await reopened.publish(second, NO_SIGNAL)
    await trial.expectReceived([first, second])
  },
}

function withKey(name: OddKey): Case {
  return async ({ publisher, expectReceived }) => {
    const event = testEvent({ key: ODD_KEYS[name] })
    await publisher.publish(event, NO_SIGNAL)
    await expectReceived([event])
  }
}

/** Once or more often: who is told twice knows it by the id. */
async function expectOnly(trial: PublisherTrial, events: readonly OutboxEvent[]): Promise<void> {
  const ids = new Set((await trial.received()).map(({ id }) => id))
  assert.deepEqual(
    [...ids],
    events.map(({ id }) => id),
  )
}
