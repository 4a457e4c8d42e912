import { DataTypes, type Column, type Dataset, type FlowDefinition } from '@qarion/core'

import { tableName } from '../dataset-table.ts'

export interface OutboxDatasets {
  readonly outbox: Dataset
  /** The events that are not published yet, in the order in which they are. */
  readonly waiting: Dataset
  /** What was last told of each key. */
  readonly announced: Dataset
  /** How far the initial load reaches: one row, once the flow has run. */
  readonly initialLoad: Dataset
}

const { boolean, integer, string, timestamp } = DataTypes

const required = (name: string, type: Column['type'], description: string): Column => ({
  name,
  type,
  required: true,
  description,
})
const optional = (name: string, type: Column['type'], description: string): Column => ({
  name,
  type,
  required: false,
  description,
})

const EVENT_KEY = required('event_key', string, 'Key of the row, as text.')
const SEQUENCE = required(
  'sequence',
  integer,
  'Place of the event among those of its key, from 1, without gaps.',
)
const BATCH_ID = required('xt_batch_id', integer, 'The batch that made the event.')
const REVISION = required(
  'xt_revision',
  integer,
  '1, and more for what was announced when the batch was applied anew.',
)

/** The events, what is to be done of them, and what they have told so far. */
export function outboxDatasets(definition: FlowDefinition): OutboxDatasets {
  const dataset = (
    name: string,
    rest: Pick<Dataset, 'description' | 'columns' | 'key' | 'isInternal'>,
  ): Dataset => ({
    ...rest,
    id: `${definition.id}.${name}`,
    table: tableName(definition, name),
    storage: { kind: 'table' },
    sortKey: rest.key,
  })
  return Object.freeze({
    outbox: dataset('outbox', {
      description: 'Events for those who follow the rows, and whether each is published.',
      columns: [
        required('id', string, 'Flow, batch, key and revision; the same however often it is sent.'),
        required('source', string, 'Where the event comes from, a URI or a part of one.'),
        required('type', string, '`<prefix>.new`, `.changed`, `.deleted` or `.reinserted`.'),
        required('subject', string, 'Key of the row, as text.'),
        required('time', timestamp, 'Time of the batch.'),
        required('data', string, 'The row as canonical JSON; of a deleted one the last known.'),
        EVENT_KEY,
        SEQUENCE,
        required('state', string, '`pending`, `published` or `dead`.'),
        required('attempts', integer, 'How often it was sent.'),
        optional('next_attempt_at', timestamp, 'It is not sent again before; NULL: at once.'),
        optional('last_error', string, 'Why it was not taken the last time.'),
        optional('published_at', timestamp, 'When the receiver took it.'),
        BATCH_ID,
        REVISION,
      ],
      // Batch and revision first: what a batch announced is found without reading what others did.
      key: ['xt_batch_id', 'xt_revision', 'event_key'],
      isInternal: false,
    }),
    waiting: dataset('waiting', {
      description: 'Events that are not published, by key and sequence.',
      columns: [EVENT_KEY, SEQUENCE, BATCH_ID, REVISION],
      key: ['event_key', 'sequence'],
      isInternal: true,
    }),
    announced: dataset('announced', {
      description: 'What was last announced of each key, or is known to all receivers.',
      columns: [
        EVENT_KEY,
        required('sequence', integer, 'Sequence of the last event of the key; 0 if none.'),
        required('is_deleted', boolean, 'Whether the key is known to be gone.'),
        required('data', string, 'The row as it was announced.'),
      ],
      key: ['event_key'],
      isInternal: true,
    }),
    initialLoad: dataset('initial_load', {
      description: 'The batches whose rows the flow found when it first ran.',
      columns: [
        required('until_batch_id', integer, 'The last of them; 0 where they are published.'),
        required('is_over', boolean, 'Whether the last of them is applied.'),
      ],
      key: ['until_batch_id'],
      isInternal: true,
    }),
  })
}
