import type {
  CheckNode,
  DagNode,
  ExportNode,
  FlowDag,
  IngestNode,
  TaskNode,
  TransformNode,
} from '@qarion/core'

import { checkDag } from '../check/check-dag.ts'
import { deepFreeze } from '../freeze.ts'
import { datasetsOfQueries, referencedDatasets, writtenDatasets } from '../visit/references.ts'

/** A step that loads the delivery; it writes `dataset` and `rejects`. */
export function ingestNode(
  options: Pick<IngestNode, 'id' | 'title' | 'dataset' | 'rejects'> &
    Partial<Pick<IngestNode, 'dependsOn'>>,
): IngestNode {
  const { id, title, dataset, rejects } = options
  return deepFreeze({
    kind: 'ingest',
    id,
    title,
    dependsOn: [...(options.dependsOn ?? [])],
    reads: [],
    writes: [dataset, rejects],
    dataset,
    rejects,
  })
}

/** A step that runs an instruction; what it reads and writes comes from the instruction. */
export function transformNode(
  options: Pick<TransformNode, 'id' | 'title' | 'instruction'> &
    Partial<Pick<TransformNode, 'dependsOn' | 'rebuild'>>,
): TransformNode {
  const { id, title, instruction, rebuild } = options
  const instructions = rebuild === undefined ? [instruction] : [instruction, rebuild]
  return deepFreeze({
    kind: 'transform',
    id,
    title,
    dependsOn: [...(options.dependsOn ?? [])],
    reads: [...new Set(instructions.flatMap(referencedDatasets))],
    writes: [...new Set(instructions.flatMap(writtenDatasets))],
    instruction,
    ...(rebuild === undefined ? {} : { rebuild }),
  })
}

/** A step whose asserts decide. */
export function checkNode(
  options: Pick<CheckNode, 'id' | 'title' | 'instruction' | 'severity'> &
    Partial<Pick<CheckNode, 'dependsOn'>>,
): CheckNode {
  const { id, title, instruction, severity } = options
  return deepFreeze({
    kind: 'check',
    id,
    title,
    dependsOn: [...(options.dependsOn ?? [])],
    reads: referencedDatasets(instruction),
    writes: writtenDatasets(instruction),
    instruction,
    severity,
  })
}

/** A step that writes rows of a dataset to files; what it reads comes from the queries. */
export function exportNode(
  options: Pick<
    ExportNode,
    'id' | 'title' | 'dataset' | 'queries' | 'scope' | 'exporter' | 'path'
  > &
    Partial<Pick<ExportNode, 'dependsOn' | 'options' | 'batch' | 'partitionBy' | 'onExisting'>>,
): ExportNode {
  const { id, title, dataset, queries, scope, batch, exporter, path } = options
  return deepFreeze({
    kind: 'export',
    id,
    title,
    dependsOn: [...(options.dependsOn ?? [])],
    reads: [...new Set([dataset, ...datasetsOfQueries(queries)])],
    writes: [],
    dataset,
    queries: [...queries],
    scope,
    ...(batch === undefined ? {} : { batch }),
    exporter,
    options: { ...options.options },
    path,
    partitionBy: [...(options.partitionBy ?? [])],
    onExisting: options.onExisting ?? 'fail',
  })
}

/** A step that hands over to a task plugin. */
export function taskNode(
  options: Pick<TaskNode, 'id' | 'title' | 'task'> &
    Partial<Omit<TaskNode, 'kind' | 'id' | 'title' | 'task'>>,
): TaskNode {
  const { id, title, task, branches, triggers, statement } = options
  return deepFreeze({
    kind: 'task',
    id,
    title,
    dependsOn: [...(options.dependsOn ?? [])],
    reads: [...(options.reads ?? [])],
    writes: [...(options.writes ?? [])],
    task,
    options: { ...options.options },
    asks: [...(options.asks ?? [])],
    ...(branches === undefined ? {} : { branches: { ...branches } }),
    ...(triggers === undefined ? {} : { triggers }),
    ...(statement === undefined ? {} : { statement }),
  })
}

/** The steps of a flow. Throws QRN-PLAN-007 (ids), -014 (unknown step), -013 (a circle, which the message shows). */
export function defineFlowDag(flow: string, nodes: readonly DagNode[]): FlowDag {
  const dag: FlowDag = { flow, nodes: [...nodes] }
  checkDag(dag)
  return deepFreeze(dag)
}
