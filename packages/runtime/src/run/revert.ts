import { type Operation, variableValues } from '@qarion/core'

import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { catalogOf, newestViews } from '../state/flow-catalog.ts'
import { readState } from '../state/read-state.ts'
import { STATE_DATASETS } from '../state/state-datasets.ts'
import { stateOfFlow } from '../state/state-records.ts'
import { forgetBatch } from '../state/write-state.ts'
import { createTables, createViews, transformNodes } from '../steps/batch-operations.ts'
import { cleanUp } from './clean-up.ts'
import { commitUnit } from './commit.ts'
import type { RunContext } from './run-context.ts'

/** Takes what a batch wrote back and forgets the batch; its own tables are dropped by `cleanUp`. */
export function revertOperations(flow: RunnableFlow, batch: number): Operation[] {
  if (flow.plan.revert === undefined) throw appendOnlyError(flow)
  const catalog = catalogOf(readableDatasets(flow), undefined, undefined)
  return [
    ...flow.plan.revert.map((instruction): Operation => ({
      kind: 'instruction',
      instruction,
      catalog,
      parameters: { ...variableValues(flow.definition), batch_id: BigInt(batch) },
    })),
    ...Object.values(STATE_DATASETS).map((dataset) =>
      forgetBatch(dataset, flow.definition.id, batch),
    ),
  ]
}

function appendOnlyError({ definition }: RunnableFlow): Error {
  return runtimeError(
    'QRN-RUN-010',
    'usage',
    `flow "${definition.id}" is append-only; a batch cannot be taken back`,
  )
}

/** Takes the newest batch of a flow back: afterwards all is as before it. Gives the batch's number. */
export async function revertNewest(context: RunContext, flow: RunnableFlow): Promise<number> {
  const state = stateOfFlow(await readState(context.session), flow.definition.id)
  const newest = state.batches.at(-1)
  if (transformNodes(flow.plan).some(({ rebuild }) => rebuild !== undefined))
    throw appendOnlyError(flow)
  if (newest === undefined)
    throw runtimeError(
      'QRN-RUN-010',
      'usage',
      `flow "${flow.definition.id}" has no batch to take back`,
    )
  await commitUnit(
    context,
    { flow: flow.definition.id, batch: newest.batch, step: 'revert' },
    () => [
      ...createTables(flow.plan),
      ...revertOperations(flow, newest.batch),
      ...createViews(flow, ...newestViews(state.batches.slice(0, -1), state)),
    ],
  )
  context.emit({ type: 'batch_reverted', flow: flow.definition.id, batch: newest.batch })
  await cleanUp(context, flow)
  await context.session.checkpoint()
  return newest.batch
}
