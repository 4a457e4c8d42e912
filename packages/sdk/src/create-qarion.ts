import { relative, resolve, sep } from 'node:path'

import {
  isQarionError,
  toErrorDocument,
  toQarionError,
  variableTexts,
  type Dataset,
  type Engine,
  type EngineSession,
  type ErrorDocument,
  type ExportNode,
  type RunRecord,
} from '@qarion/core'
import { explainFlowPlan, graphAsMermaid, planGraph } from '@qarion/plan'
import {
  countBatch,
  definitionChanges,
  diffBatches,
  explainTransforms,
  findExport,
  formatBatchTime,
  parseBatchTime,
  planExports,
  planFlowDeliveries,
  planTables,
  planTaskBatch,
  readState,
  refusalOf,
  revertNewest,
  runFlows,
  runtimeError,
  showDataset,
  stateOfFlow,
  taskCatalog,
  viewOfRecord,
  withWriter,
  PLAIN_OPTIONS,
  type DeliveryPlan,
  type RunContext,
  type RunnableFlow,
  type State,
} from '@qarion/runtime'

import { runDoctor } from './doctor.ts'
import { findDataset } from './find-dataset.ts'
import { checkGivenVariables } from './given-variables.ts'
import { inputName, lineageOfProject } from './lineage.ts'
import { checkEngineFits, openProject, openRegistry, type OpenProject } from './open-project.ts'
import { publishProject } from './publish-project.ts'
import type {
  DiffRequest,
  DiffResult,
  FlowStatus,
  PlannedBatch,
  PlannedFlow,
  PlanRequest,
  PluginStatus,
  ProjectPlan,
  Qarion,
  QarionOptions,
  RunRequest,
  RunResult,
  ShowRequest,
  ShowResult,
} from './qarion.ts'
import { findFlow, selectFlows, unreadSources } from './select-flows.ts'
import { testProject } from './testing/test-project.ts'

