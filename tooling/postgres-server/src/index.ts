/** A real PostgreSQL server for tests, the demo and measurements. */
export { serverUrl, type ServerUrlOptions } from './shared-server.ts'
export { startServer, type RunningServer, type ServerOptions } from './start-server.ts'
