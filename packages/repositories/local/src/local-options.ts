import type { OptionDescriptor } from '@qarion/core'

export const LOCAL_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'directory',
    type: 'path',
    description:
      'Folder of the history, one per environment; the host gives .qarion/<environment> of the project.',
    isRequired: true,
  },
]
