import type { OptionDescriptor } from '@qarion/core'

/** The format has no options of its own: a Parquet file says of itself how it is to be read. */
export const PARQUET_OPTIONS: readonly OptionDescriptor[] = []
