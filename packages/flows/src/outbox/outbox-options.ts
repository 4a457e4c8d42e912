import type { OptionDescriptor } from '@qarion/core'

import { DETECTION_OPTIONS } from '../delta-publishing/delta-publishing-options.ts'

/** `[properties]` of an outbox: check, JSON Schema and README come from this table. */
export const OUTBOX_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'initial_load',
    type: 'choice',
    choices: ['publish', 'skip'],
    isRequired: true,
    description:
      'What the rows are that the flow finds when it first runs: events (`publish`), or known to all receivers (`skip`).',
  },
  {
    name: 'event_type_prefix',
    type: 'string',
    description: 'First part of the type of events, before `.new`. Default: the id of the flow.',
  },
  {
    name: 'event_source',
    type: 'string',
    description:
      'Attribute `source` of events, a URI or a part of one. Default: `/<namespace>/<flow>`.',
  },
  {
    name: 'payload_columns',
    type: 'columns',
    description:
      'Columns that events carry; a change of others makes no event. Default: all columns.',
  },
  ...DETECTION_OPTIONS,
]
