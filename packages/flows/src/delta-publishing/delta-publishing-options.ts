import type { OptionDescriptor } from '@qarion/core'

import { CHANGE_FEED_OPTIONS } from '../change-feed/change-feed-options.ts'

/** `[properties]` that say how changes are detected. A ledger leaves no amount out, so there is no silent first batch. */
export const DETECTION_OPTIONS: readonly OptionDescriptor[] = CHANGE_FEED_OPTIONS.filter(
  ({ name }) => name !== 'baseline_on_add',
)

/** `[properties]` of delta publishing: check, JSON Schema and README come from this table. */
export const DELTA_PUBLISHING_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'measure_columns',
    type: 'columns',
    isRequired: true,
    description:
      'Columns whose amounts are posted: integers or decimals, compared exactly; NULL posts 0.',
  },
  {
    name: 'dimension_columns',
    type: 'columns',
    description:
      'Columns beside the key by which the ledger can be added up. Default: all that are compared and are no measures.',
  },
  ...DETECTION_OPTIONS,
]
