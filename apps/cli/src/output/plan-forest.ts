import type { ProjectPlan } from '@qarion/sdk'

type Graph = ProjectPlan['graph']
type GraphNode = Graph['nodes'][number]

/** A step or view with what comes after it; deliveries and datasets of flows that are not shown are roots. */
export interface PlanTree {
  readonly node: GraphNode
  /** What a step writes that users see, and a file it exports. */
  readonly writes: readonly GraphNode[]
  /** What it waits for besides what it stands under. */
  readonly alsoAfter: readonly GraphNode[]
  readonly children: readonly PlanTree[]
}

/**
 * The graph as trees, one for each beginning: everything stands once, under the last of what it waits for. Flows that
 * have nothing to do with each other have trees of their own.
 */
export function planForest({ nodes, edges }: Graph): readonly PlanTree[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const writers = new Map<string, GraphNode[]>()
  for (const { from, kind, to } of edges) {
    const [left, right] = [byId.get(from), byId.get(to)]
    if (kind === 'data' && left?.kind === 'step' && right !== undefined)
      listOf(writers, to).push(left)
  }
  const placed = placedNodes(nodes, writers)
  const order = new Map(placed.map((node, index) => [node, index]))
  const before = new Map<GraphNode, Set<GraphNode>>(placed.map((node) => [node, new Set()]))
  for (const { from, to } of edges) {
    const [source, target] = [byId.get(from), byId.get(to)]
    if (source === undefined || target === undefined || !order.has(target)) continue
    for (const node of order.has(source) ? [source] : (writers.get(from) ?? []))
      // What a step reads of its own or later writes was there before.
      if ((order.get(node) ?? 0) < (order.get(target) ?? 0)) before.get(target)?.add(node)
  }
  return grow(placed, before, writtenBy(edges, byId))
}

/** What has a line of its own: views stand after the steps of their flow, which they read. */
function placedNodes(
  nodes: readonly GraphNode[],
  writers: ReadonlyMap<string, unknown>,
): readonly GraphNode[] {
  return nodes
    .filter(
      (node) =>
        node.kind === 'input' ||
        node.kind === 'step' ||
        (node.kind === 'dataset' &&
          !node.isInternal &&
          (node.storage === 'view' || !writers.has(node.id))),
    )
    .toSorted((left, right) => Number(isForeign(right)) - Number(isForeign(left)))
}

function isForeign(node: GraphNode): boolean {
  return node.kind === 'dataset' && node.flow === undefined
}

function writtenBy(
  edges: Graph['edges'],
  byId: ReadonlyMap<string, GraphNode>,
): ReadonlyMap<GraphNode, readonly GraphNode[]> {
  const written = new Map<GraphNode, GraphNode[]>()
  for (const { from, kind, to } of edges) {
    const [step, target] = [byId.get(from), byId.get(to)]
    if (kind !== 'data' || step?.kind !== 'step' || target === undefined) continue
    if (target.kind === 'dataset' && (target.isInternal || target.storage === 'view')) continue
    listOf(written, step).push(target)
  }
  return written
}

function listOf<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}

function grow(
  placed: readonly GraphNode[],
  before: ReadonlyMap<GraphNode, ReadonlySet<GraphNode>>,
  written: ReadonlyMap<GraphNode, readonly GraphNode[]>,
): readonly PlanTree[] {
  const depths = new Map<GraphNode, number>()
  const ancestors = new Map<GraphNode, ReadonlySet<GraphNode>>()
  const trees = new Map<GraphNode, PlanTree & { readonly children: PlanTree[] }>()
  const roots: PlanTree[] = []
  for (const node of placed) {
    const waitsFor = [...(before.get(node) ?? [])]
    const parent = waitsFor.reduce<GraphNode | undefined>(
      (deepest, other) =>
        deepest === undefined || (depths.get(other) ?? 0) >= (depths.get(deepest) ?? 0)
          ? other
          : deepest,
      undefined,
    )
    depths.set(node, parent === undefined ? 0 : (depths.get(parent) ?? 0) + 1)
    const above = parent === undefined ? [] : [...(ancestors.get(parent) ?? []), parent]
    ancestors.set(node, new Set(above))
    const tree = {
      node,
      writes: written.get(node) ?? [],
      alsoAfter: waitsFor.filter((other) => !above.includes(other)),
      children: [] as PlanTree[],
    }
    trees.set(node, tree)
    if (parent === undefined) roots.push(tree)
    else trees.get(parent)?.children.push(tree)
  }
  return roots
}
