import type { LoadedProject } from '@qarion/config'
import { QarionError, type TaskNode } from '@qarion/core'
import { suggestName } from '@qarion/plan'
import { triggeredFlows, type RunnableFlow } from '@qarion/runtime'

/** Throws QRN-SDK-006 where a task runs a flow that is not there, QRN-SDK-007 where flows run each other in a circle. */
export function checkTriggers(loaded: LoadedProject, flows: readonly RunnableFlow[]): void {
  const byId = new Map(flows.map((flow) => [flow.definition.id, flow]))
  for (const { definition, plan } of flows) {
    for (const node of plan.dag.nodes) {
      if (node.kind !== 'task' || node.triggers === undefined || byId.has(node.triggers)) continue
      throw triggerError(loaded, definition.id, node, 'QRN-SDK-006', {
        message: `runs "${node.triggers}", and there is no such flow`,
        hint: suggestName(node.triggers, [...byId.keys()], 'flows'),
      })
    }
  }
  for (const flow of flows) {
    const circle = circleFrom(flow, byId, [])
    if (circle === undefined) continue
    const node = flow.plan.dag.nodes.find(
      (other) => other.kind === 'task' && other.triggers === circle[1],
    ) as TaskNode
    throw triggerError(loaded, flow.definition.id, node, 'QRN-SDK-007', {
      message: `flows run each other in a circle: ${circle.join(' → ')}`,
      hint: 'Remove one of the tasks.',
    })
  }
}

function triggerError(
  loaded: LoadedProject,
  flow: string,
  node: TaskNode,
  code: 'QRN-SDK-006' | 'QRN-SDK-007',
  { message, hint }: { readonly message: string; readonly hint: string },
): QarionError {
  const definition = loaded.flows.find(({ id }) => id === flow)
  const index = definition?.tasks?.findIndex(({ id }) => id === node.id) ?? 0
  const place = loaded.locate(flow, ['tasks', index, 'properties', 'target_flow_id'])
  return new QarionError(code, 'configuration', `flow "${flow}": task "${node.id}": ${message}`, {
    hint,
    ...(place === undefined ? {} : { place }),
  })
}

/** Ids of flows on the way back to the first of them, which stands at both ends. */
function circleFrom(
  flow: RunnableFlow,
  byId: ReadonlyMap<string, RunnableFlow>,
  way: readonly string[],
): readonly string[] | undefined {
  const { id } = flow.definition
  if (way[0] === id) return [...way, id]
  // A circle that does not lead back to the first flow is found from a flow that is on it.
  if (way.includes(id)) return undefined
  for (const next of triggeredFlows(flow)) {
    const found = byId.get(next)
    const circle = found && circleFrom(found, byId, [...way, id])
    if (circle !== undefined) return circle
  }
  return undefined
}
