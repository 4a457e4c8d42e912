import {
  DataTypes,
  formatValue,
  MERGE_SOURCE_PREFIX,
  type Column,
  type Expression,
  type FlowOutbox,
  type Instruction,
} from '@qarion/core'
import {
  column,
  defineInstruction,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  join,
  keep,
  literal,
  merge,
  named,
  nullOf,
  remove,
  sameKeys,
  select,
  text,
  values,
} from '@qarion/plan'

import type { WaitingEvent } from './waiting-event.ts'

/** What came of sending an event. */
export interface EventResult {
  readonly waiting: WaitingEvent
  readonly state: 'published' | 'pending' | 'dead'
  /** How often it was sent by now. */
  readonly attempts: number
  /** Milliseconds since 1970. */
  readonly nextAttemptAtMs?: number
  readonly publishedAtMs?: number
  readonly lastError?: string
}

const { integer: integerType, string, timestamp } = DataTypes
const MAX_ERROR_LENGTH = 500

/** Which event, by the key under which it is stored. */
const IDENTITY = [
  { name: 'xt_batch_id', type: integerType },
  { name: 'xt_revision', type: integerType },
  { name: 'event_key', type: string },
] as const
const SET: readonly Pick<Column, 'name' | 'type'>[] = [
  { name: 'state', type: string },
  { name: 'attempts', type: integerType },
  { name: 'next_attempt_at', type: timestamp },
  { name: 'last_error', type: string },
  { name: 'published_at', type: timestamp },
]
const SEQUENCE = { name: 'sequence', type: integerType }
const IDENTITY_NAMES = IDENTITY.map(({ name }) => name)
const STORED = 'xt_stored_'
const WAITING_KEY = ['event_key', 'sequence']

/** Keeps results with the events; those that are published wait no more. */
export function markEvents(outbox: FlowOutbox, results: readonly EventResult[]): Instruction {
  const published = equal(column('state', string), text('published'))
  return defineInstruction(
    'mark_events',
    [
      defineQuery('results', [values([...IDENTITY, SEQUENCE, ...SET], results.map(toRow))]),
      defineQuery('marks', [fromQuery('results'), select(keep([...IDENTITY, ...SET]))]),
      defineQuery('published', [
        fromQuery('results'),
        filter(published),
        select(keep([IDENTITY[2], SEQUENCE])),
      ]),
    ],
    [setState('marks', outbox), remove('published', outbox.waiting, WAITING_KEY)],
  )
}

/** Makes dead events pending again, as if they had never been sent. */
export function reviveEvents({ events, waiting }: FlowOutbox): Instruction {
  return defineInstruction(
    'revive_events',
    [
      defineQuery('stored', [from(events)]),
      defineQuery('dead', [
        from(waiting),
        join('stored', {
          type: 'inner',
          on: sameKeys(IDENTITY_NAMES),
          rightPrefix: STORED,
        }),
        filter(equal(column(`${STORED}state`, string), text('dead'))),
        select([
          ...keep(IDENTITY),
          named('state', text('pending')),
          named('attempts', integer(0)),
          named('next_attempt_at', nullOf(timestamp)),
          named('last_error', column(`${STORED}last_error`, string)),
          named('published_at', nullOf(timestamp)),
        ]),
      ]),
    ],
    [setState('dead', { events })],
  )
}

function setState(query: string, { events }: Pick<FlowOutbox, 'events'>): ReturnType<typeof merge> {
  return merge(query, events, {
    on: IDENTITY_NAMES,
    branches: [
      {
        when: 'matched',
        action: {
          kind: 'update',
          set: SET.map(({ name, type }) => ({
            name,
            expression: column(MERGE_SOURCE_PREFIX + name, type),
          })),
        },
      },
    ],
  })
}

function toRow(result: EventResult): Expression[] {
  const { waiting, state, attempts, nextAttemptAtMs, publishedAtMs, lastError } = result
  return [
    integer(waiting.batch),
    integer(waiting.revision),
    text(waiting.event.key),
    integer(waiting.event.sequence),
    text(state),
    integer(attempts),
    timeOf(nextAttemptAtMs),
    lastError === undefined ? nullOf(string) : text(shortened(lastError)),
    timeOf(publishedAtMs),
  ]
}

function timeOf(milliseconds: number | undefined): Expression {
  return milliseconds === undefined
    ? nullOf(timestamp)
    : literal(timestamp, formatValue(timestamp, BigInt(Math.trunc(milliseconds)) * 1000n))
}

function shortened(message: string): string {
  return message.slice(0, MAX_ERROR_LENGTH).replaceAll('\u0000', '').toWellFormed()
}
