import type { OptionDescriptor } from '@qarion/core'

import { CHANGE_FEED_OPTIONS } from '../change-feed/change-feed-options.ts'

/** What would leave changes of a row unseen, or is about the feed that this flow type does not keep. */
const OF_FEEDS_ALONE: ReadonlySet<string> = new Set([
  'change_detection_columns',
  'change_detection_exclude',
  'include_unchanged',
  'before_image',
  'compare',
  'baseline_on_add',
])

/** `[properties]` that say how deliveries are read. */
export const DELIVERY_OPTIONS: readonly OptionDescriptor[] = CHANGE_FEED_OPTIONS.filter(
  ({ name }) => !OF_FEEDS_ALONE.has(name),
)

/** `[properties]` of error parking: check, JSON Schema and README come from this table. */
export const ERROR_PARKING_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'quality_checks',
    type: 'json',
    isRequired: true,
    description:
      'Checks of rows `[[properties.quality_checks]]`: `check_id`, `check_type`, `columns`, `severity`, `config`, `enabled`.',
  },
  ...DELIVERY_OPTIONS,
]
