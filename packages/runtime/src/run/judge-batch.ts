import { withOrigin, type CheckNode, type Operation, type QarionError } from '@qarion/core'

import type { BatchView } from '../state/flow-catalog.ts'
import { instructionOperations, recordStep, type BatchWork } from '../steps/batch-operations.ts'
import { asVerdict, describeVerdict, partsOfCheck, type StepNode } from '../steps/checks.ts'
import { stampOrigin } from '../steps/ingest.ts'
import { commitUnit } from './commit.ts'
import type { RunContext } from './run-context.ts'

/** A batch whose checks are tried. */
export interface JudgedBatch {
  readonly work: BatchWork
  readonly predecessor: BatchView | undefined
  readonly unreadableKeys: () => number
}

/** Whether the step is a check that holds nothing back: its asserts are tried once it is recorded as done. */
export function isJudgedLater(
  nodes: readonly StepNode[],
  place: number,
): { readonly check: CheckNode } | undefined {
  const node = nodes[place]
  if (node?.kind !== 'check') return undefined
  return node.severity === 'warning' || place === nodes.length - 1 ? { check: node } : undefined
}

/** What a check writes; with the record that it is done where it holds nothing back. */
export function resultOperations(
  context: RunContext,
  node: CheckNode,
  batch: JudgedBatch,
  holdsBack: boolean,
): Operation[] {
  const { results } = partsOfCheck(node)
  const { work, predecessor, unreadableKeys } = batch
  return [
    ...(results === undefined
      ? []
      : instructionOperations(work, results, predecessor, unreadableKeys)),
    ...(holdsBack ? [] : recordStep(work, node.id, context.nowMs, () => ({}))),
  ]
}

/** Tries the asserts of a check that others wait for, and records that it is done. */
export function passOperations(
  context: RunContext,
  node: CheckNode,
  batch: JudgedBatch,
): Operation[] {
  return [
    ...assertOperations(node, batch),
    ...recordStep(batch.work, node.id, context.nowMs, () => ({})),
  ]
}

/** Tries the asserts of a check that others wait for. What they find fails the step. */
export async function passCheck(
  context: RunContext,
  node: CheckNode,
  batch: JudgedBatch,
): Promise<void> {
  const step = stepOf(node, batch)
  try {
    await commitUnit(context, step, () => passOperations(context, node, batch))
  } catch (thrown) {
    throw stampOrigin(thrown, step)
  }
}

/** Tries the asserts of a check that is recorded as done. What they find is told as a warning, or given back. */
export async function judgeCheck(
  context: RunContext,
  node: CheckNode,
  batch: JudgedBatch,
): Promise<QarionError | undefined> {
  const step = stepOf(node, batch)
  try {
    await commitUnit(context, step, () => assertOperations(node, batch))
    return undefined
  } catch (thrown) {
    const verdict = asVerdict(thrown)
    if (verdict === undefined) throw stampOrigin(thrown, step)
    if (node.severity === 'error') return withOrigin(verdict, step)
    const { flow, batch: number } = step
    const { code, data } = verdict
    context.emit({
      type: 'warning',
      flow,
      batch: number,
      code,
      message: describeVerdict(verdict),
      data,
    })
    return undefined
  }
}

function assertOperations(
  node: CheckNode,
  { work, predecessor, unreadableKeys }: JudgedBatch,
): Operation[] {
  return instructionOperations(work, partsOfCheck(node).asserts, predecessor, unreadableKeys)
}

function stepOf(node: CheckNode, { work }: JudgedBatch) {
  return { flow: work.flow.definition.id, batch: work.batch, step: node.id }
}
