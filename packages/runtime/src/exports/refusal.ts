import { isQarionError, type ExportNode, type QarionError } from '@qarion/core'

import type { RunContext } from '../run/run-context.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { readExports } from '../state/export-records.ts'
import { checkTarget, resolveTarget } from './export-target.ts'
import type { PlannedExport } from './plan-exports.ts'

/** Why a run would not write the files of planned exports, as far as it is known before their rows are read. */
export async function refusalOf(
  { session, environment }: Pick<RunContext, 'session' | 'environment'>,
  flow: RunnableFlow,
  node: ExportNode,
  planned: readonly PlannedExport[],
): Promise<QarionError | undefined> {
  if (node.partitionBy.length > 0) return undefined
  const records = await readExports(session, flow.definition.id)
  for (const { batch, target, reason } of planned) {
    if (reason === 'resume') continue
    try {
      const resolved = await resolveTarget(flow, environment, target)
      await checkTarget(node, batch, resolved, records)
    } catch (thrown) {
      if (isQarionError(thrown)) return thrown
      throw thrown
    }
  }
  return undefined
}
