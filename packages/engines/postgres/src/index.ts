/** The engine over a schema of a PostgreSQL database. */
export { classifyPostgresError } from './classify-error.ts'
export { postgresDialect } from './postgres-dialect.ts'
export { createPostgresEngine } from './postgres-engine.ts'
export { POSTGRES_ERRORS, type PostgresErrorCode } from './postgres-errors.ts'
export type { ConnectionTarget, SslMode } from './connection/target.ts'
export { POSTGRES_OPTIONS, settingsOf, type PostgresSettings } from './postgres-options.ts'
export { default } from './plugin.ts'
