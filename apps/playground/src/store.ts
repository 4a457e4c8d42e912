import { randomBytes } from 'node:crypto'

import { serverUrl } from '@qarion/postgres-server'
import { Client } from 'pg'

export type EngineId = 'sqlite' | 'duckdb' | 'polars_local' | 'polars_memory' | 'postgres'

/** Engines whose data is in files of the project. */
export const FILE_ENGINE_IDS: readonly EngineId[] = ['sqlite', 'duckdb', 'polars_local']

/** Engines whose data outlasts the process. */
export const PERSISTENT_ENGINE_IDS: readonly EngineId[] = [...FILE_ENGINE_IDS, 'postgres']

export const ENGINE_IDS: readonly EngineId[] = [...PERSISTENT_ENGINE_IDS, 'polars_memory']

/** Where a scenario's engine keeps its data. */
export type Store = FileStore | ServerStore | MemoryStore

export interface FileStore {
  readonly kind: 'file'
  /** Lines of `[engine.config]`. */
  readonly config: string
  /** The file, within the project, that holds the data or says where it is. */
  readonly path: string
  remove(): Promise<void>
}

export interface MemoryStore {
  readonly kind: 'memory'
  readonly config: string
  remove(): Promise<void>
}

export interface ServerStore {
  readonly kind: 'server'
  readonly config: string
  readonly schema: string
  /** Rows of a statement of somebody else's. */
  ask(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  remove(): Promise<void>
}

/** Name under which projects find the URL of the server of this test run. */
const URL_VARIABLE = 'QARION_PLAYGROUND_POSTGRES_URL'

const MAKE: Readonly<Record<EngineId, () => Promise<Store>>> = {
  sqlite: () => fileStore('store/t.db', 'path = "store/t.db"'),
  duckdb: () => fileStore('store/t.duckdb', 'path = "store/t.duckdb"'),
  polars_local: () => fileStore('store/manifest.json', 'storage_dir = "store"'),
  polars_memory: () => Promise.resolve({ kind: 'memory', config: '', remove: async () => {} }),
  postgres: schemaStore,
}

/** A store that nobody else has and that nothing is in. */
export function makeStore(engine: EngineId): Promise<Store> {
  return MAKE[engine]()
}

async function fileStore(path: string, config: string): Promise<FileStore> {
  // It lies in the project's folder, and goes with it.
  return { kind: 'file', config: `${config}\n`, path, remove: async () => {} }
}

async function schemaStore(): Promise<ServerStore> {
  const url = await serverUrl()
  process.env[URL_VARIABLE] = url
  const schema = `s_${randomBytes(8).toString('hex')}`
  const ask: ServerStore['ask'] = async (sql) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query(sql)).rows
    } finally {
      await client.end()
    }
  }
  return {
    kind: 'server',
    config: `url = "\${env:${URL_VARIABLE}}"\nschema = "${schema}"\n`,
    schema,
    ask,
    remove: async () => {
      await ask(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    },
  }
}
