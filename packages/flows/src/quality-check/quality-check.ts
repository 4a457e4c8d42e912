import {
  DataTypes,
  type CheckNode,
  type DagNode,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type FlowPlan,
  type FlowType,
} from '@qarion/core'
import { defineFlowDag, ingestNode, transformNode } from '@qarion/plan'

import { changeFeedDatasets } from '../change-feed/change-feed-datasets.ts'
import { forgetBatch } from '../strategies/batch-totals.ts'
import type { Severity } from '../strategies/checks/check.ts'
import { verdictNode } from '../strategies/checks/verdict.ts'
import { countByType } from '../strategies/count-by-type.ts'
import { judgeSuites } from './judge-suites.ts'
import { qualityCheckDatasets } from './quality-check-datasets.ts'
import {
  readQualityCheckSettings,
  suiteDatasets,
  type OwnRows,
  type QualityCheckSettings,
} from './quality-check-settings.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  primary_key: 'next_batch',
  columns: 'next_batch',
  quality_suites: 'next_batch',
  failure_limit: 'next_batch',
} as const)

/** The flow type `quality_check`: what checks find in datasets, batch by batch. */
export const qualityCheck: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  readsDatasets: true,
  sources: suiteDatasets,
  plan(definition: FlowDefinition, sources: ReadonlyMap<DatasetId, Dataset> = new Map()): FlowPlan {
    const input = inputOf(definition, sources)
    const settings = readQualityCheckSettings(definition, sources, input.own)
    const datasets = qualityCheckDatasets(definition)
    const { results, failures, rowCounts } = datasets
    return Object.freeze({
      datasets: [results, failures, ...input.datasets, rowCounts],
      dag: defineFlowDag(definition.id, [
        ...input.nodes,
        transformNode({
          id: 'check',
          title: 'Make the checks',
          dependsOn: input.nodes.map(({ id }) => id),
          instruction: judgeSuites(settings, datasets),
        }),
        ...verdicts(definition, settings, results),
      ]),
      revert: forgetBatch([results, failures, ...input.shared]),
      batchCounts: countByType(results.id, 'status', ['passed', 'failed', 'skipped']),
    })
  },
})

interface QualityInput {
  readonly own: OwnRows | undefined
  readonly datasets: readonly Dataset[]
  /** Of these, those that batches share. */
  readonly shared: readonly Dataset[]
  readonly nodes: readonly DagNode[]
}

/** Rows of the flow's own: deliveries, the batches of a dataset, or none. */
function inputOf(
  definition: FlowDefinition,
  sources: ReadonlyMap<DatasetId, Dataset>,
): QualityInput {
  const { sourceDatasetId, columns, primaryKey } = definition.input
  const source = sources.get(sourceDatasetId ?? '')
  if (source !== undefined || definition.load === undefined) {
    const own = source === undefined ? undefined : { dataset: source, isDelivered: false }
    return { own, datasets: [], shared: [], nodes: [] }
  }
  const { landing, rejects } = changeFeedDatasets(definition, {
    key: columns.filter(({ name }) => primaryKey.includes(name)),
    columns,
    compared: [],
    beforeImage: false,
  })
  const load = { id: 'load', title: 'Load the delivery', dataset: landing.id, rejects: rejects.id }
  return {
    own: { dataset: landing, isDelivered: true },
    datasets: [landing, rejects],
    shared: [rejects],
    nodes: [ingestNode(load)],
  }
}

/** Told as a warning first; what refuses comes last, when the batch is committed. */
function verdicts(
  { id }: FlowDefinition,
  { suites }: QualityCheckSettings,
  results: Dataset,
): CheckNode[] {
  const nodes: CheckNode[] = []
  for (const severity of ['warning', 'error'] satisfies Severity[]) {
    const isThere = suites.some(({ checks }) => checks.some((check) => check.severity === severity))
    if (!isThere) continue
    nodes.push(
      verdictNode({
        id: severity === 'error' ? 'verdict' : 'warnings',
        severity,
        dependsOn: [nodes.at(-1)?.id ?? 'check'],
        results: results.id,
        shown: [
          { name: 'suite_id', type: DataTypes.string },
          { name: 'check_id', type: DataTypes.string },
          { name: 'rows_failed', type: DataTypes.integer },
          { name: 'rows_checked', type: DataTypes.integer },
          { name: 'expected', type: DataTypes.string },
          { name: 'observed', type: DataTypes.string },
        ],
        show: `${id}.failures`,
      }),
    )
  }
  return nodes
}
