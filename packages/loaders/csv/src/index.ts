/** Reads CSV files: structure in one pass, then typed rows with exact places. */
export { CSV_ERRORS, type CsvErrorCode } from './csv-errors.ts'
export { createCsvLoader, type CsvLoaderTuning } from './csv-loader.ts'
export { CSV_OPTIONS, type CsvDialect } from './csv-options.ts'
export type { CsvSettings } from './csv-settings.ts'
