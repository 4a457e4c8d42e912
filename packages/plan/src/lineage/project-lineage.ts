import type { Dataset, DatasetId } from '@qarion/core'

import { flowsReading, idsOf } from './flow-reads.ts'
import { lineageOfRelation, type DatasetLineage } from './lineage.ts'
import { reachDownstream, reachUpstream, type Reached } from './reach.ts'
import type { Relation } from './relation.ts'
import { resolveInternal } from './resolve-internal.ts'
import { traceFlow, type LineageFlow } from './trace-flow.ts'
import type { Traced } from './trace-writes.ts'

/** A dataset, or one column of it. */
export interface LineagePoint {
  readonly dataset: DatasetId
  readonly column?: string
}

/** Column lineage over the flows of a project. Flows are traced when they are first asked for. */
export interface ProjectLineage {
  /** Where a dataset comes from, through internal datasets; `undefined` for one that no flow declares or writes. */
  lineageOf(dataset: DatasetId): DatasetLineage | undefined
  /**
   * The point and what its values come from, over all steps, nearest first: columns that were reached and what decides
   * their rows. What only decides is named, not followed.
   */
  upstream(point: LineagePoint): readonly DatasetLineage[]
  /** What is made of the point, over all steps, nearest first; sources are those among what was reached. */
  downstream(point: LineagePoint): readonly DatasetLineage[]
}

/** `others` are datasets that no flow declares and that flows read all the same. */
export function createProjectLineage(
  flows: readonly LineageFlow[],
  others: readonly Dataset[] = [],
): ProjectLineage {
  const declared = flows.flatMap(({ plan }) => plan.datasets)
  const datasets = new Map([...declared, ...others].map((dataset) => [dataset.id, dataset]))
  const owners = new Map(flows.flatMap((flow) => idsOf(flow).map((id) => [id, flow] as const)))
  const tracedFlows = new Map<LineageFlow, Traced>()
  const traced = (dataset: DatasetId): Relation | undefined => {
    const flow = owners.get(dataset)
    if (flow === undefined) return undefined
    const known = tracedFlows.get(flow) ?? traceFlow(flow, datasets)
    tracedFlows.set(flow, known)
    return known.get(dataset)
  }
  const resolved = new Map<DatasetId, Relation | undefined>()
  const relationOf = (dataset: DatasetId): Relation | undefined => {
    if (!resolved.has(dataset)) {
      const relation = traced(dataset)
      resolved.set(dataset, relation && resolveInternal(dataset, relation, { datasets, traced }))
    }
    return resolved.get(dataset)
  }
  const toLineage = ({ dataset, relation }: Reached): DatasetLineage => ({
    dataset,
    ...lineageOfRelation({
      columns: inDeclaredOrder(relation.columns, datasets.get(dataset)),
      rows: relation.rows,
    }),
  })
  const reachable = (from: DatasetId): readonly DatasetId[] => {
    const flow = owners.get(from)
    return flow === undefined
      ? []
      : flowsReading(flow, flows).flatMap((reader) =>
          idsOf(reader).filter((id) => datasets.get(id)?.isInternal !== true),
        )
  }
  return {
    lineageOf: (dataset) => {
      const relation = relationOf(dataset)
      return relation && toLineage({ dataset, relation })
    },
    upstream: (point) => reachUpstream(point, relationOf).map(toLineage),
    downstream: (point) =>
      reachDownstream(point, reachable(point.dataset), relationOf).map(toLineage),
  }
}

/** As the dataset declares its columns, whatever writes it; what is not declared, as of a file, comes as it is read. */
function inDeclaredOrder<Value>(
  columns: ReadonlyMap<string, Value>,
  dataset: Dataset | undefined,
): ReadonlyMap<string, Value> {
  if (dataset === undefined) return columns
  return new Map(
    dataset.columns.flatMap(({ name }) => {
      const value = columns.get(name)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}
