/** Writes Parquet files: exact types, one row group in memory at a time, whole or not at all. */
export { PARQUET_EXPORT_OPTIONS } from './parquet-export-options.ts'
export { createParquetExporter } from './parquet-exporter.ts'
