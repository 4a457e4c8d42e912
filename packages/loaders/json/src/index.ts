/** Reads JSON arrays of records and JSON Lines: structure in one pass, then typed rows with exact places. */
export { JSON_ERRORS, type JsonErrorCode } from './json-errors.ts'
export { createJsonLoader, type JsonLoaderTuning } from './json-loader.ts'
export { JSON_OPTIONS, type JsonForm } from './json-options.ts'
export type { JsonSettings } from './json-settings.ts'
