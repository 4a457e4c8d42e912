import type { Dataset, DatasetId, FlowDefinition, FlowPlan, FlowType } from '@qarion/core'
import { defineFlowDag, transformNode } from '@qarion/plan'

import { countsOfTotals } from '../strategies/batch-totals.ts'
import { changeInput } from '../strategies/change-input.ts'
import { DETECTION_EFFECTS } from '../strategies/detection-properties.ts'
import { refuseLate } from './effective-time.ts'
import { COUNTS } from './scd2-columns.ts'
import { scd2Datasets } from './scd2-datasets.ts'
import { readScd2Settings } from './scd2-settings.ts'
import { takeVersionsBack } from './take-versions-back.ts'
import { writeVersions } from './write-versions.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  ...DETECTION_EFFECTS,
  effective_at_column: 'rebuild',
  on_late_effective: 'next_batch',
  initial_valid_from: 'rebuild',
  baseline_on_add: 'passes',
} as const)

/** The flow type `scd2`: every version of every row, with the time in which it is valid. */
export const scd2: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  readsDatasets: true,
  plan(definition: FlowDefinition, sources: ReadonlyMap<DatasetId, Dataset> = new Map()): FlowPlan {
    const settings = readScd2Settings(definition)
    const datasets = scd2Datasets(definition, settings)
    const { dimension, current, openVersions, closedVersions, endedKeys, batchTotals } = datasets
    const input = changeInput(definition, sources, {
      keeps: 'batch',
      // Also where none are refused: what the batch before refused is still to be known.
      mayRefuse: settings.effectiveAt !== undefined,
      refusal: refuseLate(settings, datasets),
    })
    return Object.freeze({
      datasets: [
        dimension,
        current,
        ...input.datasets,
        openVersions,
        closedVersions,
        endedKeys,
        batchTotals,
      ],
      dag: defineFlowDag(definition.id, [
        ...input.nodes,
        transformNode({
          id: 'write_versions',
          title: 'Close and open versions',
          dependsOn: input.dependsOn,
          instruction: writeVersions(settings, datasets, input),
        }),
      ]),
      revert: [takeVersionsBack(settings, datasets), ...input.revert],
      batchCounts: countsOfTotals(batchTotals.id, COUNTS),
    })
  },
})
