import type { OptionDescriptor } from '@qarion/core'

/** `[properties]` of a sessionization: check, JSON Schema and README come from this table. */
export const SESSIONIZATION_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'entity_columns',
    type: 'columns',
    isRequired: true,
    description: 'Columns that say whose event it is; sessions never reach over two of them.',
  },
  {
    name: 'event_time_column',
    type: 'column',
    isRequired: true,
    description: 'Timestamp column that says when the event happened.',
  },
  {
    name: 'session_gap',
    type: 'duration',
    isRequired: true,
    description:
      'Longest time between two events of one session, for instance `30m`; events exactly that far apart still belong together.',
  },
  {
    name: 'event_key',
    type: 'columns',
    description:
      'Columns that identify an event: one that comes again is not a new one. Default: primary_key; without it every row is an event.',
  },
  {
    name: 'split_columns',
    type: 'columns',
    description: 'Columns whose change from one event to the next starts a session.',
  },
  {
    name: 'first_columns',
    type: 'columns',
    description: 'Columns whose value in the first event a session has as `xt_first_<column>`.',
  },
  {
    name: 'last_columns',
    type: 'columns',
    description: 'Columns whose value in the last event a session has as `xt_last_<column>`.',
  },
]
