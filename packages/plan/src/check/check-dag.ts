import type { DagNode, FlowDag } from '@qarion/core'

import { planError } from '../plan-errors.ts'
import { suggestName } from '../suggest.ts'

/** Throws QRN-PLAN-007, -014 or -013: ids are unique, dependencies known, and no step depends on itself in the end. */
export function checkDag(dag: FlowDag): void {
  const nodes = new Map<string, DagNode>()
  for (const node of dag.nodes) {
    if (nodes.has(node.id))
      throw planError('QRN-PLAN-007', `The flow ${dag.flow} has two steps ${node.id}.`)
    nodes.set(node.id, node)
  }
  for (const node of dag.nodes) {
    for (const id of node.dependsOn) {
      if (nodes.has(id)) continue
      throw planError(
        'QRN-PLAN-014',
        `The step ${node.id} depends on ${id}, which the flow ${dag.flow} has not.`,
        suggestName(id, [...nodes.keys()], 'steps'),
      )
    }
  }
  const circle = findCircle(nodes)
  if (circle !== undefined) {
    throw planError(
      'QRN-PLAN-013',
      `Steps of the flow ${dag.flow} depend on each other: ${circle.join(' → ')}.`,
    )
  }
}

/** The steps so that each stands after those it depends on; among equals in the order they were given. */
export function orderNodes(dag: FlowDag): readonly DagNode[] {
  const done = new Set<string>()
  const ordered: DagNode[] = []
  let waiting = [...dag.nodes]
  while (waiting.length > 0) {
    const next = waiting.find((node) => node.dependsOn.every((id) => done.has(id)))
    if (next === undefined) {
      checkDag(dag)
      break
    }
    done.add(next.id)
    ordered.push(next)
    waiting = waiting.filter((node) => node !== next)
  }
  return ordered
}

/** Ids along a circle, the first one again at the end. Walks with a stack of its own: flows may be long. */
function findCircle(nodes: ReadonlyMap<string, DagNode>): readonly string[] | undefined {
  const finished = new Set<string>()
  for (const start of nodes.keys()) {
    const path: { readonly id: string; next: number }[] = [{ id: start, next: 0 }]
    const onPath = new Set([start])
    while (!finished.has(start)) {
      const top = path.at(-1)
      if (top === undefined) break
      const id = nodes.get(top.id)?.dependsOn[top.next]
      top.next += 1
      if (id === undefined) {
        finished.add(top.id)
        onPath.delete(top.id)
        path.pop()
      } else if (onPath.has(id)) {
        const ids = path.map((step) => step.id)
        return [...ids.slice(ids.indexOf(id)), id]
      } else if (!finished.has(id)) {
        path.push({ id, next: 0 })
        onPath.add(id)
      }
    }
  }
  return undefined
}
