import {
  BASE_ENVIRONMENT,
  definitionDocument,
  findProject,
  loadProject,
  readPluginList,
  type LoadedProject,
  type PluginReference,
} from '@qarion/config'
import {
  EXPORTS_DATASET,
  MAX_INT64_DECIMAL_PRECISION,
  TASK_RESULTS_DATASET,
  type QarionError,
  type Engine,
  type EngineReference,
  type ErrorDocument,
  type PluginHost,
  type Repository,
} from '@qarion/core'
import { checkFlowPlan } from '@qarion/plan'
import { createRegistry, type Registry } from '@qarion/registry'
import { runtimeError, type RunnableFlow } from '@qarion/runtime'

import { checkTriggers } from './check-triggers.ts'
import { createLoader } from './create-loader.ts'
import { createProjectHost, noSecret, type ProjectHost } from './plugin-host.ts'
import { createFlowTypes, optionLookup } from './project-plugins.ts'
import type { QarionOptions } from './qarion.ts'

/** A project that is loaded and checked, with its plugins made when they are first needed. */
export interface OpenProject {
  readonly loaded: LoadedProject
  readonly registry: Registry
  readonly flows: readonly RunnableFlow[]
  readonly warnings: readonly ErrorDocument[]
  readonly engine: () => Promise<Engine>
  /** What plugins that are made for this project are handed. */
  readonly host: PluginHost
  readonly repository: () => Promise<Repository>
  /** The same project with other values of variables; engines and repository are those of this one. */
  withVariables(variables: Readonly<Record<string, string>>): Promise<OpenProject>
  close(): Promise<void>
}

const DEFAULT_REPOSITORY = 'local'

/** The repository that code hands in, else the only one there is, else the default. */
function repositoryOf(registry: Registry): string {
  const all = registry.list().filter(({ kind }) => kind === 'repository')
  const handedIn = all.filter(({ origin }) => origin.from === 'code')
  const [only, ...others] = handedIn.length > 0 ? handedIn : all
  return only === undefined || others.length > 0 ? DEFAULT_REPOSITORY : only.id
}

/** The registry of a project, found from its folder. */
export async function openRegistry(
  options: QarionOptions,
): Promise<{ registry: Registry; projectDirectory: string }> {
  const { projectDirectory } = findProject(options.projectDirectory)
  const list = readPluginList(projectDirectory, options.environment)
  const registry = await createRegistry({
    base: projectDirectory,
    explicit: list.plugins,
    discover: options.discover ?? list.discover,
    ...(options.plugins === undefined ? {} : { plugins: options.plugins }),
  })
  return { registry, projectDirectory }
}

/** Loads the project and makes the plan of every flow. Throws one QarionError with every problem. */
export async function openProject(
  options: QarionOptions,
  signal: AbortSignal,
): Promise<OpenProject> {
  const { registry, projectDirectory } = await openRegistry(options)
  const host: ProjectHost = createProjectHost({
    projectDirectory,
    signal,
    openEngine: async (reference) => openEngine(reference),
    secret: (id) => Promise.reject(noSecret(id)),
  })
  const { loaded, flows } = await loadFlows(options, { registry, host, projectDirectory }, {})
  const { project } = loaded

  const openedEngines = new Map<string, Promise<Engine>>()
  const openEngine = (reference: EngineReference): Promise<Engine> => {
    const key = JSON.stringify(reference)
    const known = openedEngines.get(key)
    if (known !== undefined) return known
    const opened = engineOf(loaded, reference).then(async ({ id, options: engineOptions }) =>
      (await registry.load('engine', id)).create(host.host, engineOptions),
    )
    openedEngines.set(key, opened)
    return opened
  }
  const engine = (): Promise<Engine> => openEngine({ from: 'project' })
  let openedRepository: Promise<Repository> | undefined
  const repository = (): Promise<Repository> => {
    openedRepository ??= registry.load('repository', repositoryOf(registry)).then((plugin) =>
      plugin.create(host.host, {
        directory: `${projectDirectory}/.qarion/${project.environment ?? BASE_ENVIRONMENT}`,
      }),
    )
    return openedRepository
  }

  const close = async (): Promise<void> => {
    // One that could not be opened has told so where it was asked for.
    await (await openedRepository?.catch(() => undefined))?.close()
    await host.close()
  }
  const openedWith = (of: Pick<OpenProject, 'loaded' | 'flows'>): OpenProject => ({
    ...of,
    registry,
    warnings: of.loaded.warnings.map(({ place, ...warning }) => ({
      ...warning,
      reason: 'configuration',
      retryable: false,
      ...(place === undefined ? {} : { place }),
    })),
    engine,
    host: host.host,
    repository,
    withVariables: async (variables) =>
      openedWith(await loadFlows(options, { registry, host, projectDirectory }, variables)),
    close,
  })
  return openedWith({ loaded, flows })
}

