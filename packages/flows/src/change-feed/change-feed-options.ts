import type { OptionDescriptor } from '@qarion/core'

/** `[properties]` of a change feed: check, JSON Schema and README come from this table. */
export const CHANGE_FEED_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'change_detection_columns',
    type: 'columns',
    description:
      'Columns whose change makes a row `changed`. Default: all columns that are not in the key.',
  },
  {
    name: 'change_detection_exclude',
    type: 'columns',
    description:
      'Columns whose change is not looked at; not together with change_detection_columns.',
  },
  {
    name: 'include_unchanged',
    type: 'boolean',
    default: false,
    description: 'Writes a row `unchanged` for every row that did not change.',
  },
  {
    name: 'before_image',
    type: 'boolean',
    default: false,
    description: 'Adds `xt_before_<column>` with the value before for every compared column.',
  },
  {
    name: 'extract',
    type: 'choice',
    choices: ['full', 'partial'],
    default: 'full',
    description:
      '`full`: a key that is absent from a delivery is deleted. `partial`: absence says nothing.',
  },
  {
    name: 'extract_scope',
    type: 'columns',
    description: 'Makes a delivery full within the values of these columns that it contains.',
  },
  {
    name: 'deleted_when',
    type: 'expression',
    description: "Condition that marks a delivered row as deleted, for instance `op = 'D'`.",
  },
  {
    name: 'sequence_by',
    type: 'columns',
    description: 'Orders several rows of a key in one delivery; the last one counts.',
  },
  {
    name: 'on_duplicate_key',
    type: 'choice',
    choices: ['fail', 'first', 'last', 'reject'],
    default: 'fail',
    description: 'What several rows of one key do. `first` and `last` need sequence_by.',
  },
  {
    name: 'on_empty',
    type: 'choice',
    choices: ['fail', 'skip', 'accept'],
    default: 'fail',
    description: 'What a delivery without rows does. `accept` deletes every key.',
  },
  {
    name: 'max_deleted_fraction',
    type: 'number',
    minimum: 0,
    maximum: 1,
    description:
      'Refuses a delivery that deletes more than this part of the rows. Default: no limit.',
  },
  {
    name: 'compare',
    type: 'json',
    isAdvanced: true,
    description:
      'Per column how values are compared: `{ trim = true, casefold = true, scale = 2 }`.',
  },
  {
    name: 'baseline_on_add',
    type: 'boolean',
    default: false,
    isAdvanced: true,
    description:
      'A column that is added does not make rows `changed` in the first batch that has it.',
  },
]
