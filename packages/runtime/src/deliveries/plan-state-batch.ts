import { createHash } from 'node:crypto'

import { runtimeError } from '../runtime-errors.ts'
import type { State } from '../state/state-records.ts'
import type { DeliveryPlan } from './delivery-plan.ts'
import type { DeliveryOptions } from './plan-deliveries.ts'
import { sourceFingerprint } from './plan-source-batches.ts'

export interface PlanStateBatchRequest {
  readonly flow: string
  /** What the engine remembers of this flow, and of each of those that it reads. */
  readonly state: State
  readonly sources: readonly State[]
  readonly options: DeliveryOptions
}

/**
 * The batch of a flow without deliveries, which looks at the datasets of others as they are now: one for each run, since
 * what it finds depends on the time too. None while a flow that it reads has no batch.
 */
export function planStateBatch(request: PlanStateBatchRequest): DeliveryPlan {
  const { flow, state, sources, options } = request
  if (options.file !== undefined || options.batches !== undefined) {
    throw runtimeError(
      'QRN-RUN-008',
      'usage',
      `flow "${flow}" has no deliveries: each run looks at the datasets that it reads as they are now`,
      { hint: 'Leave --file and --batch out.' },
    )
  }
  const newest = sources.map(({ batches }) => batches.at(-1))
  const records = newest.filter((record) => record !== undefined)
  if (records.length < newest.length)
    return { rebuild: undefined, deliveries: [], refusal: undefined }
  const fingerprint = createHash('sha256')
    .update(JSON.stringify(records.map(sourceFingerprint)))
    .digest('hex')
  return {
    rebuild: undefined,
    refusal: undefined,
    deliveries: [
      {
        files: [],
        batchTime: options.batchTime,
        fingerprint,
        batch: (state.batches.at(-1)?.batch ?? 0) + 1,
        action: 'load',
      },
    ],
  }
}
