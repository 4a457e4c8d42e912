/** Tables and queries of databases as deliveries. */
export { DATABASE_ERRORS, type DatabaseErrorCode } from './database-errors.ts'
export { createDatabaseLoader } from './database-loader.ts'
export { DATABASE_OPTIONS } from './database-options.ts'
export { default } from './plugin.ts'
