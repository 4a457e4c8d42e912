import type { DagNode, Dataset, DatasetId, FlowPlan } from '@qarion/core'
import { SYSTEM_COLUMN_PREFIX } from '@qarion/core'

import { EMPTY_RELATION, type Relation } from './relation.ts'
import { NO_SOURCES, oneSource, type SourceSet } from './sources.ts'
import { traceInstruction, traceRead, uniteTraced, type Traced } from './trace-writes.ts'

/** A flow as lineage sees it. */
export interface LineageFlow {
  readonly flow: string
  readonly plan: FlowPlan
  /** By the name of a dataset's column the name that it has in the deliveries, where that is another. */
  readonly inputNames?: ReadonlyMap<string, string>
}

/**
 * What the steps and views of a flow make of its datasets, one step deep. Files that it exports are named like datasets,
 * `<flow>.<step>`. How batches are taken back is left out: it puts back what was there.
 */
export function traceFlow(
  { flow, plan, inputNames = new Map() }: LineageFlow,
  datasets: ReadonlyMap<DatasetId, Dataset>,
): Traced {
  const views = plan.datasets.map((dataset) =>
    dataset.storage.kind === 'view'
      ? new Map([[dataset.id, traceRead(dataset.storage.queries, datasets)]])
      : new Map<DatasetId, Relation>(),
  )
  const steps = plan.dag.nodes.map((node) => traceNode(node, { flow, datasets, inputNames }))
  return uniteTraced([...views, ...steps])
}

/** What an export of the flow is called. */
export function exportId(flow: string, step: string): DatasetId {
  return `${flow}.${step}`
}

interface Surroundings {
  readonly flow: string
  readonly datasets: ReadonlyMap<DatasetId, Dataset>
  readonly inputNames: ReadonlyMap<string, string>
}

function traceNode(node: DagNode, surroundings: Surroundings): Traced {
  const { flow, datasets } = surroundings
  switch (node.kind) {
    case 'ingest':
      return new Map([
        [node.dataset, delivered(datasets.get(node.dataset), surroundings)],
        [node.rejects, delivered(datasets.get(node.rejects), surroundings)],
      ])
    case 'transform':
      return uniteTraced([
        traceInstruction(node.instruction, datasets),
        ...(node.rebuild === undefined ? [] : [traceInstruction(node.rebuild, datasets)]),
      ])
    case 'check':
      return traceInstruction(node.instruction, datasets)
    case 'export':
      return new Map([[exportId(flow, node.id), traceRead(node.queries, datasets)]])
    case 'task':
      return new Map(node.writes.map((id) => [id, unseen(datasets.get(id), node.reads, flow)]))
  }
}

/** What a load fills: the columns of the delivery, and what the run knows of the place of each row. */
function delivered(dataset: Dataset | undefined, { flow, inputNames }: Surroundings): Relation {
  const columns = (dataset?.columns ?? []).map(({ name }) => {
    const given = GIVEN[name]
    if (given !== undefined) return [name, given] as const
    const column = inputNames.get(name) ?? name
    const sources = name.startsWith(SYSTEM_COLUMN_PREFIX)
      ? oneSource({ kind: 'input', flow }, 'transformation')
      : oneSource({ kind: 'input', flow, column })
    return [name, sources] as const
  })
  return { ...EMPTY_RELATION, columns: new Map(columns) }
}

/** What the run itself writes beside the columns of a delivery. */
const GIVEN: Readonly<Record<string, SourceSet>> = Object.fromEntries(
  ['batch_id', 'batch_time', 'source_file', 'source_line'].map((name) => [
    `${SYSTEM_COLUMN_PREFIX}${name}`,
    oneSource({ kind: 'run', name }),
  ]),
)

/** What a task writes, of which only the datasets are known that it reads; one that reads none brings it from outside. */
function unseen(dataset: Dataset | undefined, reads: readonly DatasetId[], flow: string): Relation {
  const sources: SourceSet = new Map(
    reads.flatMap((id) => [...oneSource({ kind: 'dataset', dataset: id }, 'transformation')]),
  )
  const sourcesOf = (column: string): SourceSet =>
    reads.length > 0 ? sources : oneSource({ kind: 'input', flow, column })
  const columns = (dataset?.columns ?? []).map(({ name }) => [name, sourcesOf(name)] as const)
  return { columns: new Map(columns), rows: NO_SOURCES, counted: sources }
}
