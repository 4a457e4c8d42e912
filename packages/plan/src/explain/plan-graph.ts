import {
  EXPORTS_DATASET,
  TASK_RESULTS_DATASET,
  type DagNode,
  type DagNodeKind,
  type Dataset,
  type DatasetStorage,
  type FlowPlan,
} from '@qarion/core'

import { orderNodes } from '../check/check-dag.ts'
import { datasetsOfQueries } from '../visit/references.ts'

/** A flow whose plan is shown. */
export interface PlannedGraphFlow {
  readonly flow: string
  readonly plan: FlowPlan
  /** Where deliveries come from, as users wrote it. */
  readonly input?: string
}

/** Steps, datasets, deliveries and files of flows, and the way of the data from one to the next. Plain data. */
export interface PlanGraph {
  /** Flow by flow: deliveries, steps in the order in which they run with the files they write, datasets. */
  readonly nodes: readonly PlanGraphNode[]
  readonly edges: readonly PlanGraphEdge[]
}

export type PlanGraphNode =
  | { readonly id: string; readonly kind: 'input'; readonly flow: string; readonly name: string }
  | {
      readonly id: string
      readonly kind: 'step'
      readonly flow: string
      readonly step: string
      readonly stepKind: DagNodeKind
      readonly title: string
    }
  | { readonly id: string; readonly kind: 'files'; readonly flow: string; readonly path: string }
  | {
      readonly id: string
      readonly kind: 'dataset'
      /** Absent: none of these flows declares it. */
      readonly flow?: string
      readonly dataset: string
      readonly storage?: DatasetStorage['kind']
      readonly isInternal: boolean
    }

/** `data`: what one gives, the other takes. `order`: one step waits for another. */
export interface PlanGraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: 'data' | 'order'
}

/** The plans of flows as one graph; what several of them name is there once. Throws what `orderNodes` throws. */
export function planGraph(flows: readonly PlannedGraphFlow[]): PlanGraph {
  const parts = flows.map(partOf)
  const nodes = new Map(parts.flatMap((part) => part.nodes.map((node) => [node.id, node])))
  const edges = parts.flatMap((part) => part.edges)
  for (const { from, to } of edges) {
    for (const id of [from, to]) {
      if (nodes.has(id)) continue
      const dataset = id.slice(datasetNode('').length)
      nodes.set(id, { id, kind: 'dataset', dataset, isInternal: false })
    }
  }
  return { nodes: [...nodes.values()], edges }
}

function partOf({ flow, input, plan }: PlannedGraphFlow): PlanGraph {
  const inputNode = `input:${flow}`
  const nodes: PlanGraphNode[] =
    input === undefined ? [] : [{ id: inputNode, kind: 'input', flow, name: input }]
  const edges: PlanGraphEdge[] = []
  const data = (from: string, to: string): void => void edges.push({ from, to, kind: 'data' })
  for (const node of orderNodes(plan.dag)) {
    const id = stepNode(flow, node.id)
    nodes.push({
      id,
      kind: 'step',
      flow,
      step: node.id,
      stepKind: node.kind,
      title: node.title,
    })
    if (node.kind === 'ingest' && input !== undefined) data(inputNode, id)
    for (const dataset of node.reads) data(datasetNode(dataset), id)
    for (const dataset of node.writes) data(id, datasetNode(dataset))
    for (const other of node.dependsOn)
      edges.push({ from: stepNode(flow, other), to: id, kind: 'order' })
    nodes.push(...filesOf(node, flow))
    if (node.kind === 'export') data(id, filesNode(flow, node.id))
  }
  const stepsOf = (wanted: DagNode['kind']): readonly string[] =>
    plan.dag.nodes.filter(({ kind }) => kind === wanted).map((step) => stepNode(flow, step.id))
  // All flows record what came of these steps in one table each; what is seen of it is what this flow wrote.
  const recorded: ReadonlyMap<string, readonly string[]> = new Map([
    [EXPORTS_DATASET.id, stepsOf('export')],
    [TASK_RESULTS_DATASET.id, stepsOf('task')],
  ])
  for (const dataset of plan.datasets) {
    const id = datasetNode(dataset.id)
    nodes.push(nodeOfDataset(dataset, flow))
    for (const read of readsOfView(dataset))
      for (const from of recorded.get(read) ?? [datasetNode(read)]) data(from, id)
  }
  return { nodes, edges }
}

function filesOf(node: DagNode, flow: string): readonly PlanGraphNode[] {
  return node.kind === 'export'
    ? [{ id: filesNode(flow, node.id), kind: 'files', flow, path: node.path }]
    : []
}

function nodeOfDataset({ id, storage, isInternal }: Dataset, flow: string): PlanGraphNode {
  return {
    id: datasetNode(id),
    kind: 'dataset',
    flow,
    dataset: id,
    storage: storage.kind,
    isInternal,
  }
}

function readsOfView({ storage }: Dataset): readonly string[] {
  return storage.kind === 'view' ? datasetsOfQueries(storage.queries) : []
}

function stepNode(flow: string, step: string): string {
  return `step:${flow}.${step}`
}

function filesNode(flow: string, step: string): string {
  return `files:${flow}.${step}`
}

function datasetNode(dataset: string): string {
  return `dataset:${dataset}`
}
