import type {
  DagNode,
  Dataset,
  DatasetId,
  ExportNode,
  FlowPlan,
  Instruction,
  TaskNode,
} from '@qarion/core'

import { parsePathTemplate } from '../export/path-template.ts'
import { checkAll, planError } from '../plan-errors.ts'
import { datasetsOfQueries, referencedDatasets, writtenDatasets } from '../visit/references.ts'
import { checkDag } from './check-dag.ts'
import { checkDataset, requireDistinctDatasets } from './check-dataset.ts'
import { checkInstruction } from './check-instruction.ts'
import { requireDataset } from './check-scope.ts'
import { inferColumns } from './infer-columns.ts'
import { requireColumn } from './plan-column.ts'
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
    () => inferColumns(plan.batchCounts?.queries ?? [], datasets),
    ...Object.values(plan.outbox ?? {}).map((id) => () => requireDataset(datasets, id)),
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
      requireStated(node.reads, [node.dataset, ...datasetsOfQueries(node.queries)], 'reads')
      return checkExport(node, datasets)
    case 'transform':
      if (node.rebuild !== undefined) checkStatedInstruction(node, node.rebuild, datasets)
      return checkStatedInstruction(node, node.instruction, datasets)
    case 'check':
      return checkStatedInstruction(node, node.instruction, datasets)
    case 'task':
      return requireStated(node.reads, datasetsOfStatement(node), 'reads')
  }
}

function datasetsOfStatement({ statement }: TaskNode): readonly DatasetId[] {
  return (statement?.pieces ?? []).flatMap((piece) =>
    piece.kind === 'dataset' ? [piece.dataset] : [],
  )
}

function checkStatedInstruction(
  node: DagNode,
  instruction: Instruction,
  datasets: ReadonlyMap<DatasetId, Dataset>,
): void {
  checkInstruction(instruction, datasets)
  requireStated(node.reads, referencedDatasets(instruction), 'reads')
  requireStated(node.writes, writtenDatasets(instruction), 'writes')
}

function checkExport(node: ExportNode, datasets: ReadonlyMap<DatasetId, Dataset>): void {
  const results = inferColumns(node.queries, datasets)
  const columns = results.get(node.queries.at(-1)?.name ?? '')
  if (columns === undefined) throw planError('QRN-PLAN-015', 'It has no query.')
  for (const name of node.partitionBy) requireColumn(columns, name)
  if (node.batch !== undefined && node.scope !== 'batch')
    throw planError('QRN-PLAN-015', `It names the batch ${node.batch} but its scope is dataset.`)
  parsePathTemplate(node.path)
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
