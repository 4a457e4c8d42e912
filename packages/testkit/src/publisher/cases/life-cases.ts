import assert from 'node:assert/strict'

import { expectError } from '../../suite/expect.ts'
import { testEvent, type PublisherTrial } from '../publisher-trial.ts'

export type LifeCaseName =
  | 'concurrency/is a whole number from 1'
  | 'cancel/before an event is sent'
  | 'cancel/of one leaves the next'
  | 'close/without an event'

/** What else is promised of a publisher. */
export const LIFE_CASES: Readonly<Record<LifeCaseName, (trial: PublisherTrial) => Promise<void>>> =
  {
    'concurrency/is a whole number from 1': async ({ publisher }) => {
      assert.ok(Number.isSafeInteger(publisher.concurrency) && publisher.concurrency >= 1)
    },
    'cancel/before an event is sent': async ({ publisher, received }) => {
      await expectError(() => publisher.publish(testEvent(), AbortSignal.abort()), {
        reason: 'interrupted',
      })
      assert.deepEqual(await received(), [])
    },
    'cancel/of one leaves the next': async ({ publisher, expectReceived }) => {
      await expectError(() => publisher.publish(testEvent(), AbortSignal.abort()))
      const next = testEvent({ key: 'b' })
      await publisher.publish(next, new AbortController().signal)
      await expectReceived([next])
    },
    'close/without an event': async ({ reopen, received }) => {
      const unused = await reopen()
      await unused.close()
      assert.deepEqual(await received(), [])
    },
  }
