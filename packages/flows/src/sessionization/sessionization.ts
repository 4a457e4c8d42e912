import {
  DataTypes,
  type BatchCounts,
  type Dataset,
  type DatasetId,
  type FlowDefinition,
  type FlowPlan,
  type FlowType,
} from '@qarion/core'
import {
  column,
  defineFlowDag,
  defineInstruction,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  parameter,
  remove,
  select,
  text,
  transformNode,
  union,
  values,
} from '@qarion/plan'

import { eventInput } from '../strategies/event-input.ts'
import { sessioniseBatch, takeBatchBack } from './sessionise-batch.ts'
import { BATCH_ID, COUNTS, sessionizationDatasets } from './sessionization-datasets.ts'
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
      revert: [takeBatchBack(settings, datasets), ...forgetShared(input.shared)],
      batchCounts: countsOf(batchTotals.id),
    })
  },
})

function forgetShared(shared: readonly Dataset[]): FlowPlan['revert'] & object {
  if (shared.length === 0) return []
  const batch = defineQuery('batch', [
    values([BATCH_ID], [[parameter('batch_id', DataTypes.integer)]]),
  ])
  return [
    defineInstruction(
      'forget_rejects',
      [batch],
      shared.map(({ id }) => remove('batch', id, [BATCH_ID.name])),
    ),
  ]
}

function countsOf(batchTotals: string): BatchCounts {
  const ofBatch = filter(
    equal(column(BATCH_ID.name, BATCH_ID.type), parameter('batch_id', DataTypes.integer)),
  )
  const counted = COUNTS.map((name) =>
    defineQuery(name, [
      from(batchTotals),
      ofBatch,
      select([
        { name: 'name', expression: text(name) },
        { name: 'rows', expression: column(name, DataTypes.integer) },
      ]),
    ]),
  )
  const [first, ...others] = COUNTS
  return {
    names: COUNTS,
    queries: [...counted, defineQuery('counts', [fromQuery(first), union(others)])],
  }
}
