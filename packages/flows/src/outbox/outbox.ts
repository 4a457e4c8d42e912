import type { Dataset, FlowDefinition, FlowPlan, FlowType } from '@qarion/core'
import { defineFlowDag, transformNode } from '@qarion/plan'

import { changeFeedToOutbox, countEvents } from '../strategies/change-feed-to-outbox.ts'
import { changeInput } from '../strategies/change-input.ts'
import { outboxDatasets } from './outbox-datasets.ts'
import { readOutboxSettings } from './outbox-settings.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  // It is about the first run alone.
  initial_load: 'passes',
  event_type_prefix: 'next_batch',
  event_source: 'next_batch',
  payload_columns: 'next_batch',
  change_detection_columns: 'next_batch',
  change_detection_exclude: 'next_batch',
  compare: 'next_batch',
  include_unchanged: 'next_batch',
  before_image: 'next_batch',
  max_deleted_fraction: 'passes',
  on_empty: 'passes',
  on_duplicate_key: 'next_batch',
  extract: 'next_batch',
  extract_scope: 'next_batch',
  deleted_when: 'rebuild',
  sequence_by: 'rebuild',
} as const)

/** The flow type `outbox`: an event for every change, ready to be published. */
export const outbox: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  readsDatasets: true,
  plan(definition: FlowDefinition, sources: ReadonlyMap<string, Dataset> = new Map()): FlowPlan {
    const settings = readOutboxSettings(definition)
    const input = changeInput(definition, sources, { keeps: 'change_feed' })
    const datasets = outboxDatasets(definition)
    return Object.freeze({
      datasets: [
        ...input.datasets,
        datasets.outbox,
        datasets.waiting,
        datasets.announced,
        datasets.initialLoad,
      ],
      dag: defineFlowDag(definition.id, [
        ...input.nodes,
        transformNode({
          id: 'announce',
          title: 'Announce what differs from what was announced',
          dependsOn: input.dependsOn,
          ...changeFeedToOutbox(definition, settings, datasets, input),
        }),
      ]),
      revert: input.revert,
      batchCounts: countEvents(datasets.outbox.id),
      outbox: { events: datasets.outbox.id, waiting: datasets.waiting.id },
    })
  },
})