/** An instance for one project in one environment. The project is read when a method first needs it. */
export function createQarion(options: QarionOptions): Qarion {
  const controller = new AbortController()
  const signal =
    options.signal === undefined
      ? controller.signal
      : AbortSignal.any([controller.signal, options.signal])
  let opened: Promise<OpenProject> | undefined
  const project = (): Promise<OpenProject> => {
    opened ??= openProject(options, signal)
    return opened
  }
  /** The project with other values of variables; `request` names flows that declare them. */
  const projectWith = async (request: PlanRequest): Promise<OpenProject> => {
    const base = await project()
    const { variables = {} } = request
    if (Object.keys(variables).length === 0) return base
    checkGivenVariables(selectFlows(base.flows, request), variables)
    return base.withVariables(variables)
  }
  /** Sessions of what is shown, until its rows are read. */
  const shown = new Set<EngineSession>()
  /** Flows that this instance has run. */
  const ran = new Set<string>()
  const run = async (request: RunRequest): Promise<RunResult> => {
    const current = await projectWith(request)
    const chosen = selectFlows(current.flows, request)
    const { isPersistent } = (await current.engine()).capabilities
    const first = isPersistent ? [] : unreadSources(chosen, ran)
    // In the order of the project: each after those whose datasets it reads.
    const flows = current.flows.filter((flow) => chosen.includes(flow) || first.includes(flow))
    for (const { definition } of flows) ran.add(definition.id)
    return runProject(options, current, { request, flows, first, signal })
  }
  /** Loads what waits for a flow into an engine that keeps nothing, before it is first shown. */
  const loadFirst = async (flow: string, command: string): Promise<LoadedFirst> => {
    const engine = await (await project()).engine()
    if (engine.capabilities.isPersistent || ran.has(flow)) return {}
    const state = await readSession(async (session) => stateOfFlow(await readState(session), flow))
    return state.batches.length > 0 ? {} : { loaded: await run({ flows: [flow], command }) }
  }
  const readSession = async <Result>(
    use: (session: EngineSession) => Promise<Result>,
  ): Promise<Result> => {
    const engine = await (await project()).engine()
    const session = await engine.open('read')
    try {
      return await use(session)
    } finally {
      await session.close()
    }
  }

  return {
    validate: () =>
      asQarionErrors(async () => {
        const { loaded, flows, warnings, engine } = await project()
        checkEngineFits(await engine(), flows)
        return {
          project: loaded.project.name,
          environment: loaded.project.environment,
          engine: loaded.project.engine.id,
          flows: loaded.flows,
          datasets: flows.flatMap(({ plan }) => plan.datasets),
          warnings,
        }
      }),
    plan: (request = {}) =>
      asQarionErrors(async () => {
        const { flows, engine, loaded } = await projectWith(request)
        const selected = selectFlows(flows, request)
        checkEngineFits(await engine(), selected)
        const { environment } = loaded.project
        return readSession((session) =>
          planProject({ session, signal, environment }, selected, request),
        )
      }),
    run: (request = {}) => asQarionErrors(async () => run(request)),
    show: (request) =>
      asQarionErrors(async () => {
        const current = await project()
        const { flow, dataset } = findDataset(current.flows, request.dataset)
        const first = await loadFirst(flow.definition.id, `show ${request.dataset}`)
        return { ...(await showProject(current, request, { flow, dataset }, shown)), ...first }
      }),
    diff: (request) =>
      asQarionErrors(async () => {
        const flow = findFlow((await project()).flows, request.flow)
        const first = await loadFirst(request.flow, `diff ${request.flow}`)
        const result = await readSession((session) => diffFlow(session, flow, request))
        return { ...result, ...first }
      }),
    lineage: (request) =>
      asQarionErrors(async () => lineageOfProject((await project()).flows, request)),
    test: (request = {}) =>
      asQarionErrors(async () => testProject(await project(), request, signal)),
    publish: (request = {}) =>
      asQarionErrors(async () => publishProject(options, await project(), request, signal)),
    runs: (filter = {}) =>
      asQarionErrors(async () => (await (await project()).repository()).runs.list(filter)),
    getRun: (id) => asQarionErrors(async () => (await (await project()).repository()).runs.get(id)),
    status: (names = [], exclude = []) =>
      asQarionErrors(async () => {
        const { flows, repository, engine, loaded } = await project()
        const { isPersistent } = (await engine()).capabilities
        const runs = await (await repository()).runs.list({ limit: 50 })
        const selected = selectFlows(flows, { flows: names, exclude })
        const { environment } = loaded.project
        return readSession((session) =>
          Promise.all(
            selected.map((flow) =>
              statusOf({ session, signal, environment }, flow, { runs, isPersistent }),
            ),
          ),
        )
      }),
    revert: (name) =>
      asQarionErrors(async () => revertFlow(options, await project(), name, signal)),
    plugins: () =>
      asQarionErrors(async () => {
        const { registry } = await openRegistry(options)
        return registry.list().map((record): PluginStatus => ({
          kind: record.kind,
          id: record.id,
          title: record.title,
          package: record.package,
          version: record.version,
          contract: record.contract,
          status: record.status,
          ...(record.reason === '' ? {} : { reason: record.reason }),
        }))
      }),
    doctor: () => asQarionErrors(() => runDoctor(options, project)),
    close: async () => {
      controller.abort()
      const current = await opened?.catch(() => undefined)
      await Promise.all([...shown].map((session) => session.close()))
      await current?.close()
    },
  }
}

async function asQarionErrors<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (thrown) {
    throw toQarionError(thrown)
  }
}

async function planProject(
  context: PlanContext,
  flows: readonly RunnableFlow[],
  request: PlanRequest,
): Promise<ProjectPlan> {
  const state = await readState(context.session)
  const planned: PlannedFlow[] = []
  for (const flow of flows)
    planned.push(await planFlow(context, flow, stateOfFlow(state, flow.definition.id), request))
  const graph = planGraph(
    flows.map(({ definition, plan }) => ({
      flow: definition.id,
      plan,
      ...(definition.load === undefined ? {} : { input: inputName(definition.load) }),
    })),
  )
  return { flows: planned, graph, mermaid: graphAsMermaid(graph) }
}

async function planFlow(
  context: PlanContext,
  flow: RunnableFlow,
  state: State,
  request: PlanRequest,
): Promise<PlannedFlow> {
  const { definition, plan } = flow
  const newest = state.batches.at(-1)
  const { batches, refusal } = await tryPlan(context, flow)
  const variables = variableTexts(definition)
  return {
    flow: definition.id,
    flowType: definition.flowType,
    ...(variables === undefined ? {} : { variables }),
    steps: plan.dag.nodes.map(({ id, kind, title, dependsOn, writes }) => ({
      id,
      kind,
      title,
      dependsOn,
      writes,
    })),
    datasets: plan.datasets,
    batches,
    // An export whose definition changed is planned anew, with that as its reason.
    definitionChanges:
      newest === undefined || findExport(flow) !== undefined
        ? []
        : definitionChanges(flow, newest.definition),
    ...(refusal === undefined ? {} : { refusal }),
    ...(request.includeStatements === true
      ? { statements: (await statementsOf(context.session, flow, state)) ?? [] }
      : {}),
    tree: explainFlowPlan(plan),
  }
}

