import type { Dataset, DatasetId, FlowDefinition, FlowPlan, FlowType } from '@qarion/core'
import { defineFlowDag, transformNode } from '@qarion/plan'

import { countsOfTotals, forgetBatch } from '../strategies/batch-totals.ts'
import { eventInput } from '../strategies/event-input.ts'
import { sessioniseBatch, takeBatchBack } from './sessionise-batch.ts'
import { COUNTS, sessionizationDatasets } from './sessionization-datasets.ts'
import { readSessionizationSettings } from './sessionization-settings.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  primary_key: 'rebuild',
  columns: 'rebuild',
  entity_columns: 'rebuild',
  event_time_column: 'rebuild',
  session_gap: 'rebuild',
  event_key: 'rebuild',
  split_columns: 'rebuild',
  first_columns: 'rebuild',
  last_columns: 'rebuild',
} as const)

/** The flow type `sessionization`: events and the sessions that they make up. */
export const sessionization: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  readsDatasets: true,
  plan(definition: FlowDefinition, sources: ReadonlyMap<DatasetId, Dataset> = new Map()): FlowPlan {
    const settings = readSessionizationSettings(definition, sources)
    const datasets = sessionizationDatasets(definition, settings)
    const input = eventInput(definition, sources, settings.key)
    const { events, sessions, eventKeys, replacedEvents, batchTotals } = datasets
    const internal = [eventKeys, replacedEvents, batchTotals].filter((made) => made !== undefined)
    return Object.freeze({
      datasets: [events, sessions, ...input.datasets, ...internal],
      dag: defineFlowDag(definition.id, [
        ...input.nodes,
        transformNode({
          id: 'sessionise',
          title: 'Make sessions of the events',
          dependsOn: input.dependsOn,
          instruction: sessioniseBatch(settings, datasets, input),
        }),
      ]),
      revert: [takeBatchBack(settings, datasets), ...forgetBatch(input.shared)],
      batchCounts: countsOfTotals(batchTotals.id, COUNTS),
    })
  },
})
