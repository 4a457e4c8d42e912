import type { Catalog, EngineSession } from '@qarion/core'

import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import { catalogOf, type BatchView } from '../state/flow-catalog.ts'
import { batchParameters, transformNodes } from '../steps/batch-operations.ts'

/** The statements that the transform steps would run, for `plan --sql`; `undefined` where the engine has none. */
export function explainTransforms(
  session: EngineSession,
  flow: RunnableFlow,
  current: BatchView,
  predecessor: BatchView | undefined,
  catalog: Catalog = catalogOf(readableDatasets(flow), current, predecessor),
): readonly string[] | undefined {
  return session.explain?.({
    operations: transformNodes(flow.plan).map(({ instruction }) => ({
      kind: 'instruction',
      instruction,
    })),
    catalog,
    parameters: batchParameters({ ...current, flow, revision: 1 }, predecessor, 0),
    acceptedGuards: [],
    lease: { fence: 0n, release: async () => {} },
    signal: new AbortController().signal,
  })
}
