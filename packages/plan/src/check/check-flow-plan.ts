import type { DagNode, Dataset, DatasetId, FlowPlan } from '@qarion/core'

import { checkAll, planError } from '../plan-errors.ts'
import { referencedDatasets, writtenDatasets } from '../visit/references.ts'
import { checkDag } from './check-dag.ts'
import { checkDataset, requireDistinctDatasets } from './check-dataset.ts'
import { checkInstruction } from './check-instruction.ts'
import { requireDataset } from './check-scope.ts'
import { within } from './within.ts'

/**
 * Checks a whole plan: datasets, steps, instructions, and how a batch is taken back. Datasets of other flows that it
 * reads come in `others`. Throws QarionError QRN-PLAN-…; several at once as QRN-PLAN-017.
 */
export function checkFlowPlan(plan: FlowPlan, others: readonly Dataset[] = []): void {
  const known = [...plan.datasets, ...others]
  const datasets = new Map(known.map((dataset) => [dataset.id, dataset]))
  checkAll(`The plan of ${plan.dag.flow}`, [
    () => requireDistinctDatasets(known),
    ...plan.datasets.map((dataset) => () => checkDataset(dataset, datasets)),
    () => checkDag(plan.dag),
    ...plan.dag.nodes.map(
      (node) => () => within(`step ${node.id}`, () => checkNode(node, datasets)),
    ),
    ...(plan.revert ?? []).map((instruction) => () => checkInstruction(instruction, datasets)),
  ])
}

function checkNode(node: DagNode, datasets: ReadonlyMap<DatasetId, Dataset>): void {
  for (const id of [...node.reads, ...node.writes]) requireDataset(datasets, id)
  switch (node.kind) {
    case 'ingest':
      requireStated(node.writes, [node.dataset, node.rejects], 'writes')
      if (requireDataset(datasets, node.dataset).storage.kind !== 'batches') {
        throw planError('QRN-PLAN-012', `${node.dataset} is loaded but not stored by batch.`)
      }
      return
    case 'export':
      return requireStated(node.reads, [node.dataset], 'reads')
    case 'transform':
    case 'check':
      checkInstruction(node.instruction, datasets)
      requireStated(node.reads, referencedDatasets(node.instruction), 'reads')
      return requireStated(node.writes, writtenDatasets(node.instruction), 'writes')
    case 'task':
      return
  }
}

function requireStated(
  stated: readonly DatasetId[],
  used: readonly DatasetId[],
  verb: 'reads' | 'writes',
): void {
  const missing = used.find((id) => !stated.includes(id))
  if (missing !== undefined)
    throw planError('QRN-PLAN-015', `It ${verb} ${missing}, which is not in its ${verb}.`)
}