type PlanContext = Pick<RunContext, 'session' | 'signal' | 'environment'>

interface TriedPlan {
  readonly batches: readonly PlannedBatch[]
  readonly refusal: ErrorDocument | undefined
}

async function tryPlan(context: PlanContext, flow: RunnableFlow): Promise<TriedPlan> {
  const exporting = findExport(flow)
  try {
    if (flow.tasks !== undefined) return await tryTasks(context, flow)
    if (exporting !== undefined) return await tryExports(context, flow, exporting)
    const delivery = await planFlowDeliveries(context, flow, PLAIN_OPTIONS)
    return {
      batches: plannedBatches(delivery),
      refusal: delivery.refusal === undefined ? undefined : toErrorDocument(delivery.refusal),
    }
  } catch (thrown) {
    if (!isQarionError(thrown)) throw thrown
    return { batches: [], refusal: toErrorDocument(thrown) }
  }
}

async function tryTasks(context: PlanContext, flow: RunnableFlow): Promise<TriedPlan> {
  const { batch, isResumed, batchTime } = await planTaskBatch(context.session, flow, PLAIN_OPTIONS)
  const planned: PlannedBatch = {
    batch,
    action: isResumed ? 'resume' : 'tasks',
    files: [],
    sizeBytes: 0,
    ...(batchTime === undefined ? {} : { batchTime: formatBatchTime(batchTime) }),
  }
  return { batches: [planned], refusal: undefined }
}

async function tryExports(
  context: PlanContext,
  flow: RunnableFlow,
  node: ExportNode,
): Promise<TriedPlan> {
  const { exports } = await planExports(context, flow, node, PLAIN_OPTIONS)
  const refusal = await refusalOf(context, flow, node, exports)
  return {
    batches: exports.map(({ batch, source, target, reason }) => ({
      batch,
      action: 'export',
      files: [target],
      sizeBytes: 0,
      batchTime: formatBatchTime(source.batchTime),
      reason,
    })),
    refusal: refusal === undefined ? undefined : toErrorDocument(refusal),
  }
}

function describeBatch(
  batch: number,
  action: PlannedBatch['action'],
  of:
    | DeliveryPlan['deliveries'][number]
    | NonNullable<DeliveryPlan['rebuild']>['deliveries'][number],
): PlannedBatch {
  return {
    batch,
    action,
    files: of.files.map(({ name }) => name),
    sizeBytes: of.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(of.batchTime === undefined ? {} : { batchTime: formatBatchTime(of.batchTime) }),
  }
}

function plannedBatches(delivery: DeliveryPlan): PlannedBatch[] {
  const { rebuild } = delivery
  return [
    ...(rebuild?.deliveries.map((of, index) => describeBatch(rebuild.from + index, 'reload', of)) ??
      []),
    ...delivery.deliveries.map((of) => describeBatch(of.batch, of.action, of)),
  ]
}

async function statementsOf(
  session: EngineSession,
  flow: RunnableFlow,
  state: State,
): Promise<readonly string[] | undefined> {
  const newest = state.batches.at(-1)
  const batch = (newest?.batch ?? 0) + 1
  const current = {
    batch,
    batchTime: newest?.batchTime ?? 0n,
    tables: planTables(flow.plan, batch, 1, undefined),
    files: [],
  }
  return explainTransforms(
    session,
    flow,
    current,
    newest === undefined ? undefined : viewOfRecord(newest, state),
    flow.tasks === undefined ? undefined : await taskCatalog(session, flow),
  )
}

interface ProjectRun {
  readonly request: RunRequest
  readonly flows: readonly RunnableFlow[]
  /** Those of them that nobody asked for: they are loaded plainly, whatever the request says of batches and files. */
  readonly first: readonly RunnableFlow[]
  readonly signal: AbortSignal
}

