import type { OptionDescriptor } from '@qarion/core'

/** Settings of a sync. */
export const SYNC_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'source_path',
    type: 'path',
    isRequired: true,
    description: 'Folder whose files are copied, or one file.',
  },
  {
    name: 'destination_path',
    type: 'path',
    isRequired: true,
    description: 'Folder that they are copied to; it is made where it is missing.',
  },
  {
    name: 'pattern',
    type: 'string',
    description: 'Which files of the folder, for instance *.csv or *.{csv,json}.',
  },
  {
    name: 'recursive',
    type: 'boolean',
    default: false,
    description:
      'Whether files of folders below are copied as well, into folders of the same names.',
  },
  {
    name: 'overwrite',
    type: 'boolean',
    default: true,
    description: 'Whether a file that is there and differs is replaced.',
  },
]
