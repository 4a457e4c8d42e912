import { setTimeout as sleep } from 'node:timers/promises'

import type { Lease, LeaseOwner } from '@qarion/core'

import { polarsError, throwIfAborted } from './polars-errors.ts'

const RETRY_MS = 20

/** The right to write to data of this process: one holder at a time. `takeFence` numbers it. */
export function createMemoryLock(
  takeFence: () => Promise<bigint>,
): (owner: LeaseOwner) => Promise<Lease> {
  let holder: LeaseOwner | undefined
  return async (owner) => {
    const deadline = Date.now() + owner.waitMs
    for (;;) {
      throwIfAborted(owner.signal)
      if (holder === undefined) break
      if (Date.now() >= deadline) {
        throw polarsError('QRN-POLARS-002', `${holder.description} holds the data.`, {
          data: { description: holder.description },
        })
      }
      await sleep(RETRY_MS)
    }
    holder = owner
    try {
      return {
        fence: await takeFence(),
        release: async () => {
          if (holder === owner) holder = undefined
        },
      }
    } catch (thrown) {
      holder = undefined
      throw thrown
    }
  }
}
