import {
  DataTypes,
  type Dataset,
  type Expression,
  type FlowDefinition,
  type Query,
} from '@qarion/core'
import {
  aggregate,
  and,
  boolean,
  call,
  coalesce,
  column,
  defineQuery,
  filter,
  from,
  fromQuery,
  integer,
  join,
  measure,
  named,
  not,
  or,
  select,
} from '@qarion/plan'

import type { OutboxSettings } from '../outbox/outbox-settings.ts'
import { BATCH_ID, batchId } from './batch-parameter.ts'

const until = column('until_batch_id', DataTypes.integer)
const isOver = column('is_over', DataTypes.boolean)

/** Whether rows of the batch are known to all receivers; over `initial_load_now`. */
export const isSkipped: Expression = and(not(isOver), call('less_or_equal', batchId, until))

/**
 * `initial_load_now`: the last of the batches that the flow found when it first ran, and whether the flow is past it;
 * `initial_load_after`: the same after the batch. Where they are published, the initial load is over at once, and no later
 * change of the property begins another. Cost does not grow with the feed: only rows from the batch on are asked for.
 */
export function initialLoad(
  { input }: FlowDefinition,
  settings: Pick<OutboxSettings, 'initialLoad'>,
  stored: Dataset,
): Query[] {
  const isSkipping = settings.initialLoad === 'skip'
  const { sourceDatasetId } = input
  const knowsFeed = isSkipping && sourceDatasetId !== undefined
  const newest = column('xt_newest_batch_id', DataTypes.integer)
  const preset = isSkipping ? (knowsFeed ? coalesce(newest, batchId) : batchId) : integer(0)
  return [
    ...(knowsFeed ? [newestBatch(sourceDatasetId)] : []),
    defineQuery('initial_load_now', [
      from(stored.id),
      aggregate({
        groupBy: [],
        measures: [measure('until_batch_id', 'max', [until]), measure('is_over', 'max', [isOver])],
      }),
      ...(knowsFeed ? [join('newest_batch', { type: 'inner', on: [], rightPrefix: '' })] : []),
      select([
        named('until_batch_id', coalesce(until, preset)),
        named('is_over', coalesce(isOver, boolean(!isSkipping))),
      ]),
    ]),
    defineQuery('initial_load_after', [
      fromQuery('initial_load_now'),
      select([
        named('until_batch_id', until),
        named('is_over', or(isOver, call('greater_or_equal', batchId, until))),
      ]),
    ]),
  ]
}

function newestBatch(feed: string): Query {
  const batch = column(BATCH_ID.name, BATCH_ID.type)
  return defineQuery('newest_batch', [
    from(feed),
    filter(call('greater_or_equal', batch, batchId)),
    aggregate({ groupBy: [], measures: [measure('xt_newest_batch_id', 'max', [batch])] }),
  ])
}
