import type { OptionDescriptor } from '@qarion/core'

import { OPERATION, SOURCE_TABLE_TYPE, TARGET_TABLE_TYPE } from '../task-datasets.ts'

/** Settings of a transformation. */
export const TRANSFORMATION_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'rules',
    type: 'json',
    description:
      'What becomes of the rows, rule by rule: { operation = "filter", condition = "…" }.',
  },
  {
    name: 'sql',
    type: 'json',
    description:
      'In the place of rules: a SELECT in the SQL of the engine. {{ source_dataset }} and {{ flow.dataset }} stand for datasets, :name for the value of a variable.',
  },
  {
    name: 'columns',
    type: 'json',
    description:
      'With sql: the columns that it gives and their types, { region = "string", total = "decimal(12,2)" }.',
  },
  {
    name: 'processing_type',
    type: 'choice',
    choices: ['FULL_REFRESH', 'INCREMENTAL'],
    default: 'FULL_REFRESH',
    description:
      'Whether the rows take the place of all rows of the target, or are added under the batch.',
  },
  {
    name: 'primary_key',
    type: 'strings',
    description: 'Columns that identify a row of the target.',
  },
  OPERATION,
  SOURCE_TABLE_TYPE,
  TARGET_TABLE_TYPE,
]
