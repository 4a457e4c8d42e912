import type { FlowDefinition, FlowPlan, FlowType } from '@qarion/core'
import { defineFlowDag } from '@qarion/plan'

import { countByType } from '../strategies/count-by-type.ts'
import { DETECTION_EFFECTS } from '../strategies/detection-properties.ts'
import { detectionSteps } from '../strategies/detection-steps.ts'
import { snapshotRows } from '../strategies/snapshot.ts'
import { changeFeedDatasets, currentDataset } from './change-feed-datasets.ts'
import { readChangeFeedSettings } from './change-feed-settings.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  ...DETECTION_EFFECTS,
  primary_key: 'rebuild',
  columns: 'next_batch',
  include_unchanged: 'next_batch',
  before_image: 'next_batch',
  baseline_on_add: 'passes',
} as const)

const RECORD_TYPES = ['new', 'changed', 'deleted', 'reinserted'] as const

/** The flow type `change_feed`: what each delivery changed against the one before. */
export const changeFeed: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  plan(definition: FlowDefinition): FlowPlan {
    const settings = readChangeFeedSettings(definition)
    const datasets = changeFeedDatasets(definition, settings)
    const current = currentDataset(
      definition,
      settings,
      snapshotRows('snapshot', settings, datasets, 'current'),
    )
    const { landing, carried, changeFeed: feed, deletedKeys, rejects } = datasets
    const { nodes, revert } = detectionSteps(definition, settings, datasets)
    return Object.freeze({
      datasets: [landing, feed, current, rejects, carried, deletedKeys],
      dag: defineFlowDag(definition.id, nodes),
      revert: [revert],
      batchCounts: countByType(
        feed.id,
        'xt_record_type',
        settings.includeUnchanged ? [...RECORD_TYPES, 'unchanged'] : RECORD_TYPES,
      ),
    })
  },
})
