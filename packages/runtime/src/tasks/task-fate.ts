import type { DagNode, TaskOutcome } from '@qarion/core'

/** What came of the steps so far, by id. */
export type Outcomes = ReadonlyMap<string, TaskOutcome>

/**
 * Whether a step runs, once all that it depends on are settled: docs/semantics.md, "standard". It does not where one of
 * them failed and it does not ask for failures, where all of them were skipped, or where it is in a branch and none of its
 * branches was chosen.
 */
export function isToRun(node: DagNode, nodes: readonly DagNode[], outcomes: Outcomes): boolean {
  const asks = node.kind === 'task' ? node.asks : []
  const before = node.dependsOn.map((id) => ({ id, status: outcomes.get(id)?.status }))
  if (before.some(({ id, status }) => status === 'failed' && !asks.includes(id))) return false
  if (before.length > 0 && before.every(({ status }) => status === 'skipped')) return false
  const choices = nodes.flatMap((other) =>
    other.kind === 'task' && other.branches !== undefined
      ? Object.entries(other.branches)
          .filter(([, ids]) => ids.includes(node.id))
          .map(([branch]) => outcomes.get(other.id)?.branch === branch)
      : [],
  )
  return choices.length === 0 || choices.includes(true)
}

/** Ids of steps that failed and whose failure no step that ran has asked for. */
export function unhandledFailures(
  nodes: readonly DagNode[],
  outcomes: Outcomes,
): readonly string[] {
  const handled = new Set(
    nodes.flatMap((node) =>
      node.kind === 'task' && outcomes.get(node.id)?.status === 'succeeded' ? node.asks : [],
    ),
  )
  return nodes
    .map(({ id }) => id)
    .filter((id) => outcomes.get(id)?.status === 'failed' && !handled.has(id))
}
