import { rowsOf, type EngineSession, type FlowPlan } from '@qarion/core'
import { DataTypes } from '@qarion/core'
import { aggregate, column, defineQuery, equal, filter, from, integer, measure } from '@qarion/plan'

import { catalogOf } from '../state/flow-catalog.ts'

/** Rows per record type that a batch wrote into the flow's change feed, and its rejects; empty for flows without. */
export async function countRecordTypes(
  session: EngineSession,
  plan: FlowPlan,
  batch: number,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const feed = plan.datasets.find((dataset) =>
    dataset.columns.some(({ name }) => name === 'xt_record_type'),
  )
  if (feed === undefined) return counts
  for (const type of ['new', 'changed', 'deleted', 'reinserted']) counts[type] = 0
  const catalog = catalogOf(plan.datasets, undefined, undefined)
  const ofBatch = filter(equal(column('xt_batch_id', DataTypes.integer), integer(batch)))
  const byType = defineQuery('counts', [
    from(feed.id),
    ofBatch,
    aggregate({ groupBy: ['xt_record_type'], measures: [measure('rows', 'count')] }),
  ])
  for await (const part of session.read({ queries: [byType], catalog, parameters: {} })) {
    for (const [type, rows] of rowsOf(part)) counts[type as string] = Number(rows)
  }
  const rejects = plan.dag.nodes.find((node) => node.kind === 'ingest')?.rejects
  if (rejects !== undefined) {
    const rejected = defineQuery('counts', [
      from(rejects),
      ofBatch,
      aggregate({ groupBy: [], measures: [measure('rows', 'count')] }),
    ])
    for await (const part of session.read({ queries: [rejected], catalog, parameters: {} })) {
      for (const [rows] of rowsOf(part)) counts['rejected'] = Number(rows)
    }
  }
  return counts
}
