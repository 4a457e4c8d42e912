import type { InputFile, QarionError } from '@qarion/core'

import type { BatchRecord } from '../state/state-records.ts'

/** Files that make up one batch, the batch of another flow that is read in their place, or datasets as they are now. */
export interface Delivery {
  readonly files: readonly InputFile[]
  /** Time that is known before loading: stored, given or captured; microseconds. */
  readonly batchTime: bigint | undefined
  readonly source?: BatchRecord
  /** What is looked at, where it is neither files nor a batch. */
  readonly fingerprint?: string
}

/** A batch that a run would load. */
export interface PlannedDelivery extends Delivery {
  readonly batch: number
  /** `resume`: its load is done. */
  readonly action: 'load' | 'resume'
}

/** Batches to take back and apply anew, in one transaction. */
export interface RebuildPlan {
  /** Batch that is only loaded, to be compared with; it is as it was. */
  readonly base: { readonly batch: number; readonly delivery: Delivery } | undefined
  /** First batch that is applied anew. */
  readonly from: number
  readonly deliveries: readonly Delivery[]
}

/** What a run does for one flow. */
export interface DeliveryPlan {
  readonly rebuild: RebuildPlan | undefined
  readonly deliveries: readonly PlannedDelivery[]
  /** Why nothing is run. */
  readonly refusal: QarionError | undefined
}
