import { drawBranches, type Tree } from './draw-tree.ts'
import type { PlanTree } from './plan-forest.ts'
import { printable } from './printable.ts'
import type { Colors } from './terminal.ts'

export interface ForestStyle {
  readonly colors: Colors
  /** Steps are named with their flows: there are several. */
  readonly namesFlows: boolean
}

/** The trees as lines, set in. */
export function renderForest(trees: readonly PlanTree[], style: ForestStyle): readonly string[] {
  const labelled = (tree: PlanTree): Tree => ({
    label: label(tree, style),
    children: tree.children.map(labelled),
  })
  return trees
    .map(labelled)
    .flatMap((tree) => [`  ${tree.label}`, ...drawBranches(tree.children, '  ', style.colors)])
}

function label({ alsoAfter, node, writes }: PlanTree, style: ForestStyle): string {
  const { dim } = style.colors
  const targets = writes.length === 0 ? '' : ` ${dim(`→ ${writes.map(nameOf).join(', ')}`)}`
  const after =
    alsoAfter.length === 0 ? '' : ` ${dim(`(also after ${alsoAfter.map(nameOf).join(', ')})`)}`
  switch (node.kind) {
    case 'step': {
      const name = style.namesFlows ? nameOf(node) : node.step
      return `${printable(name)}: ${printable(node.title)}${targets}${after}`
    }
    case 'dataset':
      return `${node.storage === 'view' ? `${dim('view')} ` : ''}${nameOf(node)}${after}`
    case 'input':
    case 'files':
      return nameOf(node)
  }
}

function nameOf(node: PlanTree['node']): string {
  switch (node.kind) {
    case 'step':
      return printable(`${node.flow}.${node.step}`)
    case 'dataset':
      return printable(node.dataset)
    case 'input':
      return printable(node.name)
    case 'files':
      return printable(node.path)
  }
}
