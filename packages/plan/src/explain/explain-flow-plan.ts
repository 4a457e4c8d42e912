import type { DagNode, Dataset, ExportNode, FlowPlan, Instruction, Query } from '@qarion/core'

import { orderNodes } from '../check/check-dag.ts'
import { count, explainRule } from './explain-rule.ts'
import { explainWrite } from './explain-write.ts'

interface Tree {
  readonly label: string
  readonly children: readonly Tree[]
}

/** The plan as lines of a text tree, steps in the order in which they run. Throws QRN-PLAN-013, -014 for steps that cannot run. */
export function explainFlowPlan(plan: FlowPlan): readonly string[] {
  const datasets = plan.datasets.filter((dataset) => !dataset.isInternal)
  const internal = plan.datasets.filter((dataset) => dataset.isInternal)
  const trees: readonly Tree[] = [
    { label: 'datasets', children: [...datasets, ...internal].map(datasetTree) },
    { label: 'steps', children: orderNodes(plan.dag).map(nodeTree) },
    plan.revert === undefined || postsDifferences(plan)
      ? leaf(`taking the newest batch back: not possible, ${whatStays(plan)}`)
      : { label: 'taking the newest batch back', children: plan.revert.map(instructionTree) },
  ]
  return [plan.dag.flow, ...drawChildren(trees, '')]
}

/** An instruction as lines of a text tree. */
export function explainInstruction(instruction: Instruction): readonly string[] {
  const tree = instructionTree(instruction)
  return [tree.label, ...drawChildren(tree.children, '')]
}

function datasetTree(dataset: Dataset): Tree {
  const key = dataset.key.length === 0 ? '' : `, key ${dataset.key.join(', ')}`
  const internal = dataset.isInternal ? ', internal' : ''
  return leaf(
    `${dataset.id} (${dataset.storage.kind} ${dataset.table}, ${count(dataset.columns.length, 'column')}${key}${internal})`,
  )
}

function nodeTree(node: DagNode): Tree {
  const after = node.dependsOn.length === 0 ? '' : ` after ${node.dependsOn.join(', ')}`
  return { label: `${node.id}: ${node.title} [${node.kind}]${after}`, children: nodeDetails(node) }
}

function nodeDetails(node: DagNode): readonly Tree[] {
  switch (node.kind) {
    case 'ingest':
      return [leaf(`load the delivery into ${node.dataset}`), leaf(`bad rows to ${node.rejects}`)]
    case 'transform':
      return [
        ...instructionTree(node.instruction).children,
        ...(node.rebuild === undefined
          ? []
          : [
              {
                label: `where batches are applied anew, once after the last: ${node.rebuild.id}`,
                children: instructionTree(node.rebuild).children,
              },
            ]),
      ]
    case 'check':
      return [leaf(`severity ${node.severity}`), ...instructionTree(node.instruction).children]
    case 'export':
      return [...queryTrees(node.queries), leaf(explainTarget(node))]
    case 'task':
      return [
        leaf(`hand over to the task ${node.task}`),
        ...(node.statement === undefined ? [] : [leaf('by a statement in the SQL of the engine')]),
        ...(node.triggers === undefined ? [] : [leaf(`runs the flow ${node.triggers}`)]),
        ...Object.entries(node.branches ?? {}).map(([branch, steps]) =>
          leaf(`branch ${branch}: ${steps.length === 0 ? 'nothing' : steps.join(', ')}`),
        ),
      ]
  }
}

function instructionTree(instruction: Instruction): Tree {
  const writes = instruction.writes.map((write) => {
    const [label = '', ...details] = explainWrite(write)
    return { label, children: details.map(leaf) }
  })
  return { label: instruction.id, children: [...queryTrees(instruction.queries), ...writes] }
}

function queryTrees(queries: readonly Query[]): readonly Tree[] {
  return queries.map((query) => ({
    label: `query ${query.name}${query.evaluate === 'once' ? ' (evaluated once)' : ''}`,
    children: query.rules.map((rule) => leaf(explainRule(rule))),
  }))
}

function explainTarget(node: ExportNode): string {
  const what =
    node.scope === 'dataset'
      ? 'what the dataset holds'
      : node.batch === undefined
        ? 'each batch'
        : `batch ${node.batch}`
  const folders =
    node.partitionBy.length === 0 ? '' : `, a folder per ${node.partitionBy.join(' and ')}`
  const foreign = node.onExisting === 'fail' ? 'stay' : 'are replaced'
  return `write ${what} to ${node.path} with the exporter ${node.exporter}${folders}; files of others ${foreign}`
}

function whatStays(plan: FlowPlan): string {
  if (plan.dag.nodes.some(({ kind }) => kind === 'export')) return 'files that are written stay'
  return postsDifferences(plan) ? 'differences are posted instead' : 'what the steps did stays'
}

function postsDifferences({ dag }: FlowPlan): boolean {
  return dag.nodes.some((node) => node.kind === 'transform' && node.rebuild !== undefined)
}

function leaf(label: string): Tree {
  return { label, children: [] }
}

function drawChildren(trees: readonly Tree[], indent: string): readonly string[] {
  return trees.flatMap((tree, index) => {
    const isLast = index === trees.length - 1
    return [
      `${indent}${isLast ? '└─ ' : '├─ '}${tree.label}`,
      ...drawChildren(tree.children, `${indent}${isLast ? '   ' : '│  '}`),
    ]
  })
}
