import type { DatasetId } from '@qarion/core'

import { datasetsOfQueries } from '../visit/references.ts'
import { exportId, type LineageFlow } from './trace-flow.ts'

/** What a flow declares and writes: its datasets, and its exports under the names that lineage gives them. */
export function idsOf({ flow, plan }: LineageFlow): readonly DatasetId[] {
  return [
    ...plan.datasets.map(({ id }) => id),
    ...plan.dag.nodes.filter(({ kind }) => kind === 'export').map(({ id }) => exportId(flow, id)),
  ]
}

/** The flow itself and all that read its datasets, over all steps, nearest first. */
export function flowsReading(
  flow: LineageFlow,
  flows: readonly LineageFlow[],
): readonly LineageFlow[] {
  const readers = new Map<DatasetId, LineageFlow[]>()
  for (const other of flows) {
    for (const id of new Set(readsOf(other))) {
      const known = readers.get(id)
      if (known === undefined) readers.set(id, [other])
      else known.push(other)
    }
  }
  const reached = new Set([flow])
  // A set is walked in the order in which it grows.
  for (const next of reached) {
    for (const id of idsOf(next)) for (const reader of readers.get(id) ?? []) reached.add(reader)
  }
  return [...reached]
}

function readsOf({ plan }: LineageFlow): readonly DatasetId[] {
  return [
    ...plan.dag.nodes.flatMap(({ reads }) => reads),
    ...plan.datasets.flatMap(({ storage }) =>
      storage.kind === 'view' ? datasetsOfQueries(storage.queries) : [],
    ),
  ]
}
