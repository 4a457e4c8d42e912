import { randomBytes } from 'node:crypto'

import { serverUrl } from '@qarion/postgres-server'
import { Client } from 'pg'

export const ENGINE_IDS = ['sqlite', 'duckdb', 'postgres'] as const

export type EngineId = (typeof ENGINE_IDS)[number]

/** Where a scenario's engine keeps its data. */
export type Store = FileStore | ServerStore

export interface FileStore {
  readonly kind: 'file'
  /** Lines of `[engine.config]`. */
  readonly config: string
  /** Within the project. */
  readonly path: string
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
  sqlite: () => Promise.resolve(fileStore('store/t.db')),
  duckdb: () => Promise.resolve(fileStore('store/t.duckdb')),
  postgres: schemaStore,
}

/** A store that nobody else has and that nothing is in. */
export function makeStore(engine: EngineId): Promise<Store> {
  return MAKE[engine]()
}

function fileStore(path: string): FileStore {
  // It lies in the project's folder, and goes with it.
  return { kind: 'file', config: `path = "${path}"\n`, path, remove: async () => {} }
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
