import type { OptionDescriptor } from '@qarion/core'

import { OPERATION, TARGET_TABLE_TYPE } from '../task-datasets.ts'

/** Settings of an ingestion; those of the format stand beside them. */
export const INGESTION_OPTIONS: readonly OptionDescriptor[] = [
  { name: 'path', type: 'path', description: 'Folder or file that is loaded.' },
  {
    name: 'file_path',
    type: 'path',
    isAdvanced: true,
    description: 'The same as path.',
  },
  { name: 'file_pattern', type: 'string', description: 'Which files of the folder.' },
  {
    name: 'format',
    type: 'string',
    isRequired: true,
    formatOf: 'loader',
    description: 'Format, for instance csv; its options stand beside it.',
  },
  {
    name: 'columns',
    type: 'strings',
    description: 'Columns of the files, of those that [input] declares; all of them if absent.',
  },
  {
    name: 'on_extra_column',
    type: 'choice',
    choices: ['fail', 'ignore'],
    default: 'fail',
    description: 'What happens when a file has a column that is not declared.',
  },
  {
    name: 'timezone',
    type: 'string',
    default: 'UTC',
    description: 'Time zone of timestamps without an offset.',
  },
  {
    name: 'processing_type',
    type: 'choice',
    choices: ['FULL_REFRESH'],
    default: 'FULL_REFRESH',
    isAdvanced: true,
    description: 'The rows of all files take the place of all rows of the target.',
  },
  {
    name: 'primary_key',
    type: 'strings',
    description: 'Columns that identify a row of the target.',
  },
  OPERATION,
  TARGET_TABLE_TYPE,
]
