/** Reads Parquet files: typed rows, nothing rounded, a row that holds a bad value with its number. */
export { PARQUET_ERRORS, type ParquetErrorCode } from './parquet-errors.ts'
export { createParquetLoader, type ParquetLoaderTuning } from './parquet-loader.ts'
export { PARQUET_OPTIONS } from './parquet-options.ts'
export type { ParquetSettings } from './parquet-settings.ts'
export type { StoredType, StoredUnit } from './stored-type.ts'
