/** The SQLite engine. */
export { sqliteDialect } from './dialect/sqlite-dialect.ts'
export { createSqliteEngine, type SqliteEngineOptions } from './sqlite-engine.ts'
export {
  classifySqliteError,
  SQLITE_ERRORS,
  sqliteError,
  type SqliteErrorCode,
  type SqliteErrorEntry,
} from './sqlite-errors.ts'
export { SQLITE_OPTIONS } from './sqlite-options.ts'
