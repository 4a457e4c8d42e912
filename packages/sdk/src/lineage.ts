import { nearest } from '@qarion/config'
import { EXPORTS_DATASET, sourceNameOf, TASK_RESULTS_DATASET } from '@qarion/core'
import {
  createProjectLineage,
  exportId,
  lineageAsMermaid,
  type DatasetLineage,
  type LineageFlow,
  type LineagePoint,
} from '@qarion/plan'
import { findExport, runtimeError, type RunnableFlow } from '@qarion/runtime'

import { findDataset, unknownDataset } from './find-dataset.ts'
import type { LineageRequest, LineageResult, TracedDataset } from './qarion.ts'

/** Where a dataset or column comes from, or what is made of it, over all flows. Looks at definitions alone. */
export function lineageOfProject(
  flows: readonly RunnableFlow[],
  { dataset: name, direction = 'upstream' }: LineageRequest,
): LineageResult {
  const lineage = createProjectLineage(flows.map(asLineageFlow), [
    EXPORTS_DATASET,
    TASK_RESULTS_DATASET,
  ])
  const point = findPoint(flows, name)
  const columns = lineage.lineageOf(point.dataset)?.columns.map(({ column }) => column) ?? []
  if (point.column !== undefined && !columns.includes(point.column))
    throw unknownColumn(point as Required<LineagePoint>, columns)
  const owners = new Map(
    flows.flatMap((flow) => [
      ...flow.plan.datasets.map(({ id }) => [id, flow] as const),
      ...exportIdsOf(flow).map((id) => [id, flow] as const),
    ]),
  )
  const describe = (traced: DatasetLineage): TracedDataset => {
    const flow = owners.get(traced.dataset)
    const found = flow?.plan.datasets.find(({ id }) => id === traced.dataset)
    const path = found === undefined && flow !== undefined ? findExport(flow)?.path : undefined
    return {
      ...traced,
      flow: flow?.definition.id ?? '',
      ...(path === undefined ? {} : { path }),
      types: Object.fromEntries((found?.columns ?? []).map((column) => [column.name, column.type])),
    }
  }
  const datasets = lineage[direction](point).map(describe)
  const named = new Set(datasets.map(({ flow }) => flow))
  const inputs = flows.flatMap(({ definition }) =>
    named.has(definition.id) && definition.load !== undefined
      ? [{ flow: definition.id, name: inputName(definition.load) }]
      : [],
  )
  const nameOf = (id: string): string => inputs.find(({ flow }) => flow === id)?.name ?? id
  return {
    ...point,
    direction,
    datasets,
    inputs,
    mermaid: lineageAsMermaid(datasets, nameOf),
  }
}

function asLineageFlow({ definition, plan }: RunnableFlow): LineageFlow {
  return {
    flow: definition.id,
    plan,
    inputNames: new Map(
      definition.input.columns.map((column) => [column.name, sourceNameOf(column)]),
    ),
  }
}

function exportIdsOf(flow: RunnableFlow): readonly string[] {
  const node = findExport(flow)
  return node === undefined ? [] : [exportId(flow.definition.id, node.id)]
}

/** `orders.change_feed.amount`: the longest dataset that the text begins with, and a column after it. */
function findPoint(flows: readonly RunnableFlow[], name: string): LineagePoint {
  const exporting = flows.find(({ definition }) => definition.id === name)
  const [exported] = exporting === undefined ? [] : exportIdsOf(exporting)
  if (exported !== undefined) return { dataset: exported }
  const ids = flows.flatMap((flow) => [
    ...flow.plan.datasets.map(({ id }) => id),
    ...exportIdsOf(flow),
  ])
  if (ids.includes(name)) return { dataset: name }
  const dataset = ids.find((id) => name.startsWith(`${id}.`))
  if (dataset !== undefined) return { dataset, column: name.slice(dataset.length + 1) }
  if (flows.some(({ definition }) => definition.id === name))
    return { dataset: findDataset(flows, name).dataset.id }
  throw unknownDataset(flows, name)
}

function unknownColumn({ dataset, column }: Required<LineagePoint>, columns: readonly string[]) {
  const near = nearest(column, columns)
  const meant = near === undefined ? '' : `Did you mean \`${dataset}.${near}\`? `
  return runtimeError('QRN-SHOW-002', 'usage', `dataset "${dataset}" has no column "${column}"`, {
    hint: `${meant}It has: ${columns.join(', ')}.`,
  })
}

/** What users declared as the place that deliveries come from. */
export function inputName({
  format,
  filePattern,
  sourcePath,
}: NonNullable<RunnableFlow['definition']['load']>): string {
  if (sourcePath === undefined) return format
  return filePattern === undefined ? sourcePath : `${sourcePath}/${filePattern}`
}
