/** Writes CSV files: NULL and the empty string apart, whole or not at all. */
export { CSV_EXPORT_ERRORS, type CsvExportErrorCode } from './csv-export-errors.ts'
export { CSV_EXPORT_OPTIONS } from './csv-export-options.ts'
export { createCsvExporter } from './csv-exporter.ts'
