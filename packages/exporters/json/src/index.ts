/** Writes JSON arrays and JSON Lines: no number is rounded, a file is there whole or not at all. */
export { JSON_EXPORT_OPTIONS } from './json-export-options.ts'
export { createJsonExporter } from './json-exporter.ts'