async function runProject(
  options: QarionOptions,
  project: OpenProject,
  { request, flows, first, signal }: ProjectRun,
): Promise<RunResult> {
  const engine = await project.engine()
  checkEngineFits(engine, flows)
  checkAccepted(flows, request.accept ?? [])
  const repository = await project.repository()
  const loadedFirst = first.map(({ definition }) => definition.id)
  const result = await runFlows({
    engine,
    flows,
    findFlow: async (id, variables) => findWithVariables(project, id, variables),
    environment: project.loaded.project.environment,
    options: {
      ...(request.file === undefined
        ? {}
        : { file: nameInProject(project.loaded.project.directory, request.file) }),
      ...(request.batches === undefined ? {} : { batches: request.batches }),
      ...(request.batchTime === undefined
        ? {}
        : { batchTime: parseBatchTime(request.batchTime, '--batch-time') }),
      isCascade: request.cascade === true,
      isFullRefresh: request.fullRefresh === true,
    },
    plainFlows: loadedFirst,
    accepted: request.accept ?? [],
    waitMs: request.waitMs ?? 0,
    command: request.command ?? `run ${flows.map(({ definition }) => definition.id).join(' ')}`,
    signal: request.signal === undefined ? signal : AbortSignal.any([signal, request.signal]),
    onEvent: (event) => options.onEvent?.(event),
    onRecord: (record) => repository.runs.save(record),
  })
  return { ...result, isPersistent: engine.capabilities.isPersistent, loadedFirst }
}

/** A flow that a task runs: with the values that the task gives, else with those of the run. */
async function findWithVariables(
  project: OpenProject,
  id: string,
  variables: Readonly<Record<string, string>>,
): Promise<RunnableFlow> {
  const flow = findFlow(project.flows, id)
  if (Object.keys(variables).length === 0) return flow
  checkGivenVariables([flow], variables)
  const known = variableTexts(flow.definition) ?? {}
  return findFlow((await project.withVariables({ ...known, ...variables })).flows, id)
}

/** A file as deliveries are named: relative to the project, with `/`. */
function nameInProject(directory: string, file: string): string {
  return relative(directory, resolve(directory, file)).split(sep).join('/')
}

/** A guard that is accepted must exist and be one that can be. */
function checkAccepted(
  flows: readonly RunnableFlow[],
  accepted: readonly { readonly guard: string }[],
): void {
  const guards = flows.flatMap(({ plan }) =>
    plan.dag.nodes.flatMap((node) =>
      node.kind === 'transform' || node.kind === 'check'
        ? node.instruction.queries.flatMap(({ rules }) =>
            rules.filter((rule) => rule.operation === 'assert'),
          )
        : [],
    ),
  )
  for (const { guard } of accepted) {
    const found = guards.find((rule) => rule.guard === guard)
    if (found?.canBeAccepted === true) continue
    const acceptable = [
      ...new Set(guards.filter((rule) => rule.canBeAccepted).map((rule) => rule.guard)),
    ]
    throw runtimeError(
      'QRN-RUN-009',
      'usage',
      found === undefined
        ? `there is no guard "${guard}"`
        : `the guard "${guard}" cannot be accepted`,
      {
        hint:
          acceptable.length === 0
            ? 'These flows have no guard that can be accepted.'
            : `Guards that can be: ${acceptable.join(', ')}.`,
      },
    )
  }
}

/** The run that went before, if one did. */
interface LoadedFirst {
  readonly loaded?: RunResult
}

async function showProject(
  project: OpenProject,
  request: ShowRequest,
  { flow, dataset }: { readonly flow: RunnableFlow; readonly dataset: Dataset },
  shown: Set<EngineSession>,
): Promise<ShowResult> {
  const session = await (await project.engine()).open('read')
  try {
    const { dataset: _, ...rest } = request
    const { columns, totalRows, batches } = await showDataset(session, { ...rest, flow, dataset })
    shown.add(session)
    const rows = closingAfter(session, batches, () => shown.delete(session))
    return { dataset: dataset.id, columns, totalRows, batches: rows }
  } catch (thrown) {
    await session.close()
    throw thrown
  }
}

async function* closingAfter<Item>(
  session: EngineSession,
  items: AsyncIterable<Item>,
  onClosed: () => void,
): AsyncIterable<Item> {
  try {
    yield* items
  } catch (thrown) {
    throw toQarionError(thrown)
  } finally {
    await session.close()
    onClosed()
  }
}

const DEFAULT_SAMPLES = 10

