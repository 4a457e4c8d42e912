import { DataTypes, rowsOf, type EngineSession, type Query } from '@qarion/core'
import {
  aggregate,
  column,
  defineQuery,
  equal,
  filter,
  from,
  integer,
  measure,
  named,
  select,
  text,
} from '@qarion/plan'

import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import { catalogOf } from '../state/flow-catalog.ts'

/** What a batch did, as the flow counts it, and its rejects; empty for flows that count nothing. */
export async function countBatch(
  session: EngineSession,
  flow: RunnableFlow,
  batch: number,
): Promise<Record<string, number>> {
  const { batchCounts, dag } = flow.plan
  const counts: Record<string, number> = {}
  const catalog = catalogOf(readableDatasets(flow), undefined, undefined)
  const read = async (queries: readonly Query[]): Promise<void> => {
    const parameters = { batch_id: BigInt(batch) }
    for await (const part of session.read({ queries, catalog, parameters })) {
      for (const [name, rows] of rowsOf(part)) counts[name as string] = Number(rows)
    }
  }
  if (batchCounts !== undefined) {
    for (const name of batchCounts.names) counts[name] = 0
    await read(batchCounts.queries)
  }
  const rejects = dag.nodes.find((node) => node.kind === 'ingest')?.rejects
  if (rejects !== undefined) await read([rejectedRows(rejects, batch)])
  return counts
}

function rejectedRows(rejects: string, batch: number): Query {
  return defineQuery('counts', [
    from(rejects),
    filter(equal(column('xt_batch_id', DataTypes.integer), integer(batch))),
    aggregate({ groupBy: [], measures: [measure('rows', 'count')] }),
    select([named('name', text('rejected')), named('rows', column('rows', DataTypes.integer))]),
  ])
}
