import { createHash } from 'node:crypto'
import { resolve } from 'node:path'

import {
  type DatasetReference,
  type FlowDefinition,
  isQarionError,
  type Place,
  type QarionError,
} from '@qarion/core'

import { chooseEnvironment } from './environments.ts'
import { projectFileIn, requireProjectFile } from './find-project.ts'
import { type FlowTools, readFlowFile } from './flow-file.ts'
import { LOAD_KEYS } from './flow-keys.ts'
import { flowOfDataset, orderFlows, type ReadFlow } from './flow-order.ts'
import { withoutCommon } from './flow-schema.ts'
import { foldName } from './identifiers.ts'
import { suggest } from './nearest.ts'
import { createFinder, type OptionLookup } from './option-lookup.ts'
import { parseFast } from './parse-fast.ts'
import { parseToml } from './parse-toml.ts'
import {
  type ConfigWarning,
  createProblemList,
  type ProblemList,
  projectError,
  toPlace,
} from './problem-list.ts'
import type { PluginReference, ProjectDefinition } from './project-definition.ts'
import { markSecrets, type ProjectLookups, readEngine, readProjectFile } from './project-file.ts'
import { BASE_ENVIRONMENT, LEGACY_PROJECT_FILE, PROJECT_FILE } from './project-keys.ts'
import { projectSchema } from './project-schema.ts'
import { listTomlFiles, readSource } from './read-files.ts'
import type { ResolveContext } from './resolve-context.ts'
import { createQuickChecker, createSchemaChecker, type SchemaChecker } from './schema-check.ts'
import { checkTableNames, type NamedDatasets } from './table-names.ts'
import {
  arrayIn,
  type Spot,
  spotOf,
  tableIn,
  type TomlSource,
  type TomlTable,
} from './toml-node.ts'

export interface LoadProjectRequest extends ProjectLookups {
  readonly projectDirectory: string
  /** Name under `[environments]`; the file as it stands if absent. */
  readonly environment?: string
  /** Environment variables for `${env:NAME}`. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Values for variables of flows, as `--var` gives them; a flow takes those that it declares. */
  readonly variables?: Readonly<Record<string, string>>
  readonly flowTypes: FlowTypeLookup
  readonly loaders: OptionLookup
  readonly exporters: OptionLookup
  /** Absent: none can be used. */
  readonly publishers?: OptionLookup
  /** Types of tasks; absent: none. */
  readonly tasks?: OptionLookup
}

export interface FlowTypeLookup extends OptionLookup {
  /** Whether `[[tasks]]` say what flows of the type do. */
  takesTasks?(flowType: string): boolean | Promise<boolean>
  /** The flow with what it takes over from datasets of other flows, which are asked for theirs before. */
  complete?(flow: FlowDefinition): FlowDefinition | Promise<FlowDefinition>
  /** What a flow names of other flows; it is asked for its own datasets after theirs. */
  sources?(flow: FlowDefinition): readonly DatasetReference[] | Promise<readonly DatasetReference[]>
  /**
   * Names of the datasets of a flow, for table names. May throw a QarionError with what the flow type finds wrong;
   * its problems get their place in the file from `data.path`, the keys that lead to the value.
   */
  datasets?(flow: FlowDefinition): readonly string[] | Promise<readonly string[]>
}

export interface LoadedProject {
  readonly project: ProjectDefinition
  /** Each after those whose datasets it reads; else by file. */
  readonly flows: readonly FlowDefinition[]
  readonly warnings: readonly ConfigWarning[]
  /** SHA-256 over the files as read, hexadecimal: the same digest, the same project. */
  readonly digest: string
  /** The engine of another environment. Throws QRN-CONFIG-002 where the file does not give it. */
  readonly engineOf: (environment: string) => Promise<PluginReference>
  /** Where a flow declares something: `locate('orders', ['input', 'primary_key'])`. */
  locate(flowId: string, path: readonly (string | number)[]): Place | undefined
}

/**
 * Reads a project: its file for one environment, and all flows. Throws QRN-CONFIG-001 if there is none, and one
 * QRN-CONFIG-002 whose `problems` are everything that is wrong in all files, by file and line.
 */
export async function loadProject(request: LoadProjectRequest): Promise<LoadedProject> {
  const fast = await readProject(request, createQuickChecker(), (source) => parseFast(source))
  const isFine = fast.problems.count === 0 && fast.problems.warnings().length === 0
  // Something is to be told, so all is read once more by the parser that keeps places and the checker that says what.
  const result = isFine
    ? fast
    : await readProject(request, await createSchemaChecker(knownElsewhere), () => undefined)
  const { problems, project, flows, digest, readEngineOf } = result
  if (problems.count > 0 || project === undefined) throw projectError(problems.errors())

  const roots = new Map(flows.map(({ flow, root }) => [flow.id, root]))
  return {
    project,
    flows: flows.map(({ flow }) => flow),
    warnings: problems.warnings(),
    digest,
    engineOf: readEngineOf,
    locate: (flowId, path) => {
      const source = roots.get(flowId)?.source
      const root = source && parseToml(source, createProblemList())
      return root && toPlace(spotOf(root, path))
    },
  }
}

