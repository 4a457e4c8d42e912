import type { OptionDescriptor, ResolvedOptions } from '@qarion/core'

export const PARQUET_COMPRESSIONS = ['none', 'snappy', 'gzip', 'zstd'] as const

export type ParquetCompression = (typeof PARQUET_COMPRESSIONS)[number]

/** The format's options, in `[properties.export]`. */
export const PARQUET_EXPORT_OPTIONS: readonly OptionDescriptor[] = [
  {
    name: 'compression',
    type: 'choice',
    description: 'How pages are compressed: zstd is smallest, snappy is read by everything.',
    choices: PARQUET_COMPRESSIONS,
    default: 'snappy',
  },
  {
    name: 'row_group_size',
    type: 'integer',
    description: 'Rows in a row group: what is held in memory while it is written.',
    default: 122_880,
    minimum: 1,
    maximum: 10_000_000,
    isAdvanced: true,
  },
]

export interface ParquetExportSettings {
  readonly compression: ParquetCompression
  readonly rowGroupSize: number
}

/** The settings that checked options describe. */
export function toParquetExportSettings(options: ResolvedOptions): ParquetExportSettings {
  return {
    compression: (options['compression'] ?? 'snappy') as ParquetCompression,
    rowGroupSize: (options['row_group_size'] ?? 122_880) as number,
  }
}
