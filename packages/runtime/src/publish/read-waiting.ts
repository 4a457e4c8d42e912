import {
  DataTypes,
  rowsOf,
  type Catalog,
  type EngineSession,
  type FlowOutbox,
  type Rule,
} from '@qarion/core'
import {
  aggregate,
  and,
  ascending,
  call,
  column,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  join,
  limit,
  measure,
  or,
  parameter,
  sameKeys,
  select,
  sort,
  text,
} from '@qarion/plan'

import { toWaitingEvent, WAITING_COLUMNS, type WaitingEvent } from './waiting-event.ts'

/** Where a page begins: after this event, or after all of its key. */
export interface Cursor {
  readonly key: string
  /** Absent: no event of the key is asked for any more. */
  readonly sequence?: bigint
}

const key = column('event_key', DataTypes.string)
const sequence = column('sequence', DataTypes.integer)
const IN_ORDER = sort(ascending(['event_key', 'sequence']))
const STORED = 'xt_stored_'
/** The stored events of those that wait, found by their key. */
const withStored = join('stored', {
  type: 'inner',
  on: sameKeys(['xt_batch_id', 'xt_revision', 'event_key']),
  rightPrefix: STORED,
})

/**
 * The next waiting events by key and sequence, at most `count`. What it costs is the page, not what is published: only
 * events that wait are looked at, each found by its key.
 */
export async function readWaiting(
  session: EngineSession,
  catalog: Catalog,
  { events, waiting }: FlowOutbox,
  { after, count, signal }: { after: Cursor | undefined; count: number; signal: AbortSignal },
): Promise<WaitingEvent[]> {
  const page = defineQuery('page', [from(waiting), ...afterCursor(after), IN_ORDER, limit(count)])
  const stored = defineQuery('stored', [from(events)])
  const found = defineQuery('found', [
    fromQuery('page'),
    withStored,
    select(
      WAITING_COLUMNS.map(({ name, type }) => ({
        name,
        expression: column(STORED + name, type),
      })),
    ),
    IN_ORDER,
  ])
  const result: WaitingEvent[] = []
  for await (const batch of session.read({
    queries: [page, stored, found],
    catalog,
    parameters: after === undefined ? {} : { after_key: after.key, ...sequenceOf(after) },
    signal,
  }))
    for (const row of rowsOf(batch)) result.push(toWaitingEvent(row))
  return result
}

function sequenceOf({ sequence: last }: Cursor): Record<string, bigint> {
  return last === undefined ? {} : { after_sequence: last }
}

function afterCursor(after: Cursor | undefined): Rule[] {
  if (after === undefined) return []
  const lastKey = parameter('after_key', DataTypes.string)
  if (after.sequence === undefined) return [filter(call('greater', key, lastKey))]
  const lastSequence = parameter('after_sequence', DataTypes.integer)
  return [
    filter(
      and(
        // By itself it is what an index serves.
        call('greater_or_equal', key, lastKey),
        or(call('greater', key, lastKey), call('greater', sequence, lastSequence)),
      ),
    ),
  ]
}

/** How many events wait, and how many of them are dead. */
export async function countWaiting(
  session: EngineSession,
  catalog: Catalog,
  { events, waiting }: FlowOutbox,
): Promise<{ readonly waiting: number; readonly dead: number }> {
  const isDead = equal(column(`${STORED}state`, DataTypes.string), text('dead'))
  const count = async (rules: readonly Rule[]): Promise<number> => {
    const query = defineQuery('counted', [
      from(waiting),
      ...rules,
      aggregate({ groupBy: [], measures: [measure('rows', 'count')] }),
    ])
    const queries = [defineQuery('stored', [from(events)]), query]
    let counted = 0
    // Read to the end: a read that is left holds its transaction for a while.
    for await (const batch of session.read({ queries, catalog, parameters: {} }))
      for (const [rows] of rowsOf(batch)) counted = Number(rows)
    return counted
  }
  return { waiting: await count([]), dead: await count([withStored, filter(isDead)]) }
}
