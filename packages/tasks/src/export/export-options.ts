import type { OptionDescriptor } from '@qarion/core'

/** Settings of an export; those of the format stand beside them. */
export const EXPORT_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'file_path',
    type: 'path',
    isRequired: true,
    description: 'File that is written; {batch_id} and {batch_time:yyyyMMdd} are filled in.',
  },
  {
    name: 'format',
    type: 'string',
    isRequired: true,
    formatOf: 'exporter',
    description: 'Format, for instance csv; its options stand beside it.',
  },
  {
    name: 'on_existing',
    type: 'choice',
    choices: ['fail', 'replace'],
    default: 'fail',
    description: 'What happens when a file is there that the task did not write.',
  },
]
