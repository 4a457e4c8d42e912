import type { OptionDescriptor } from '@qarion/core'

/** Options of `polars_memory`: none, since nothing is kept. */
export const MEMORY_OPTIONS: readonly OptionDescriptor[] = Object.freeze([])

/** Options of `polars_local`. */
export const LOCAL_OPTIONS: readonly OptionDescriptor[] = Object.freeze<OptionDescriptor[]>([
  {
    name: 'storage_dir',
    type: 'path',
    description: 'The folder of the Parquet files; made when a run first writes.',
    isRequired: true,
  },
])