interface ReadProject {
  readonly problems: ProblemList
  readonly project: ProjectDefinition | undefined
  readonly flows: readonly ReadFlow[]
  readonly digest: string
  readonly readEngineOf: LoadedProject['engineOf']
}

/** `firstTry` parses without places; where it gives nothing, the parser that keeps them does. */
async function readProject(
  request: LoadProjectRequest,
  checker: SchemaChecker,
  firstTry: (source: TomlSource) => TomlTable | undefined,
): Promise<ReadProject> {
  const projectDirectory = resolve(request.projectDirectory)
  const file = requireProjectFile(projectDirectory)
  const problems = createProblemList()
  const hash = createHash('sha256')
  const read = (name: string): TomlTable | undefined => {
    const source = readSource(projectDirectory, name, problems)
    if (source !== undefined) hash.update(`${name}\0${source.text}\0`)
    return source && (firstTry(source) ?? parseToml(source, problems))
  }

  const root = read(file)
  const files = listTomlFiles(projectDirectory, 'flows', problems).map((name) => ({
    name,
    root: read(name),
  }))
  const digest = hash.digest('hex')
  const readEngineOf = engineReader(root, request, { checker, projectDirectory })
  if (root === undefined) return { problems, project: undefined, flows: [], digest, readEngineOf }
  markSecrets(root)
  checker.check('project', projectSchema, root, problems)
  warnOfSecondFile(projectDirectory, file, root, problems)

  const environment = request.environment ?? BASE_ENVIRONMENT
  const merged = chooseEnvironment(root, environment, problems)
  const context = {
    ...contextOf(merged, { problems, env: request.env, projectDirectory }),
    connectionNames: [...(tableIn(merged, 'connections')?.entries.keys() ?? [])],
    environmentNames: [BASE_ENVIRONMENT, ...(tableIn(root, 'environments')?.entries.keys() ?? [])],
  }
  const project = await readProjectFile(merged, { file, environment }, context, {
    checker,
    lookups: request,
  })
  const defaults = tableIn(merged, 'defaults')
  await checkDefaults(defaults, request.loaders, problems)
  const flows = await readFlows(files, request, context, {
    checker,
    surroundings: { defaults, timezone: project.timezone },
  })
  return { problems, project, flows, digest, readEngineOf }
}

function engineReader(
  root: TomlTable | undefined,
  request: LoadProjectRequest,
  { checker, projectDirectory }: { checker: SchemaChecker; projectDirectory: string },
): LoadedProject['engineOf'] {
  return async (environment) => {
    const problems = createProblemList()
    const merged = chooseEnvironment(root as TomlTable, environment, problems)
    const context = contextOf(merged, { problems, env: request.env, projectDirectory })
    const engine = await readEngine(merged, context, { checker, lookups: request })
    if (engine === undefined || problems.count > 0) throw projectError(problems.errors())
    return engine
  }
}

const NO_PLUGINS: OptionLookup = Object.freeze({ ids: [], options: () => undefined })

async function readFlows(
  files: readonly { readonly name: string; readonly root: TomlTable | undefined }[],
  {
    flowTypes,
    loaders,
    exporters,
    publishers = NO_PLUGINS,
    tasks = NO_PLUGINS,
    variables = {},
  }: LoadProjectRequest,
  context: ResolveContext,
  tools: { readonly checker: SchemaChecker; readonly surroundings: FlowTools['surroundings'] },
): Promise<readonly ReadFlow[]> {
  const { problems } = context
  const flowTools: FlowTools = {
    ...tools,
    variables,
    findFlowType: createFinder(flowTypes, 'flow type', problems),
    findLoader: createFinder(loaders, 'format', problems),
    findExporter: createFinder(exporters, 'format for exports', problems),
    findPublisher: createFinder(publishers, 'publisher', problems),
    findTask: createFinder(tasks, 'type of tasks', problems),
    takesTasks: (flowType) => flowTypes.takesTasks?.(flowType) ?? false,
  }
  const read: ReadFlow[] = []
  const ids = new Map<string, string>()
  for (const { name, root } of files) {
    if (root === undefined) continue
    const flow = await readFlowFile(root, name, context, flowTools)
    refuseSameId(root, name, ids, problems)
    if (flow === undefined) continue
    read.push({ flow, root, sources: (await flowTypes.sources?.(flow)) ?? [] })
  }
  const flows: ReadFlow[] = []
  const named: NamedDatasets[] = []
  const known = new Map<string, readonly string[]>()
  for (const { flow: declared, root, sources } of orderFlows(read, problems)) {
    if (!areKnown(sources, root, known, problems)) continue
    try {
      const flow = (await flowTypes.complete?.(declared)) ?? declared
      flows.push({ flow, root, sources })
      const datasets = (await flowTypes.datasets?.(flow)) ?? []
      known.set(flow.id, datasets)
      named.push({ flow, at: spotOf(root, ['id']), datasets })
    } catch (thrown) {
      if (!isQarionError(thrown)) throw thrown
      addFlowProblems(thrown, root, problems)
    }
  }
  checkTableNames(named, problems)
  return flows
}

