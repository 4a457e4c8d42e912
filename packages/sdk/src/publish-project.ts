import {
  isPublishable,
  publishFlows,
  requirePublishable,
  runtimeError,
  type PublishableFlow,
} from '@qarion/runtime'

import type { OpenProject } from './open-project.ts'
import type { PublishRequest, PublishResult, QarionOptions } from './qarion.ts'
import { selectFlows } from './select-flows.ts'

/** Sends the due events of the selected flows; of all that say who gets theirs, if none is selected. */
export async function publishProject(
  options: QarionOptions,
  project: OpenProject,
  request: PublishRequest,
  signal: AbortSignal,
): Promise<PublishResult> {
  const flows = publishableFlows(project, request)
  return publishFlows({
    engine: await project.engine(),
    flows,
    environment: project.loaded.project.environment,
    options: {
      ...(request.limit === undefined ? {} : { limit: request.limit }),
      isRetryingDead: request.retryDead === true,
    },
    waitMs: request.waitMs ?? 0,
    command: request.command ?? `publish ${flows.map(({ definition }) => definition.id).join(' ')}`,
    signal: request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]),
    onEvent: (event) => options.onEvent?.(event),
    ...(options.nowMs === undefined ? {} : { nowMs: options.nowMs }),
  })
}

function publishableFlows(
  { flows }: OpenProject,
  request: PublishRequest,
): readonly PublishableFlow[] {
  const selected = selectFlows(flows, request)
  // Flows that are named one by one are meant; a pattern or tag takes those along that have no events.
  const named = new Set(request.flows)
  const meant = selected.filter((flow) => isPublishable(flow) || named.has(flow.definition.id))
  if (meant.length > 0) return meant.map(requirePublishable)
  throw runtimeError('QRN-PUBLISH-001', 'usage', 'no flow that is selected publishes events', {
    hint: 'Declare a flow of the type outbox with [properties.publish].',
  })
}
