import type { DagNode, Dataset, FlowPlan, Instruction } from '@qarion/core'

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
    plan.revert === undefined
      ? leaf('taking the newest batch back: not possible, differences are posted instead')
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
      return instructionTree(node.instruction).children
    case 'check':
      return [leaf(`severity ${node.severity}`), ...instructionTree(node.instruction).children]
    case 'export':
      return [leaf(`write ${node.dataset} with the exporter ${node.exporter}`)]
    case 'task':
      return [leaf(`hand over to the task ${node.task}`)]
  }
}

function instructionTree(instruction: Instruction): Tree {
  const queries = instruction.queries.map((query) => ({
    label: `query ${query.name}${query.evaluate === 'once' ? ' (evaluated once)' : ''}`,
    children: query.rules.map((rule) => leaf(explainRule(rule))),
  }))
  const writes = instruction.writes.map((write) => {
    const [label = '', ...details] = explainWrite(write)
    return { label, children: details.map(leaf) }
  })
  return { label: instruction.id, children: [...queries, ...writes] }
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
