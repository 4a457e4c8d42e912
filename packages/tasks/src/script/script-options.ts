import type { OptionDescriptor } from '@qarion/core'

/** Settings of a script. */
export const SCRIPT_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'path',
    type: 'path',
    isRequired: true,
    description: 'Module of the project, TypeScript or JavaScript; its default export is called.',
  },
  {
    name: 'timeout',
    type: 'duration',
    default: '10m',
    description: 'The script is stopped after this long.',
  },
  { name: 'arguments', type: 'table', description: 'Values that the script is given.' },
]
