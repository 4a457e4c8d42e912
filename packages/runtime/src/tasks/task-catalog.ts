import type { Catalog, EngineSession } from '@qarion/core'

import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import { catalogOf, newestViews } from '../state/flow-catalog.ts'
import { readState } from '../state/read-state.ts'
import { stateOfFlow } from '../state/state-records.ts'

/** How what a task may read is stored now: of other flows as their newest batch left it, which a task may just have run. */
export async function taskCatalog(session: EngineSession, flow: RunnableFlow): Promise<Catalog> {
  const state = await readState(session)
  const readable = readableDatasets(flow, state)
  const catalogs = [flow, ...(flow.sources ?? [])].map(({ definition, plan }) => {
    const own = new Set(plan.datasets.map(({ id }) => id))
    const ofFlow = stateOfFlow(state, definition.id)
    return catalogOf(
      readable.filter(({ id }) => own.has(id)),
      ...newestViews(ofFlow.batches, ofFlow),
    )
  })
  return {
    datasets: new Map(catalogs.flatMap(({ datasets }) => [...datasets])),
    batches: new Map(catalogs.flatMap(({ batches }) => [...batches])),
  }
}
