import type { Dataset, DatasetId, FlowDefinition, FlowPlan, FlowType } from '@qarion/core'
import { defineFlowDag, transformNode } from '@qarion/plan'

import { countsOfTotals } from '../strategies/batch-totals.ts'
import { changeInput } from '../strategies/change-input.ts'
import { datasetsOfChecks } from '../strategies/checks/read-checks.ts'
import { COUNTS, errorParkingDatasets, warns } from './error-parking-datasets.ts'
import { CHECKS_PATH, readErrorParkingSettings } from './error-parking-settings.ts'
import { parkBatch, takeBatchBack, warningNode } from './park-batch.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  primary_key: 'rebuild',
  columns: 'next_batch',
  quality_checks: 'rebuild',
  max_deleted_fraction: 'passes',
  on_empty: 'passes',
  on_duplicate_key: 'next_batch',
  extract: 'next_batch',
  extract_scope: 'next_batch',
  deleted_when: 'rebuild',
  sequence_by: 'rebuild',
} as const)

/** The flow type `error_parking`: rows that pass their checks, and those that wait to be corrected. */
export const errorParking: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  readsDatasets: true,
  sources: ({ properties }: FlowDefinition) =>
    datasetsOfChecks(properties['quality_checks'], CHECKS_PATH),
  plan(definition: FlowDefinition, sources: ReadonlyMap<DatasetId, Dataset> = new Map()): FlowPlan {
    const settings = readErrorParkingSettings(definition, sources)
    const input = changeInput(definition, sources, { keeps: 'batch', landing: 'staging' })
    const datasets = errorParkingDatasets(definition, settings)
    const { target, errorParking: parking, replacedRows, batchTotals } = datasets
    return Object.freeze({
      datasets: [...input.datasets, target, parking, replacedRows, batchTotals],
      dag: defineFlowDag(definition.id, [
        ...input.nodes,
        transformNode({
          id: 'park',
          title: 'Put rows where their checks say',
          dependsOn: input.dependsOn,
          instruction: parkBatch(settings, datasets, input),
        }),
        ...(warns(settings) ? [warningNode(settings, datasets)] : []),
      ]),
      revert: [...input.revert, takeBatchBack(datasets)],
      batchCounts: countsOfTotals(batchTotals.id, COUNTS),
    })
  },
})
