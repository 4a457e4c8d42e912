import type { PlannedFlow, ProjectPlan } from '@qarion/sdk'

type Graph = ProjectPlan['graph']

/** Flows that read each other's datasets, with what they have and what they read of flows that are not planned. */
export interface ConnectedFlows {
  readonly flows: readonly PlannedFlow[]
  readonly graph: Graph
}

/** The flows in their order, those together that hang together. */
export function connectedFlows({ flows, graph }: ProjectPlan): readonly ConnectedFlows[] {
  const owners = new Map(graph.nodes.map(({ flow, id }) => [id, flow]))
  const groups = new Map(flows.map(({ flow }) => [flow, new Group()]))
  const groupOf = (id: string): Group | undefined => groups.get(owners.get(id) ?? '')?.root()
  for (const { from, to } of graph.edges) {
    const [left, right] = [groupOf(from), groupOf(to)]
    if (left !== undefined && right !== undefined) right.join(left)
  }
  const parts = new Map<Group, Part>()
  const partOf = (group: Group): Part => {
    const part = parts.get(group) ?? { flows: [], ids: new Set<string>(), nodes: [], edges: [] }
    parts.set(group, part)
    return part
  }
  for (const flow of flows) partOf((groups.get(flow.flow) as Group).root()).flows.push(flow)
  for (const node of graph.nodes) {
    const group = groupOf(node.id)
    if (group !== undefined) addNode(partOf(group), node)
  }
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  for (const edge of graph.edges) {
    const group = groupOf(edge.from) ?? groupOf(edge.to)
    if (group === undefined) continue
    const part = partOf(group)
    part.edges.push(edge)
    // Datasets of flows that are not planned belong to nobody.
    for (const id of [edge.from, edge.to]) addNode(part, byId.get(id) as Graph['nodes'][number])
  }
  return Array.from(parts.values(), ({ edges, flows: members, nodes }) => ({
    flows: members,
    graph: { nodes, edges },
  }))
}

interface Part {
  readonly flows: PlannedFlow[]
  readonly ids: Set<string>
  readonly nodes: Graph['nodes'][number][]
  readonly edges: Graph['edges'][number][]
}

function addNode({ ids, nodes }: Part, node: Graph['nodes'][number]): void {
  if (ids.has(node.id)) return
  ids.add(node.id)
  nodes.push(node)
}

/** One of several sets that are joined step by step; the root stands for the whole. */
class Group {
  #parent: Group | undefined

  root(): Group {
    if (this.#parent === undefined) return this
    this.#parent = this.#parent.root()
    return this.#parent
  }

  join(other: Group): void {
    const [own, root] = [this.root(), other.root()]
    if (own !== root) own.#parent = root
  }
}
