import type { OptionDescriptor } from '@qarion/core'

/** `[properties]` of growth accounting: check, JSON Schema and README come from this table. */
export const GROWTH_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'entity_columns',
    type: 'columns',
    isRequired: true,
    description: 'Columns that say who was active.',
  },
  {
    name: 'event_time_column',
    type: 'column',
    isRequired: true,
    description: 'Timestamp column that says when.',
  },
  {
    name: 'period',
    type: 'choice',
    choices: ['day', 'week', 'month'],
    isRequired: true,
    description: 'What is accounted by; a `week` begins on Monday.',
  },
  {
    name: 'timezone',
    type: 'string',
    default: 'UTC',
    description: 'Zone whose days count, for instance `Europe/Berlin`.',
  },
  {
    name: 'segment_columns',
    type: 'columns',
    description: 'Columns whose values are accounted apart: each segment has entities of its own.',
  },
  {
    name: 'event_key',
    type: 'columns',
    description:
      'Columns that identify an event: one that comes again corrects the one before. Default: primary_key; without it every row is an event.',
  },
]
