import type { FlowDefinition, FlowOutbox, FlowPlan, PublishDefinition } from '@qarion/core'

import type { PublishSurroundings, RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'

/** A flow whose events can be published. */
export type PublishableFlow = RunnableFlow & {
  readonly definition: FlowDefinition & { readonly publish: PublishDefinition }
  readonly plan: FlowPlan & { readonly outbox: FlowOutbox }
  readonly publish: PublishSurroundings
}

export function isPublishable(flow: RunnableFlow): flow is PublishableFlow {
  return (
    flow.plan.outbox !== undefined &&
    flow.definition.publish !== undefined &&
    flow.publish !== undefined
  )
}

/** The flow, or why its events cannot be published. */
export function requirePublishable(flow: RunnableFlow): PublishableFlow {
  if (isPublishable(flow)) return flow
  const { id, file } = flow.definition
  const place = file === undefined ? {} : { place: { file } }
  throw flow.plan.outbox === undefined
    ? runtimeError('QRN-PUBLISH-001', 'usage', `flow "${id}" makes no events`, place)
    : runtimeError(
        'QRN-PUBLISH-002',
        'usage',
        `flow "${id}" does not say who gets its events`,
        place,
      )
}
