import type { OptionDescriptor } from '@qarion/core'

export const SQLITE_OPTIONS: readonly OptionDescriptor[] = Object.freeze<OptionDescriptor[]>([
  {
    name: 'path',
    type: 'path',
    description: 'The database file; it is created by the first run.',
    isRequired: true,
  },
  {
    name: 'cache_size',
    type: 'size',
    description: 'Memory for pages of the database; sorting takes as much again.',
    default: '16MB',
    isAdvanced: true,
  },
  {
    name: 'busy_timeout',
    type: 'duration',
    description: 'How long to wait while another program has the file locked.',
    default: '5s',
    isAdvanced: true,
  },
])
