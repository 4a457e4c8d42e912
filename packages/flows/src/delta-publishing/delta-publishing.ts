import type { Dataset, FlowDefinition, FlowPlan, FlowType } from '@qarion/core'
import { defineFlowDag, transformNode } from '@qarion/plan'

import { changeFeedToDeltaTransaction } from '../strategies/change-feed-to-delta-transaction.ts'
import { changeInput } from '../strategies/change-input.ts'
import { countByType } from '../strategies/count-by-type.ts'
import { TRANSACTION_TYPES } from '../strategies/delta-transactions.ts'
import { DETECTION_EFFECTS } from '../strategies/detection-properties.ts'
import { deltaPublishingDatasets } from './delta-publishing-datasets.ts'
import { readDeltaPublishingSettings } from './delta-publishing-settings.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  ...DETECTION_EFFECTS,
  measure_columns: 'rebuild',
  dimension_columns: 'rebuild',
  // They decide over the dimensions too.
  change_detection_columns: 'rebuild',
  change_detection_exclude: 'rebuild',
  include_unchanged: 'next_batch',
  before_image: 'next_batch',
} as const)

/** The flow type `delta_publishing`: a ledger of signed amounts that adds up to the snapshot. */
export const deltaPublishing: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  readsDatasets: true,
  plan(definition: FlowDefinition, sources: ReadonlyMap<string, Dataset> = new Map()): FlowPlan {
    const settings = readDeltaPublishingSettings(definition)
    const input = changeInput(settings.detection, sources, { keeps: 'change_feed' })
    const datasets = deltaPublishingDatasets(definition, settings)
    const { deltaTransaction, published } = datasets
    return Object.freeze({
      datasets: [...input.datasets, deltaTransaction, published],
      dag: defineFlowDag(definition.id, [
        ...input.nodes,
        transformNode({
          id: 'post',
          title: 'Post what differs from what is published',
          dependsOn: input.dependsOn,
          ...changeFeedToDeltaTransaction(settings, datasets, input),
        }),
      ]),
      revert: input.revert,
      batchCounts: countByType(deltaTransaction.id, 'xt_transaction_type', TRANSACTION_TYPES),
    })
  },
})
