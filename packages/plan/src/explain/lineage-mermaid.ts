import { isDirect } from '../lineage/dependence.ts'
import type { DatasetLineage } from '../lineage/lineage.ts'
import type { LineageOrigin, LineageSource } from '../lineage/sources.ts'
import { drawMermaid, type DiagramEdge, type DiagramNode } from './draw-mermaid.ts'

/**
 * Lineage as a Mermaid flowchart: a frame per dataset, its columns in it. What values are made of has solid arrows, what
 * only decides dotted ones; what decides over rows goes to a box of that name. `nameOf` names deliveries.
 */
export function lineageAsMermaid(
  datasets: readonly DatasetLineage[],
  nameOf: (flow: string) => string,
): string {
  const nodes = new Map<string, DiagramNode>()
  const edges: DiagramEdge[] = []
  const add = (node: DiagramNode): string => {
    if (!nodes.has(node.id)) nodes.set(node.id, node)
    return node.id
  }
  const addEdges = (to: string, sources: readonly LineageSource[]): void => {
    for (const { origin, dependences } of sources) {
      const from = add(nodeOfOrigin(origin, nameOf))
      const label = dependences.join(', ')
      edges.push({
        from,
        to,
        isDotted: !isDirect(dependences),
        ...(label === 'identity' ? {} : { label }),
      })
    }
  }
  for (const { columns, dataset, rows } of datasets) {
    for (const { column, sources } of columns) addEdges(add(nodeOfColumn(dataset, column)), sources)
    if (rows.length > 0) addEdges(add(nodeOfRows(dataset)), rows)
  }
  return drawMermaid({ nodes: [...nodes.values()], edges })
}

function nodeOfColumn(dataset: string, column: string): DiagramNode {
  return { id: `${dataset}\u0000${column}`, label: column, shape: 'box', group: dataset }
}

function nodeOfRows(dataset: string): DiagramNode {
  return { id: `${dataset}\u0000`, label: 'rows', shape: 'slanted', group: dataset }
}

function nodeOfOrigin(origin: LineageOrigin, nameOf: (flow: string) => string): DiagramNode {
  switch (origin.kind) {
    case 'column':
      return nodeOfColumn(origin.dataset, origin.column)
    case 'dataset':
      return nodeOfRows(origin.dataset)
    case 'input': {
      const { column = 'rows', flow } = origin
      return {
        id: `\u0001${flow}\u0000${column}`,
        label: column,
        shape: 'round',
        group: nameOf(flow),
      }
    }
    case 'run':
      return { id: `\u0002${origin.name}`, label: origin.name, shape: 'round', group: 'the run' }
    case 'constant':
      return { id: '\u0003', label: 'constant', shape: 'round' }
  }
}
