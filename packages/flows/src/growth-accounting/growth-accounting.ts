import type { Dataset, DatasetId, FlowDefinition, FlowPlan, FlowType } from '@qarion/core'
import { defineFlowDag, transformNode } from '@qarion/plan'

import { countsOfTotals, forgetBatch } from '../strategies/batch-totals.ts'
import { eventInput } from '../strategies/event-input.ts'
import { accountBatch, takeBatchBack } from './account-batch.ts'
import { COUNTS } from './growth-columns.ts'
import { growthDatasets, growthViews } from './growth-datasets.ts'
import { readGrowthSettings } from './growth-settings.ts'

/** What each property asks for when it changes; docs/semantics.md, "Definitions". */
const CHANGE_EFFECTS = Object.freeze({
  primary_key: 'rebuild',
  columns: 'rebuild',
  entity_columns: 'rebuild',
  event_time_column: 'rebuild',
  period: 'rebuild',
  timezone: 'rebuild',
  segment_columns: 'rebuild',
  event_key: 'rebuild',
} as const)

/** The flow type `growth_accounting`: who is new, stays, comes back or goes, period by period. */
export const growthAccounting: FlowType = Object.freeze({
  changeEffects: CHANGE_EFFECTS,
  readsDatasets: true,
  plan(definition: FlowDefinition, sources: ReadonlyMap<DatasetId, Dataset> = new Map()): FlowPlan {
    const settings = readGrowthSettings(definition, sources)
    const datasets = growthDatasets(definition, settings)
    const input = eventInput(definition, sources, settings.key)
    const { activityCounts, eventPeriods, memberPeriods, periodCounts, batchTotals } = datasets
    return Object.freeze({
      datasets: [
        activityCounts,
        ...(eventPeriods === undefined ? [] : [eventPeriods]),
        memberPeriods,
        periodCounts,
        batchTotals,
        ...growthViews(definition, settings, datasets),
        ...input.datasets,
      ],
      dag: defineFlowDag(definition.id, [
        ...input.nodes,
        transformNode({
          id: 'account',
          title: 'Account for who was active',
          dependsOn: input.dependsOn,
          instruction: accountBatch(settings, datasets, input),
        }),
      ]),
      revert: [takeBatchBack(settings, datasets), ...forgetBatch(input.shared)],
      batchCounts: countsOfTotals(batchTotals.id, COUNTS),
    })
  },
})
