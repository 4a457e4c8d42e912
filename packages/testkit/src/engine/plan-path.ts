import type { Operation, Query } from '@qarion/core'
import { deserialize, serialize } from '@qarion/plan'

/** The way a plan takes to the engine. */
export interface PlanPath {
  operation(operation: Operation): Operation
  queries(queries: readonly Query[]): readonly Query[]
}

/** As it was built. */
export const AS_BUILT: PlanPath = Object.freeze<PlanPath>({
  operation: (operation) => operation,
  queries: (queries) => queries,
})

/** Through its text: what a plan written to a file loses would show. */
export const SERIALISED: PlanPath = Object.freeze<PlanPath>({
  operation: (operation) => {
    if (operation.kind === 'instruction') {
      const { instruction } = operation
      return {
        ...operation,
        instruction: deserialize('instruction', serialize('instruction', instruction)),
      }
    }
    return operation.kind === 'create_view'
      ? { ...operation, queries: reparse(operation.queries) }
      : operation
  },
  queries: reparse,
})

function reparse(queries: readonly Query[]): readonly Query[] {
  return deserialize('queries', serialize('queries', queries))
}