/** Reads the project with these values of variables and plans every flow. */
async function loadFlows(
  options: QarionOptions,
  {
    registry,
    host: { host },
    projectDirectory,
  }: {
    readonly registry: Registry
    readonly host: ProjectHost
    readonly projectDirectory: string
  },
  variables: Readonly<Record<string, string>>,
): Promise<Pick<OpenProject, 'loaded' | 'flows'>> {
  const flowTypes = createFlowTypes(registry, () => host)
  const loaded = await loadProject({
    projectDirectory,
    ...(options.environment === undefined ? {} : { environment: options.environment }),
    env: options.env ?? {},
    variables,
    engines: optionLookup(registry, 'engine'),
    loaders: optionLookup(registry, 'loader'),
    exporters: optionLookup(registry, 'exporter'),
    publishers: optionLookup(registry, 'publisher'),
    tasks: optionLookup(registry, 'task'),
    flowTypes: {
      ...optionLookup(registry, 'flow'),
      takesTasks: async (id) => (await flowTypes.load(id)).takesTasks === true,
      sources: flowTypes.sources,
      complete: flowTypes.complete,
      datasets: flowTypes.datasets,
    },
  })
  const flows: RunnableFlow[] = []
  for (const definition of loaded.flows) {
    const type = await flowTypes.load(definition.flowType)
    const plan = await flowTypes.plan(definition)
    const named = (await flowTypes.sources(definition)).map(({ dataset }) => dataset)
    const sources =
      named.length === 0
        ? []
        : flows.filter((flow) => flow.plan.datasets.some(({ id }) => named.includes(id)))
    checkFlowPlan(plan, [
      ...sources.flatMap((flow) => flow.plan.datasets),
      EXPORTS_DATASET,
      TASK_RESULTS_DATASET,
    ])
    const { load, export: exported, publish } = definition
    const loader =
      load === undefined
        ? undefined
        : await createLoader(registry, host, loaded, { ...definition, load })
    flows.push({
      definition,
      plan,
      changeEffects: type.changeEffects,
      loader,
      sources,
      ...(exported === undefined
        ? {}
        : {
            export: {
              exporter: await (
                await registry.load('exporter', exported.format)
              ).create(host, exported.options),
              projectDirectory,
              allowedPaths: loaded.project.allowedPaths,
            },
          }),
      ...(publish === undefined
        ? {}
        : {
            publish: {
              open: async () =>
                (await registry.load('publisher', publish.publisher)).create(host, publish.options),
            },
          }),
      ...(definition.tasks === undefined
        ? {}
        : {
            tasks: {
              types: await flowTypes.tasks(definition),
              host,
              allowedPaths: loaded.project.allowedPaths,
              loader: (taskLoad) =>
                createLoader(registry, host, loaded, { ...definition, load: taskLoad }),
              exporter: async (format, formatOptions) =>
                (await registry.load('exporter', format)).create(host, formatOptions),
            },
          }),
      document: definitionDocument(definition),
    })
  }
  checkTriggers(loaded, flows)
  return { loaded, flows }
}

async function engineOf(
  { project, engineOf: ofEnvironment }: LoadedProject,
  reference: EngineReference,
): Promise<PluginReference> {
  if (reference.from === 'project') return project.engine
  if (reference.from === 'environment')
    return reference.name === project.environment ? project.engine : ofEnvironment(reference.name)
  // Its name was checked when the project was loaded.
  return project.connections[reference.name] as PluginReference
}

/** Refuses what the engine cannot hold exactly. */
export function checkEngineFits(engine: Engine, flows: readonly RunnableFlow[]): void {
  const problems: QarionError[] = []
  const limit = engine.capabilities.maxDecimalPrecision
  for (const flow of flows) {
    problems.push(...(engine.capabilities.speaksSql === true ? [] : statementProblems(flow)))
    for (const column of flow.definition.input.columns) {
      if (column.type.kind !== 'decimal' || column.type.precision <= limit) continue
      problems.push(
        runtimeError(
          'QRN-RUN-012',
          'configuration',
          `flow "${flow.definition.id}": column "${column.name}" is decimal(${column.type.precision},${column.type.scale}) and this engine is exact up to ${limit} digits`,
          {
            ...(flow.definition.file === undefined
              ? {}
              : { place: { file: flow.definition.file } }),
            hint:
              limit === MAX_INT64_DECIMAL_PRECISION
                ? 'Declare a smaller precision, or use an engine such as duckdb.'
                : 'Declare a smaller precision.',
          },
        ),
      )
    }
  }
  const [first] = problems
  if (first === undefined) return
  if (problems.length === 1) throw first
  throw runtimeError(
    'QRN-RUN-012',
    'configuration',
    `${problems.length} things do not fit the engine`,
    { problems },
  )
}

/** Statements in the SQL of an engine, for one that has none. */
function statementProblems({ definition, plan }: RunnableFlow): readonly QarionError[] {
  return plan.dag.nodes.flatMap((node) =>
    node.kind === 'task' && node.statement !== undefined
      ? [
          runtimeError(
            'QRN-RUN-012',
            'unsupported',
            `flow "${definition.id}": task "${node.id}" holds a statement in SQL, and this engine has no SQL`,
            {
              ...(definition.file === undefined ? {} : { place: { file: definition.file } }),
              hint: 'Write the transformation as rules, or use an engine such as duckdb.',
            },
          ),
        ]
      : [],
  )
}
