import { cp, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

import {
  formatValue,
  rowsOf,
  type FlowPlugin,
  type Plugin,
  type PluginKind,
  type RunEvent,
} from '@qarion/core'
import duckdbEngine from '@qarion/engine-duckdb/plugin'
import polarsLocalEngine from '@qarion/engine-polars/plugin-local'
import polarsMemoryEngine from '@qarion/engine-polars/plugin-memory'
import postgresEngine from '@qarion/engine-postgres/plugin'
import sqliteEngine from '@qarion/engine-sqlite/plugin'
import csvExporter from '@qarion/exporter-csv/plugin'
import jsonExporter from '@qarion/exporter-json/plugin'
import parquetExporter from '@qarion/exporter-parquet/plugin'
import {
  changeFeedPlugin,
  deltaPublishingPlugin,
  errorParkingPlugin,
  exportFlowPlugin,
  growthAccountingPlugin,
  scd2Plugin,
  outboxPlugin,
  orchestratorPlugin,
  qualityCheckPlugin,
  sessionizationPlugin,
  standardPlugin,
} from '@qarion/flows'
import csvLoader from '@qarion/loader-csv/plugin'
import databaseLoader from '@qarion/loader-database/plugin'
import jsonLoader from '@qarion/loader-json/plugin'
import parquetLoader from '@qarion/loader-parquet/plugin'
import ndjsonPublisher from '@qarion/publisher-ndjson/plugin'
import webhookPublisher from '@qarion/publisher-webhook/plugin'
import localRepository from '@qarion/repository-local/plugin'
import {
  createQarion,
  type Qarion,
  type RunRequest,
  type RunResult,
  type ShowRequest,
} from '@qarion/sdk'
import {
  conditionalTaskPlugin,
  exportTaskPlugin,
  flowTriggerTaskPlugin,
  ingestionTaskPlugin,
  scriptTaskPlugin,
  syncTaskPlugin,
  transformationTaskPlugin,
} from '@qarion/tasks'

import { withSerialisedPlans } from './serialised-plans.ts'
import { makeStore, type EngineId, type Store } from './store.ts'

export interface ScenarioOptions {
  readonly engine: EngineId
  /** TOML of `flows/t.toml` after its first lines; a change feed unless it says `flow_type`, over `id` and `v` if absent. */
  readonly flow?: string
  /** Further flow files by name, whole. */
  readonly otherFlows?: Readonly<Record<string, string>>
  /** Flow types besides those that come with Qarion. */
  readonly flowTypes?: readonly FlowPlugin[]
  /** TOML that follows the engine in qarion.toml. */
  readonly project?: string
  /** Folders outside the project that may be used. */
  readonly allowedPaths?: readonly string[]
  /** Executes plans as built instead of after serialise and parse. */
  readonly plansAsBuilt?: boolean
  readonly onEvent?: (event: RunEvent) => void
  /** The clock by which events are due. */
  readonly nowMs?: () => number
}

/** A project in a temporary folder, run in process. */
export interface Scenario {
  readonly directory: string
  /** Where the engine keeps the data. */
  readonly store: Store
  readonly qarion: Qarion
  /** Writes `data/<name>`; each delivery gets a later modification time than the one before. */
  deliver(name: string, content: string | Uint8Array): Promise<void>
  /** Puts another definition in the place of the flow's and starts a new instance. */
  redefine(flow: string): Promise<void>
  /** The same for another flow. */
  redefineFlow(name: string, text: string): Promise<void>
  run(request?: RunRequest): Promise<RunResult>
  /** Runs and throws what failed. */
  runOk(request?: RunRequest): Promise<RunResult>
  /** Code of the error that the run ends with. */
  runCode(request?: RunRequest): Promise<string>
  /** Rows as text, cells joined by `|`, NULL as `∅`, in the dataset's order; of the flow `t` unless another is named. */
  rows(
    dataset: string,
    columns?: readonly string[],
    request?: Partial<ShowRequest>,
  ): Promise<string[]>
  restart(): Promise<void>
  close(): Promise<void>
}

export const DEFAULT_FLOW = `
[input]
primary_key = ["id"]
columns = [
  { name = "id", schema_type = "string", required = true },
  { name = "v", schema_type = "string" },
]
`

/** Everything a project of the playground may name. */
export const ALL_PLUGINS: readonly Plugin<PluginKind, unknown>[] = [
  sqliteEngine,
  duckdbEngine,
  polarsLocalEngine,
  polarsMemoryEngine,
  postgresEngine,
  csvLoader,
  databaseLoader,
  jsonLoader,
  parquetLoader,
  csvExporter,
  jsonExporter,
  parquetExporter,
  ndjsonPublisher,
  webhookPublisher,
  localRepository,
  changeFeedPlugin,
  deltaPublishingPlugin,
  errorParkingPlugin,
  exportFlowPlugin,
  growthAccountingPlugin,
  scd2Plugin,
  outboxPlugin,
  orchestratorPlugin,
  qualityCheckPlugin,
  sessionizationPlugin,
  standardPlugin,
  conditionalTaskPlugin,
  exportTaskPlugin,
  flowTriggerTaskPlugin,
  ingestionTaskPlugin,
  scriptTaskPlugin,
  syncTaskPlugin,
  transformationTaskPlugin,
]

/** The plugins of one scenario. */
function pluginsOf(
  plansAsBuilt: boolean,
  flowTypes: readonly FlowPlugin[],
): readonly Plugin<PluginKind, unknown>[] {
  // A host that hands its engine in keeps what is in memory when it makes a new instance.
  let inMemory: ReturnType<typeof polarsMemoryEngine.create> | undefined
  return [...ALL_PLUGINS, ...flowTypes].map((plugin) => {
    if (plugin === polarsMemoryEngine) {
      const create: typeof polarsMemoryEngine.create = (host, options) =>
        (inMemory ??= polarsMemoryEngine.create(host, options))
      return { ...polarsMemoryEngine, create }
    }
    return plugin.kind === 'flow' && !plansAsBuilt
      ? withSerialisedPlans(plugin as FlowPlugin)
      : plugin
  })
}

/** Makes a project with one flow `t` (change feed) that reads `data/d*.csv`. */
export async function createScenario(options: ScenarioOptions): Promise<Scenario> {
  const directory = await mkdtemp(join(tmpdir(), 'qarion-scenario-'))
  await mkdir(join(directory, 'flows'))
  await mkdir(join(directory, 'data'))
  const store = await makeStore(options.engine)
  await writeFile(
    join(directory, 'qarion.toml'),
    projectFile(options.engine, store.config, options.allowedPaths) + (options.project ?? ''),
  )
  const writeFlow = (flow: string): Promise<void> =>
    writeFile(join(directory, 'flows', 't.toml'), flowFile(flow))
  await writeFlow(options.flow ?? DEFAULT_FLOW)
  for (const [name, text] of Object.entries(options.otherFlows ?? {}))
    await writeFile(join(directory, 'flows', `${name}.toml`), text)
  const plugins = pluginsOf(options.plansAsBuilt ?? false, options.flowTypes ?? [])
  const open = (): Qarion =>
    createQarion({
      projectDirectory: directory,
      env: process.env,
      plugins,
      discover: false,
      ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
      ...(options.nowMs === undefined ? {} : { nowMs: options.nowMs }),
    })
  let qarion = open()
  let deliveries = 0
  const run = (request: RunRequest = {}): Promise<RunResult> => qarion.run(request)
  const restart = async (): Promise<void> => {
    await qarion.close()
    qarion = open()
  }
  return {
    directory,
    store,
    get qarion() {
      return qarion
    },
    async deliver(name, content) {
      const path = join(directory, 'data', name)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, content)
      deliveries += 1
      const time = new Date(Date.UTC(2024, 0, 1) + deliveries * 60_000)
      await utimes(path, time, time)
    },
    async redefine(flow) {
      await writeFlow(flow)
      await restart()
    },
    async redefineFlow(name, text) {
      await writeFile(join(directory, 'flows', `${name}.toml`), text)
      await restart()
    },
    run,
    async runOk(request) {
      const result = await run(request)
      const [failed] = result.errors
      if (failed !== undefined) throw failed.error
      return result
    },
    async runCode(request) {
      const result = await run(request)
      return result.errors[0]?.error.code ?? 'none'
    },
    async rows(dataset, columns, request = {}) {
      const shown = await qarion.show({
        dataset: dataset.includes('.') ? dataset : `t.${dataset}`,
        ...(columns === undefined ? {} : { columns }),
        ...request,
      })
      const lines: string[] = []
      for await (const batch of shown.batches) {
        for (const row of rowsOf(batch)) {
          lines.push(
            row
              .map((value, index) =>
                value === null
                  ? '∅'
                  : formatValue(
                      (shown.columns[index] as (typeof shown.columns)[number]).type,
                      value,
                    ),
              )
              .join('|'),
          )
        }
      }
      return lines
    },
    restart,
    async close() {
      await qarion.close()
      await rm(directory, { recursive: true, force: true })
      await store.remove()
    },
  }
}

