import type { FlowPlan } from '@qarion/core'

import { drawMermaid, type DiagramNode } from './draw-mermaid.ts'
import { planGraph, type PlanGraph, type PlanGraphNode } from './plan-graph.ts'

/** One plan as a Mermaid flowchart. */
export function explainAsMermaid(plan: FlowPlan): string {
  return graphAsMermaid(planGraph([{ flow: plan.dag.flow, plan }]))
}

/**
 * Plans as one Mermaid flowchart, a frame per flow: steps as boxes, datasets as cylinders, arrows in the direction of the
 * data. Internal datasets are left out; a step that waits for another without taking anything that is shown has a dotted
 * arrow.
 */
export function graphAsMermaid({ nodes, edges }: PlanGraph): string {
  const shown = nodes.filter((node) => node.kind !== 'dataset' || !node.isInternal)
  const ids = new Set(shown.map(({ id }) => id))
  const takers = new Map<string, Set<string>>()
  for (const { from, kind, to } of edges) {
    if (kind !== 'data' || !ids.has(from)) continue
    const known = takers.get(from)
    if (known === undefined) takers.set(from, new Set([to]))
    else known.add(to)
  }
  const takesFrom = (step: string, other: string): boolean =>
    [...(takers.get(other) ?? [])].some((given) => takers.get(given)?.has(step))
  return drawMermaid({
    nodes: shown.map(drawn),
    edges: edges
      .filter(({ from, to, kind }) => kind === 'data' || !takesFrom(to, from))
      .map(({ from, to, kind }) => ({ from, to, isDotted: kind === 'order' })),
  })
}

function drawn(node: PlanGraphNode): DiagramNode {
  const { flow, id } = node
  const group = flow === undefined ? {} : { group: flow }
  switch (node.kind) {
    case 'input':
      return { id, ...group, label: node.name, shape: 'round' }
    case 'step':
      return { id, ...group, label: node.title, shape: 'box' }
    case 'files':
      return { id, ...group, label: node.path, shape: 'round' }
    case 'dataset':
      return {
        id,
        ...group,
        label: node.dataset,
        shape: node.storage === 'view' ? 'slanted' : 'cylinder',
      }
  }
}
