import type { OptionDescriptor } from '@qarion/core'

/** `[properties]` of quality checks: check, JSON Schema and README come from this table. */
export const QUALITY_CHECK_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'quality_suites',
    type: 'json',
    isRequired: true,
    description:
      'Suites `[[properties.quality_suites]]`: `id`, `name`, `data_source`, `checks`, `stop_on_first_failure`, `enabled`.',
  },
  {
    name: 'failure_limit',
    type: 'integer',
    minimum: 0,
    maximum: 1_000_000,
    default: 1000,
    description: 'The most failing rows that are kept of a check in a batch; all are counted.',
  },
]