async function diffFlow(
  session: EngineSession,
  flow: RunnableFlow,
  request: DiffRequest,
): Promise<DiffResult> {
  const batches = await diffBatches(
    session,
    flow,
    request.batches,
    request.limit ?? DEFAULT_SAMPLES,
  )
  if (batches.length === 0 && request.batches !== undefined) {
    throw runtimeError(
      'QRN-RUN-008',
      'usage',
      `flow "${flow.definition.id}" has no batch from ${request.batches.from} to ${request.batches.to}`,
    )
  }
  return { flow: flow.definition.id, batches }
}

async function statusOf(
  context: PlanContext,
  flow: RunnableFlow,
  { runs, isPersistent }: { readonly runs: readonly RunRecord[]; readonly isPersistent: boolean },
): Promise<FlowStatus> {
  const { session } = context
  const { id, flowType } = flow.definition
  const state = stateOfFlow(await readState(session), id)
  const newest = state.batches.at(-1)
  const { batches, refusal } = await tryPlan(context, flow)
  // Tasks can always be done anew, which is nothing to wait for.
  const waiting = batches.filter(({ action }) => action !== 'tasks' || newest === undefined)
  const exporting = findExport(flow)
  const counts =
    exporting === undefined
      ? await countBatch(session, flow, newest?.batch ?? 0)
      : exportedRows(state, exporting)
  // A load that failed left its rejects behind, to be read before the next try.
  const waitingCounts = await countBatch(session, flow, (newest?.batch ?? 0) + 1)
  const lastRun = runs.find((run) => run.flows.some((record) => record.flow === id))
  const lastFlowRun = lastRun?.flows.find((record) => record.flow === id)
  const nextCommand =
    refusal === undefined
      ? nextCommandOf(id, { waiting, isPersistent, hasBatch: newest !== undefined })
      : `qarion plan ${id}`
  return {
    flow: id,
    flowType,
    ...(newest === undefined
      ? {}
      : {
          newestBatch: {
            batch: newest.batch,
            batchTime: formatBatchTime(newest.batchTime),
            counts,
          },
        }),
    waiting: waiting.map(({ batch, files, sizeBytes, action }) => ({
      batch,
      files,
      sizeBytes,
      action,
    })),
    rejectedRows: (counts['rejected'] ?? 0) + (waitingCounts['rejected'] ?? 0),
    ...(lastRun === undefined || lastFlowRun === undefined
      ? {}
      : {
          lastRun: {
            id: lastRun.id,
            status: lastFlowRun.status,
            startedAtMs: lastRun.startedAtMs,
            ...(lastFlowRun.error === undefined ? {} : { error: lastFlowRun.error }),
          },
        }),
    ...(refusal === undefined ? {} : { problem: refusal }),
    ...(nextCommand === undefined ? {} : { nextCommand }),
  }
}

function nextCommandOf(
  flow: string,
  {
    waiting: [next],
    isPersistent,
    hasBatch,
  }: {
    readonly waiting: readonly PlannedBatch[]
    readonly isPersistent: boolean
    readonly hasBatch: boolean
  },
): string | undefined {
  if (next === undefined) return hasBatch ? `qarion show ${flow}` : undefined
  if (isPersistent) return `qarion run ${flow}`
  // Where nothing is kept, showing loads; what is exported must be loaded in the same run.
  return next.action === 'export' ? 'qarion run' : `qarion show ${flow}`
}

/** Rows that the newest batch of an export wrote, as its step recorded them. */
function exportedRows({ steps }: State, node: ExportNode): Readonly<Record<string, number>> {
  return steps.findLast(({ step }) => step === node.id)?.rowCounts ?? {}
}

async function revertFlow(
  options: QarionOptions,
  project: OpenProject,
  name: string,
  signal: AbortSignal,
): Promise<{ batch: number }> {
  const flow = findFlow(project.flows, name)
  const engine: Engine = await project.engine()
  return withWriter(
    { engine, command: `revert ${name}`, waitMs: 0, signal },
    async (session, lease) => {
      const runId = `revert-${Date.now()}`
      const context: RunContext = {
        runId,
        environment: project.loaded.project.environment,
        engine,
        session,
        lease,
        signal,
        acceptedGuards: [],
        nowMs: () => Date.now(),
        emit: (event) => options.onEvent?.({ ...event, runId, atMs: Date.now() }),
      }
      return { batch: await revertNewest(context, flow) }
    },
  )
}