/** Makes a project, uses it and removes it. */
export async function withScenario<Result>(
  options: ScenarioOptions,
  use: (scenario: Scenario) => Promise<Result>,
): Promise<Result> {
  const scenario = await createScenario(options)
  try {
    return await use(scenario)
  } finally {
    await scenario.close()
  }
}

/** A project of its own with the same files, which has not run either. Its folder and data are removed by `close`. */
export async function copyProject(
  { directory }: Pick<Scenario, 'directory'>,
  engine: EngineId,
): Promise<{ readonly directory: string; close(): Promise<void> }> {
  const copy = await mkdtemp(join(tmpdir(), 'qarion-copy-'))
  await cp(directory, copy, { recursive: true, preserveTimestamps: true })
  const store = await makeStore(engine)
  await writeFile(join(copy, 'qarion.toml'), projectFile(engine, store.config))
  return {
    directory: copy,
    close: async () => {
      await rm(copy, { recursive: true, force: true })
      await store.remove()
    },
  }
}

function projectFile(
  engine: EngineId,
  config: string,
  allowedPaths: readonly string[] = [],
): string {
  return `[project]\nname = "scenario"\nallowed_paths = ${JSON.stringify(allowedPaths)}\n\n[engine]\nname = "${engine}"\n\n[engine.config]\n${config}`
}

function flowFile(flow: string): string {
  const load = flow.includes('[properties.load]')
    ? ''
    : '\n[properties.load]\nsource_path = "data"\nfile_pattern = "d*.csv"\nformat = "csv"\n'
  const type = flow.includes('flow_type =') ? '' : 'flow_type = "change_feed"\n'
  return `id = "t"\nname = "T"\n${type}namespace = "raw"\n${flow}${load}`
}