/** Whether all datasets that a flow reads are there; those of flows with problems of their own are not asked for. */
function areKnown(
  sources: readonly DatasetReference[],
  root: TomlTable,
  known: ReadonlyMap<string, readonly string[]>,
  problems: ProblemList,
): boolean {
  // Most flows read no others, and listing all datasets for each would take the square of their number.
  if (sources.length === 0) return true
  const ids = [...known].flatMap(([flow, datasets]) => datasets.map((name) => `${flow}.${name}`))
  for (const { dataset, path } of sources) {
    if (ids.includes(dataset) || !known.has(flowOfDataset(dataset))) continue
    problems.add({
      code: 'QRN-CONFIG-029',
      message: `there is no dataset \`${dataset.slice(0, 120)}\``,
      hint: suggest(dataset, ids),
      at: spotOf(root, path),
    })
  }
  return sources.every(({ dataset }) => ids.includes(dataset))
}

function addFlowProblems(error: QarionError, root: TomlTable, problems: ProblemList): void {
  for (const problem of error.problems.length === 0 ? [error] : error.problems) {
    const { path } = problem.data
    problems.addError(problem, spotOf(root, Array.isArray(path) ? path : []))
  }
}

function refuseSameId(
  root: TomlTable,
  file: string,
  ids: Map<string, string>,
  problems: ProblemList,
): void {
  const node = root.entries.get('id')?.node
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return
  const other = ids.get(foldName(node.value))
  if (other === undefined) ids.set(foldName(node.value), file)
  else {
    problems.add({
      code: 'QRN-CONFIG-025',
      message: `the flow id \`${node.value.slice(0, 80)}\` is taken by ${other}`,
      at: node,
      data: { files: [other, file] },
    })
  }
}

function texts(
  items: readonly { readonly kind: string; readonly value?: unknown }[] = [],
): readonly string[] {
  return items.flatMap((item) => (typeof item.value === 'string' ? [item.value] : []))
}

function contextOf(
  root: TomlTable,
  base: Pick<ResolveContext, 'problems' | 'env' | 'projectDirectory'>,
): ResolveContext {
  const allowed = texts(arrayIn(tableIn(root, 'project'), 'allowed_paths')?.items)
  const credentials = arrayIn(root, 'credentials')?.items ?? []
  return {
    ...base,
    allowedPaths: allowed.map((path) => resolve(base.projectDirectory, path)),
    credentialIds: texts(
      credentials.flatMap((item) =>
        item.kind === 'table' ? (item.entries.get('id')?.node ?? []) : [],
      ),
    ),
  }
}

/** Keys of `[defaults]` are those of every load and of any format that can be used. */
async function checkDefaults(
  defaults: TomlTable | undefined,
  loaders: OptionLookup,
  problems: ProblemList,
): Promise<void> {
  const unknown = [...(defaults?.entries ?? [])].filter(
    ([key]) => key !== 'retention' && !LOAD_KEYS.some(({ name }) => name === key),
  )
  if (unknown.length === 0) return
  const ignored = createProblemList()
  const find = createFinder(loaders, 'format', ignored)
  const tables = await Promise.all(loaders.ids.map((id) => find(id, defaults as TomlTable)))
  const known = new Set(
    tables.flatMap((table) => withoutCommon(table ?? []).map(({ name }) => name)),
  )
  for (const [key, { key: at }] of unknown) {
    if (!known.has(key)) {
      problems.add({
        code: 'QRN-CONFIG-007',
        message: `unknown key \`${key}\` in [defaults]`,
        hint: 'Defaults are keys of [properties.load].',
        at,
      })
    }
  }
}

function warnOfSecondFile(
  directory: string,
  file: string,
  root: Spot,
  problems: ProblemList,
): void {
  const isSecond = file === PROJECT_FILE && projectFileIn(directory, [LEGACY_PROJECT_FILE])
  if (!isSecond) return
  problems.warn({
    code: 'QRN-CONFIG-102',
    message: `${LEGACY_PROJECT_FILE} is not read: there is a ${PROJECT_FILE}`,
    hint: 'Remove the file that is not meant.',
    at: root,
  })
}

/** Keys that are often written one table too high or too low. */
function knownElsewhere(key: string, path: readonly (string | number)[]): string | undefined {
  const here = path.join('.')
  const isLoadKey = LOAD_KEYS.some(({ name }) => name === key) && key !== 'timezone'
  if (here === 'properties' && isLoadKey) return '[properties.load]'
  if (here === '' && (key === 'load' || key === 'export')) return '[properties]'
  if (here === '' && (key === 'primary_key' || key === 'columns')) return '[input]'
  if (here === 'engine' && (key === 'path' || key === 'storage_dir')) return '[engine.config]'
  return undefined
}
