/** The engine over a DuckDB database file. */
export { duckdbDialect } from './duckdb-dialect.ts'
export { createDuckdbEngine } from './duckdb-engine.ts'
export { classifyDuckdbError, DUCKDB_ERRORS, type DuckdbErrorCode } from './duckdb-errors.ts'
export { DUCKDB_OPTIONS, type DuckdbSettings } from './duckdb-options.ts'
export { default } from './plugin.ts'
