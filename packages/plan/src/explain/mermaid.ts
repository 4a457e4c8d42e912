import type { DagNode, Dataset, FlowPlan } from '@qarion/core'

/** The plan as a Mermaid flowchart: steps as boxes, datasets as cylinders, arrows in the direction of the data. */
export function explainAsMermaid(plan: FlowPlan): string {
  const ids = new Map<string, string>()
  const lines = ['flowchart LR']
  for (const dataset of plan.datasets)
    lines.push(`  ${datasetId(dataset.id, ids)}${drawDataset(dataset)}`)
  for (const [index, node] of plan.dag.nodes.entries()) {
    lines.push(`  step${index}["${escape(node.title)}"]`)
    lines.push(...arrowsOf(node, index, plan, ids))
  }
  return `${lines.join('\n')}\n`
}

function arrowsOf(
  node: DagNode,
  index: number,
  plan: FlowPlan,
  ids: Map<string, string>,
): readonly string[] {
  const known = new Set(plan.datasets.map((dataset) => dataset.id))
  const reads = node.reads.map((id) => `  ${reference(id, known, ids)} --> step${index}`)
  const writes = node.writes.map((id) => `  step${index} --> ${reference(id, known, ids)}`)
  const waits = node.dependsOn.map(
    (id) => `  step${plan.dag.nodes.findIndex((other) => other.id === id)} -.-> step${index}`,
  )
  return [...reads, ...writes, ...waits]
}

/** A dataset of another flow gets its shape where it is first named. */
function reference(id: string, known: ReadonlySet<string>, ids: Map<string, string>): string {
  const isNew = !known.has(id) && !ids.has(id)
  return datasetId(id, ids) + (isNew ? `[("${escape(id)}")]` : '')
}

function datasetId(id: string, ids: Map<string, string>): string {
  const found = ids.get(id) ?? `data${ids.size}`
  ids.set(id, found)
  return found
}

function drawDataset(dataset: Dataset): string {
  return dataset.storage.kind === 'view'
    ? `[/"${escape(dataset.id)}"/]`
    : `[("${escape(dataset.id)}")]`
}

/** Mermaid reads `#…;` as the code of a character; nothing else can end a quoted label. */
function escape(text: string): string {
  return text
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replace(/\s+/g, ' ')
}
