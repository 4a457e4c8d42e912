import { createHash } from 'node:crypto'

import { variableTexts, type DagNode } from '@qarion/core'

import type { RunnableFlow } from '../runnable-flow.ts'
import type { TaskRecord } from '../state/task-records.ts'

/**
 * Of what a step does, the variables, and what came of the steps before it: one that is done under the same fingerprint
 * need not be done again. Titles and retries change nothing.
 */
export function taskFingerprint(
  { definition }: RunnableFlow,
  node: DagNode,
  before: readonly TaskRecord[],
): string {
  const { title: _title, ...work } = node
  const inputs = before.map(({ task, status, fingerprint, branch, value }) => [
    task,
    status,
    fingerprint,
    branch,
    value,
  ])
  const parts = [work, variableTexts(definition) ?? {}, inputs]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
