import type * as Api from '@duckdb/node-api'
import type bindings from '@duckdb/node-bindings'

export type DuckdbApi = typeof Api
export type DuckdbBindings = typeof bindings

/** The client, and the functions beneath it that move whole vectors. */
export interface DuckdbDriver {
  readonly api: DuckdbApi
  readonly bindings: DuckdbBindings
}

/** Imports the driver when first needed: that costs 90 ms, which commands that touch no data must not pay. */
export async function loadDriver(): Promise<DuckdbDriver> {
  const [api, { default: functions }] = await Promise.all([
    import('@duckdb/node-api'),
    import('@duckdb/node-bindings'),
  ])
  return { api, bindings: functions }
}
