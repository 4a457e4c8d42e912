import type { EngineSession } from '@qarion/core'

import type { DeliveryOptions } from '../deliveries/plan-deliveries.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { readState } from '../state/read-state.ts'
import { stateOfFlow, type State } from '../state/state-records.ts'
import { readTaskRecords, type TaskRecord } from '../state/task-records.ts'

/** The batch that a run of a flow of tasks makes or goes on with. */
export interface TaskBatch {
  readonly batch: number
  /** Of a batch that an earlier run began. */
  readonly batchTime: bigint | undefined
  readonly isResumed: boolean
  /** What is known of its tasks. */
  readonly records: readonly TaskRecord[]
  /** What is known of tasks of earlier batches, oldest first. */
  readonly earlier: readonly TaskRecord[]
  readonly state: State
}

/** Which batch a run would make. Throws QRN-RUN-019 for what flows of tasks do not have. */
export async function planTaskBatch(
  session: EngineSession,
  { definition: { id } }: RunnableFlow,
  options: DeliveryOptions,
): Promise<TaskBatch> {
  if (options.batches !== undefined || options.file !== undefined || options.isCascade) {
    throw runtimeError(
      'QRN-RUN-019',
      'usage',
      `flow "${id}" consists of tasks, and each run of it is a batch of its own`,
    )
  }
  const state = stateOfFlow(await readState(session), id)
  const records = await readTaskRecords(session, id)
  const newest = state.batches.at(-1)?.batch ?? 0
  const batch = newest + 1
  const begun = state.steps.find((step) => step.batch === batch)
  return {
    batch,
    batchTime: begun?.batchTime,
    isResumed: records.some((record) => record.batch === batch),
    records: records.filter((record) => record.batch === batch),
    earlier: records.filter((record) => record.batch < batch),
    state,
  }
}
