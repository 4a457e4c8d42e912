import type { OptionDescriptor } from '@qarion/core'

/** The publisher's options, in `[properties.publish]`. */
export const NDJSON_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'path',
    type: 'path',
    isRequired: true,
    description: 'File that events are appended to, within the project; it is made if missing.',
  },
]
