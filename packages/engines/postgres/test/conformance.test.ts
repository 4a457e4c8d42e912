import { engineSuite, type EngineSubject } from '@qarion/testkit'
import { it } from 'vitest'

import { createPostgresEngine } from '../src/index.ts'
import { ask, dropSchema, newSchema, testSettings } from './support.ts'

const SIZE = `
  SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'm')`

async function openSchema(): Promise<EngineSubject> {
  const settings = await testSettings(newSchema())
  const numberOf = async (sql: string): Promise<number> =>
    Number((await ask(settings, sql, [settings.schema]))[0]?.[0])
  return {
    engine: createPostgresEngine(() => settings),
    exists: async () =>
      (await numberOf('SELECT count(*) FROM pg_namespace WHERE nspname = $1')) > 0,
    storageBytes: () => numberOf(SIZE),
    close: () => dropSchema(settings),
  }
}

engineSuite(it, openSchema)
