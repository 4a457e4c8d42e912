import type { OptionDescriptor } from '@qarion/core'

import { CHANGE_FEED_OPTIONS } from '../change-feed/change-feed-options.ts'

/** Options of a change feed that are about its own rows, which a dimension does not keep. */
const OF_FEED_ROWS: readonly string[] = ['include_unchanged', 'before_image']

/** `[properties]` that say how changes are detected. */
export const DETECTION_OPTIONS: readonly OptionDescriptor[] = CHANGE_FEED_OPTIONS.filter(
  ({ name }) => !OF_FEED_ROWS.includes(name),
)

/** `[properties]` of scd2: check, JSON Schema and README come from this table. */
export const SCD2_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'effective_at_column',
    type: 'column',
    description:
      'Timestamp or date column that says from when a row is valid. Default: the time of the batch.',
  },
  {
    name: 'on_late_effective',
    type: 'choice',
    choices: ['fail', 'clamp', 'reject'],
    default: 'fail',
    description:
      'What a changed row does that is valid from before the newest version of its key. `clamp`: it begins where that version does.',
  },
  {
    name: 'initial_valid_from',
    type: 'choice',
    choices: ['batch_time', 'beginning'],
    default: 'batch_time',
    description:
      'From when the rows of the first batch are valid. `beginning`: from 0001-01-01 on, whatever their effective time.',
  },
  ...DETECTION_OPTIONS,
]
