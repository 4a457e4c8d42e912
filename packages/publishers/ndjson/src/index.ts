/** Appends the events of outboxes to a file, a line of JSON each. */
export { NDJSON_ERRORS, type NdjsonErrorCode } from './ndjson-errors.ts'
export { NDJSON_OPTIONS } from './ndjson-options.ts'
export { createNdjsonPublisher } from './ndjson-publisher.ts'
