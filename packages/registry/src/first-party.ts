import type { PluginKind } from '@qarion/core'

/** Packages of this repository by kind and id. Only for messages and `plugins add`: names never resolve anything. */
export const FIRST_PARTY_PLUGINS: Readonly<
  Partial<Record<PluginKind, Readonly<Record<string, string>>>>
> = Object.freeze({
  engine: {
    sqlite: '@qarion/engine-sqlite',
    duckdb: '@qarion/engine-duckdb',
    polars_memory: '@qarion/engine-polars',
    polars_local: '@qarion/engine-polars',
    postgres: '@qarion/engine-postgres',
  },
  loader: {
    csv: '@qarion/loader-csv',
    database: '@qarion/loader-database',
    json: '@qarion/loader-json',
    parquet: '@qarion/loader-parquet',
  },
  exporter: {
    csv: '@qarion/exporter-csv',
    json: '@qarion/exporter-json',
    parquet: '@qarion/exporter-parquet',
  },
  flow: {
    change_feed: '@qarion/flows',
    delta_publishing: '@qarion/flows',
    export_flow: '@qarion/flows',
    error_parking: '@qarion/flows',
    growth_accounting: '@qarion/flows',
    scd2: '@qarion/flows',
    outbox: '@qarion/flows',
    orchestrator: '@qarion/flows',
    quality_check: '@qarion/flows',
    sessionization: '@qarion/flows',
    standard: '@qarion/flows',
  },
  task: {
    conditional: '@qarion/tasks',
    export: '@qarion/tasks',
    flow_trigger: '@qarion/tasks',
    ingestion: '@qarion/tasks',
    script: '@qarion/tasks',
    sync: '@qarion/tasks',
    transformation: '@qarion/tasks',
  },
  publisher: { ndjson: '@qarion/publisher-ndjson', webhook: '@qarion/publisher-webhook' },
  repository: { local: '@qarion/repository-local', memory: '@qarion/repository-memory' },
})

/** The package of this repository that provides a plugin, if there is one. */
export function firstPartyPackage(kind: PluginKind, id: string): string | undefined {
  const ofKind = FIRST_PARTY_PLUGINS[kind]
  return ofKind !== undefined && Object.hasOwn(ofKind, id) ? ofKind[id] : undefined
}

/** What a package of this repository provides, known without its manifest. */
export function firstPartyProvides(
  packageName: string,
): readonly { readonly kind: PluginKind; readonly id: string }[] {
  return Object.entries(FIRST_PARTY_PLUGINS).flatMap(([kind, ids]) =>
    Object.entries(ids)
      .filter(([, name]) => name === packageName)
      .map(([id]) => ({ kind: kind as PluginKind, id })),
  )
}
