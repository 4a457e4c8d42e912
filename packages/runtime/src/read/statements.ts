import type { Catalog, EngineSession, Operation } from '@qarion/core'

import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import { catalogOf, type BatchView } from '../state/flow-catalog.ts'
import { batchParameters } from '../steps/batch-operations.ts'
import { statementOperations, targetOfStep } from '../tasks/target-operations.ts'

/** The statements that the steps would run, for `plan --sql`; `undefined` where the engine has none. */
export function explainTransforms(
  session: EngineSession,
  flow: RunnableFlow,
  current: BatchView,
  predecessor: BatchView | undefined,
  catalog: Catalog = catalogOf(readableDatasets(flow), current, predecessor),
): readonly string[] | undefined {
  const parameters = batchParameters({ ...current, flow, revision: 1 }, predecessor, 0)
  return session.explain?.({
    operations: flow.plan.dag.nodes.flatMap((node): readonly Operation[] => {
      if (node.kind === 'transform' || node.kind === 'check')
        return [{ kind: 'instruction', instruction: node.instruction }]
      const target = targetOfStep(flow, node)
      return node.kind !== 'task' || node.statement === undefined || target === undefined
        ? []
        : statementOperations(catalog, target, node.statement, parameters)
    }),
    catalog,
    parameters,
    acceptedGuards: [],
    lease: { fence: 0n, release: async () => {} },
    signal: new AbortController().signal,
  })
}
