/** The Polars engines. */
export {
  createPolarsLocalEngine,
  createPolarsMemoryEngine,
  type PolarsLocalSettings,
} from './polars-engine.ts'
export {
  classifyPolarsError,
  POLARS_ERRORS,
  polarsError,
  type PolarsErrorCode,
  type PolarsErrorEntry,
} from './polars-errors.ts'
export { LOCAL_OPTIONS, MEMORY_OPTIONS } from './polars-options.ts'
