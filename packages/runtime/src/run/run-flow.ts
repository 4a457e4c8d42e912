import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'

import type {
  BatchRunRecord,
  CheckNode,
  Dataset,
  FileScan,
  InputFile,
  LoadDefinition,
  Loader,
  Operation,
  QarionError,
} from '@qarion/core'

import { formatBatchTime } from '../deliveries/batch-time.ts'
import type { DeliveryPlan, PlannedDelivery, RebuildPlan } from '../deliveries/delivery-plan.ts'
import { planDeliveries, type DeliveryOptions } from '../deliveries/plan-deliveries.ts'
import { planSourceBatches } from '../deliveries/plan-source-batches.ts'
import { planStateBatch } from '../deliveries/plan-state-batch.ts'
import { findExport } from '../exports/plan-exports.ts'
import { runExports } from '../exports/run-exports.ts'
import { countBatch } from '../read/count-batch.ts'
import { inputSourceOf, type RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { catalogOf, newestViews, sourceTables, viewOfRecord } from '../state/flow-catalog.ts'
import { readState } from '../state/read-state.ts'
import { STATE_DATASETS } from '../state/state-datasets.ts'
import { stateOfFlow, type State, type StepRecord } from '../state/state-records.ts'
import { forgetBatch } from '../state/write-state.ts'
import {
  appendOnlyDatasets,
  commitBatchOperations,
  createTables,
  createViews,
  datasetOf,
  findIngest,
  ingestOperations,
  instructionNodes,
  instructionOperations,
  transformNodes,
  transformOperations,
  viewOf,
  type BatchWork,
} from '../steps/batch-operations.ts'
import { throwVerdicts } from '../steps/checks.ts'
import { stampOrigin } from '../steps/ingest.ts'
import { writeRejects } from '../steps/rejects.ts'
import { runTasks } from '../tasks/run-tasks.ts'
import { cleanUp } from './clean-up.ts'
import { commitUnit } from './commit.ts'
import { definitionChanges, type DefinitionChange } from './definition-changes.ts'
import {
  isJudgedLater,
  judgeCheck,
  passCheck,
  passOperations,
  resultOperations,
  type JudgedBatch,
} from './judge-batch.ts'
import { prepareBatch, scanDelivery, type PreparedBatch } from './prepare-batch.ts'
import { revertOperations } from './revert.ts'
import type { RunContext } from './run-context.ts'

/** Runs the batches that wait for one flow. Records of finished batches are handed to `onBatch` as they finish. */
export async function runFlow(
  context: RunContext,
  flow: RunnableFlow,
  options: DeliveryOptions,
  onBatch: (record: BatchRunRecord) => void,
): Promise<void> {
  if (flow.tasks !== undefined) return runTasks(context, flow, options, onBatch)
  const exporting = findExport(flow)
  if (exporting !== undefined) return runExports(context, flow, exporting, options, onBatch)
  let state = await cleanUp(context, flow)
  const plan = await planFlowDeliveries(context, flow, options, state)
  if (plan.refusal !== undefined) throw plan.refusal
  const verdicts: QarionError[] = []
  const batches = [
    ...(plan.rebuild?.deliveries.map((_, index) => (plan.rebuild as RebuildPlan).from + index) ??
      []),
    ...plan.deliveries.map(({ batch }) => batch),
  ]
  context.emit({ type: 'flow_started', flow: flow.definition.id, batches })
  if (plan.rebuild !== undefined)
    state = await rebuild(context, flow, plan.rebuild, options.isFullRefresh, onBatch, verdicts)
  const isLoading = flow.loader !== undefined
  let scanning: ReturnType<typeof scanDelivery> | undefined
  for (const [index, delivery] of plan.deliveries.entries()) {
    context.signal.throwIfAborted()
    const scans = isLoading ? await (scanning ?? scanDelivery(context, flow, delivery)) : []
    const next = plan.deliveries[index + 1]
    // The next delivery is looked at while the engine works on this one.
    scanning = next === undefined || !isLoading ? undefined : scanDelivery(context, flow, next)
    scanning?.catch(() => undefined)
    state = await runBatch(context, flow, { delivery, scans, state }, onBatch, verdicts)
  }
  if (batches.length > 0) await context.session.checkpoint()
  throwVerdicts(verdicts)
}

/** What a run would do for the flow, from the files and the state of now, if that is known. Throws where the definition asks for a rebuild. */
export async function planFlowDeliveries(
  context: Pick<RunContext, 'session' | 'signal'>,
  flow: RunnableFlow,
  options: DeliveryOptions,
  known?: State,
): Promise<DeliveryPlan> {
  const { definition } = flow
  const all = known ?? (await readState(context.session))
  const state = stateOfFlow(all, definition.id)
  const newest = state.batches.at(-1)
  const rebuilding =
    newest === undefined
      ? []
      : definitionChanges(flow, newest.definition).filter(({ effect }) => effect === 'rebuild')
  if (rebuilding.length > 0 && !options.isFullRefresh) {
    throw runtimeError(
      'QRN-RUN-006',
      'guard',
      `flow "${definition.id}": ${rebuilding.map(({ key }) => `"${key}"`).join(', ')} changed, and what is stored was made with the old definition`,
      {
        hint: `Type: qarion plan ${definition.id}, then qarion run ${definition.id} --full-refresh`,
        data: { keys: rebuilding.map(({ key }) => key) },
      },
    )
  }
  refuseUnfitHistory(flow, rebuilding)
  const source = inputSourceOf(flow)
  const isLoading = flow.loader !== undefined && definition.load !== undefined
  if (source === undefined && !isLoading) {
    const { sources = [] } = flow
    if (sources.length === 0 || definition.tasks !== undefined)
      return { rebuild: undefined, deliveries: [], refusal: undefined }
    return planStateBatch({
      flow: definition.id,
      state,
      sources: sources.map((read) => stateOfFlow(all, read.definition.id)),
      options,
    })
  }
  const tables = new Set((await context.session.listTables()).map(({ name }) => name))
  if (source !== undefined) {
    return planSourceBatches({
      flow: definition.id,
      state,
      source: stateOfFlow(all, source.definition.id),
      tables,
      options,
    })
  }
  return planDeliveries({
    flow: definition.id,
    load: definition.load as LoadDefinition,
    files: await (flow.loader as Loader).discover({
      ...definition.input,
      previous: state.inputs.filter(({ batch }) => batch <= (newest?.batch ?? 0)),
      signal: context.signal,
    }),
    state,
    tables,
    isSameContent: async (file, record) => (await hashFile(file)) === record.contentHash,
    options,
  })
}

/** What is append-only is kept by a full refresh, so its rows must go on to fit: same key, same types. */
function refuseUnfitHistory(flow: RunnableFlow, changes: readonly DefinitionChange[]): void {
  const unfit = changes.filter(
    ({ key }) => key === 'input.primary_key' || key.startsWith('input.columns.'),
  )
  const datasets = [...appendOnlyDatasets(flow.plan)]
  if (unfit.length === 0 || datasets.length === 0) return
  const { id } = flow.definition
  throw runtimeError(
    'QRN-RUN-014',
    'guard',
    `flow "${id}": ${unfit.map(({ key }) => `"${key}"`).join(', ')} changed, and the rows of ${datasets.join(', ')} stay as they were posted`,
    {
      hint: `Put the definition back, or give it another id than "${id}": a new flow begins with no rows, and these stay.`,
      data: { keys: unfit.map(({ key }) => key) },
    },
  )
}

/** SHA-256 of a file's bytes, hexadecimal. */
async function hashFile(file: InputFile): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file.path), hash)
  return hash.digest('hex')
}

async function runBatch(
  context: RunContext,
  flow: RunnableFlow,
  request: {
    readonly delivery: PlannedDelivery
    readonly scans: readonly FileScan[]
    /** Of all flows, as it is before the batch. */
    readonly state: State
  },
  onBatch: (record: BatchRunRecord) => void,
  verdicts: QarionError[],
): Promise<State> {
  const { delivery, scans } = request
  const startedAtMs = context.nowMs()
  const state = stateOfFlow(request.state, flow.definition.id)
  const previous = state.batches.at(-1)
  const prepared = await prepareBatch(context, flow, {
    delivery,
    scans,
    batch: delivery.batch,
    revision: 1,
    previousTime: previous?.batchTime,
  })
  const done = state.steps.filter(
    (step) =>
      step.batch === prepared.work.batch && step.inputFingerprint === prepared.work.stepFingerprint,
  )
  const work = {
    ...resumedWork(prepared, done),
    sourceTables: sourceTables(flow, request.state),
  }
  const files = work.inputs.map(({ name }) => name)
  context.emit({
    type: 'batch_started',
    flow: flow.definition.id,
    batch: work.batch,
    batchTime: formatBatchTime(work.batchTime),
    files,
  })

  const predecessor = previous === undefined ? undefined : viewOfRecord(previous, state)
  const node = findIngest(flow.plan)
  const { ingest } = prepared
  const loadStep = done.find(({ step }) => step === node?.id)
  const isLoaded = loadStep !== undefined && (await hasTables(context, work.tables))
  const nodes = instructionNodes(flow.plan)
  const isOtherwiseBegun = state.steps.some(
    (step) =>
      step.batch === work.batch &&
      step.inputFingerprint !== work.stepFingerprint &&
      nodes.some(({ id }) => id === step.step),
  )
  // Steps of an earlier try, with another delivery or definition, may have written what this one does not.
  const takeBack = (): Operation[] =>
    isOtherwiseBegun && flow.plan.revert !== undefined ? revertOperations(flow, work.batch) : []
  if (node !== undefined && ingest !== undefined) {
    await runStep(
      context,
      flow,
      work.batch,
      node,
      isLoaded,
      () => [
        ...createTables(flow.plan),
        ...takeBack(),
        ...ingestOperations(work, node, ingest, context.nowMs),
      ],
      prepared,
    )
  }
  const unreadableKeys = (): number =>
    isLoaded
      ? (loadStep.rowCounts['unreadable_keys'] ?? 0)
      : (ingest?.outcome().unreadableKeys ?? 0)
  if (unreadableKeys() > 0) {
    context.emit({
      type: 'warning',
      flow: flow.definition.id,
      batch: work.batch,
      code: 'QRN-LOAD-005',
      message: `${unreadableKeys()} rejected rows have no readable key: nothing is deleted in this batch`,
    })
  }
  for (const [index, step] of nodes.entries()) {
    const isLast = index === nodes.length - 1
    const isDone =
      !isLast &&
      (ingest === undefined || isLoaded) &&
      done.some((record) => record.step === step.id)
    const judged = { work, predecessor, unreadableKeys }
    const later = isJudgedLater(nodes, index)
    await runStep(context, flow, work.batch, step, isDone, () => [
      ...(ingest === undefined && index === 0 ? [...createTables(flow.plan), ...takeBack()] : []),
      ...(step.kind === 'check'
        ? resultOperations(context, step, judged, later === undefined)
        : transformOperations(work, step, predecessor, unreadableKeys, context.nowMs)),
      ...(isLast ? commitBatchOperations(work, predecessor, context.nowMs) : []),
    ])
    if (isDone || step.kind !== 'check') continue
    if (later === undefined) await passCheck(context, step, judged)
    else await judge(context, step, judged, verdicts)
  }
  const after = await cleanUp(context, flow)
  await reportBatch(context, flow, work, startedAtMs, onBatch)
  return after
}

async function judge(
  context: RunContext,
  check: CheckNode,
  batch: JudgedBatch,
  verdicts: QarionError[],
): Promise<void> {
  const verdict = await judgeCheck(context, check, batch)
  if (verdict !== undefined) verdicts.push(verdict)
}

/** The work as the steps that are done recorded it, so that time and tables stay the same over a resumed run. */
function resumedWork(
  { work }: PreparedBatch,
  [step]: readonly StepRecord[],
): PreparedBatch['work'] {
  return step === undefined ? work : { ...work, batchTime: step.batchTime, tables: step.tables }
}

async function hasTables(
  context: RunContext,
  tables: PreparedBatch['work']['tables'],
): Promise<boolean> {
  const stored = new Set((await context.session.listTables()).map(({ name }) => name))
  return Object.values(tables).some(({ table }) => stored.has(table))
}

async function runStep(
  context: RunContext,
  flow: RunnableFlow,
  batch: number,
  node: { readonly id: string; readonly title: string },
  isDone: boolean,
  makeOperations: () => readonly Operation[],
  prepared?: PreparedBatch,
): Promise<void> {
  const step = { flow: flow.definition.id, batch, step: node.id }
  const startedAtMs = context.nowMs()
  context.emit({ type: 'step_started', ...step, title: node.title })
  try {
    const result = isDone ? { rowCounts: {} } : await commitUnit(context, step, makeOperations)
    context.emit({
      type: 'step_finished',
      ...step,
      rowCounts: result.rowCounts,
      durationMs: context.nowMs() - startedAtMs,
      wasResumed: isDone,
    })
  } catch (thrown) {
    if (prepared !== undefined) await keepRejects(context, flow, prepared).catch(() => undefined)
    throw stampOrigin(thrown, step)
  }
}

/**
 * Rejects of a load that failed are written in a transaction of their own, so that they can be read. Callers let a
 * failure of this pass: why the load failed is what the user must see.
 */
async function keepRejects(
  context: RunContext,
  flow: RunnableFlow,
  { work, ingest }: PreparedBatch,
): Promise<void> {
  const node = findIngest(flow.plan)
  const rejects = [...(ingest?.outcome().rejects ?? [])]
  if (node === undefined || rejects.length === 0) return
  const dataset = datasetOf(flow.plan, node.rejects)
  const catalog = catalogOf(flow.plan.datasets, viewOf(work), undefined)
  await commitUnit(
    context,
    { flow: flow.definition.id, batch: work.batch, step: 'rejects' },
    () => [...createTables(flow.plan), ...writeRejects(dataset, work, catalog, () => rejects)],
  )
}

/** Takes batches back and applies them anew in one transaction. */
async function rebuild(
  context: RunContext,
  flow: RunnableFlow,
  plan: RebuildPlan,
  isFullRefresh: boolean,
  onBatch: (record: BatchRunRecord) => void,
  verdicts: QarionError[],
): Promise<State> {
  const startedAtMs = context.nowMs()
  const all = await readState(context.session)
  const state = stateOfFlow(all, flow.definition.id)
  const kept = state.batches.filter(({ batch }) => batch < plan.from)
  const reverted = state.batches.filter(({ batch }) => batch >= plan.from)
  const revision = Math.max(0, ...state.batches.map((record) => record.revision)) + 1
  const base =
    plan.base === undefined
      ? undefined
      : await prepareBatch(context, flow, {
          delivery: plan.base.delivery,
          batch: plan.base.batch,
          revision,
          previousTime: undefined,
        })
  const baseRecord = state.batches.find(({ batch }) => batch === plan.base?.batch)
  if (base !== undefined && base.work.inputFingerprint !== baseRecord?.inputFingerprint) {
    throw runtimeError(
      'QRN-RUN-005',
      'guard',
      `flow "${flow.definition.id}": batch ${base.work.batch} is needed to compare with, and its files have changed`,
      {
        data: { batch: base.work.batch, files: base.work.inputs.map(({ name }) => name) },
      },
    )
  }
  const prepared: PreparedBatch[] = []
  let previousTime = kept.at(-1)?.batchTime
  for (const [index, delivery] of plan.deliveries.entries()) {
    // A late delivery without a time of its own comes right after the batch that it follows.
    const isInserted =
      delivery.batchTime === undefined &&
      plan.deliveries.slice(index + 1).some(({ batchTime }) => batchTime !== undefined)
    const placed = isInserted
      ? { ...delivery, batchTime: timeOfInserted(previousTime, plan.deliveries.slice(index + 1)) }
      : delivery
    const next = await prepareBatch(context, flow, {
      delivery: placed,
      batch: plan.from + index,
      revision,
      previousTime,
    })
    previousTime = next.work.batchTime
    prepared.push({ ...next, work: { ...next.work, sourceTables: sourceTables(flow, all) } })
  }
  const last = kept.at(-1)
  const firstPredecessor =
    base === undefined
      ? last === undefined
        ? undefined
        : viewOfRecord(last, state)
      : viewOf(base.work)
  const ingestNode = findIngest(flow.plan)
  const nodes = instructionNodes(flow.plan)
  const makeOperations = (): Operation[] => {
    const operations: Operation[] = []
    for (const record of reverted.toReversed())
      operations.push(...revertOperations(flow, record.batch))
    for (const step of new Set(state.steps.map(({ batch }) => batch))) {
      if (step >= plan.from)
        operations.push(
          forgetBatch(STATE_DATASETS.steps, flow.definition.id, step),
          forgetBatch(STATE_DATASETS.inputs, flow.definition.id, step),
        )
    }
    if (isFullRefresh) operations.push(...dropTables(flow))
    operations.push(...createTables(flow.plan))
    if (base?.ingest !== undefined) {
      const { table, source } = base.ingest
      operations.push(
        { kind: 'drop_table', table: table.name },
        { kind: 'create_table', table },
        { kind: 'load', table, source, count: 'base' },
      )
    }
    let predecessor = firstPredecessor
    for (const [index, { work, ingest }] of prepared.entries()) {
      if (ingestNode !== undefined && ingest !== undefined)
        operations.push(...ingestOperations(work, ingestNode, ingest, context.nowMs))
      const isLast = index === prepared.length - 1
      const unreadableKeys = (): number => ingest?.outcome().unreadableKeys ?? 0
      for (const [place, node] of nodes.entries()) {
        if (node.kind === 'check') {
          const batch = { work, predecessor, unreadableKeys }
          const holdsBack = isJudgedLater(nodes, place) === undefined
          operations.push(
            ...resultOperations(context, node, batch, holdsBack),
            ...(holdsBack ? passOperations(context, node, batch) : []),
          )
          continue
        }
        const { rebuild: posting } = node
        // What is append-only is posted once, as the difference that all batches together make.
        if (posting !== undefined && !isLast) continue
        operations.push(
          ...transformOperations(
            work,
            { id: node.id, instruction: posting ?? node.instruction },
            predecessor,
            unreadableKeys,
            context.nowMs,
          ),
        )
      }
      operations.push(...commitBatchOperations(work, predecessor, context.nowMs))
      predecessor = viewOf(work)
    }
    if (prepared.length === 0) {
      operations.push(
        ...postTakenBack(context, flow, { kept, reverted, revision }),
        ...createViews(flow, ...newestViews(kept, state)),
      )
    }
    return operations
  }
  for (const record of reverted.toReversed())
    context.emit({ type: 'batch_reverted', flow: flow.definition.id, batch: record.batch })
  for (const { work } of prepared) {
    context.emit({
      type: 'batch_started',
      flow: flow.definition.id,
      batch: work.batch,
      batchTime: formatBatchTime(work.batchTime),
      files: work.inputs.map(({ name }) => name),
    })
  }
  const step = { flow: flow.definition.id, batch: plan.from, step: 'rebuild' }
  try {
    await commitUnit(context, step, makeOperations)
  } catch (thrown) {
    for (const batch of prepared) await keepRejects(context, flow, batch).catch(() => undefined)
    throw stampOrigin(thrown, step)
  }
  let predecessor = firstPredecessor
  for (const { work, ingest } of prepared) {
    const unreadableKeys = (): number => ingest?.outcome().unreadableKeys ?? 0
    for (const place of nodes.keys()) {
      const later = isJudgedLater(nodes, place)
      if (later !== undefined)
        await judge(context, later.check, { work, predecessor, unreadableKeys }, verdicts)
    }
    predecessor = viewOf(work)
  }
  const after = await cleanUp(context, flow)
  for (const { work } of prepared) await reportBatch(context, flow, work, startedAtMs, onBatch)
  return after
}

/**
 * Posts to what is append-only that batches were taken back and none came in their place: under the number and time of
 * the first of them, for there is no other batch that did it.
 */
function postTakenBack(
  context: RunContext,
  flow: RunnableFlow,
  {
    kept,
    reverted,
    revision,
  }: Record<'kept' | 'reverted', State['batches']> & {
    readonly revision: number
  },
): Operation[] {
  const [first] = reverted
  if (first === undefined) return []
  const { batch, batchTime, inputFingerprint } = first
  const work: BatchWork = {
    flow,
    batch,
    revision,
    batchTime,
    inputs: [],
    inputFingerprint,
    stepFingerprint: inputFingerprint,
    tables: kept.at(-1)?.tables ?? {},
    runId: context.runId,
  }
  return transformNodes(flow.plan).flatMap(({ rebuild: posting }) =>
    posting === undefined ? [] : instructionOperations(work, posting, undefined, () => 0),
  )
}

function timeOfInserted(
  previousTime: bigint | undefined,
  later: RebuildPlan['deliveries'],
): bigint {
  if (previousTime !== undefined) return previousTime + 1n
  return (later.find(({ batchTime }) => batchTime !== undefined)?.batchTime as bigint) - 1n
}

function dropTables({ plan }: RunnableFlow): Operation[] {
  const kept = appendOnlyDatasets(plan)
  const ofKind = (kind: Dataset['storage']['kind']): Dataset[] =>
    plan.datasets.filter(({ id, storage }) => storage.kind === kind && !kept.has(id))
  return [
    ...ofKind('view').map(({ table }): Operation => ({ kind: 'drop_view', name: table })),
    ...ofKind('table').map(({ table }): Operation => ({ kind: 'drop_table', table })),
  ]
}

async function reportBatch(
  context: RunContext,
  flow: RunnableFlow,
  work: PreparedBatch['work'],
  startedAtMs: number,
  onBatch: (record: BatchRunRecord) => void,
): Promise<void> {
  const counts = await countBatch(context.session, flow, work.batch)
  const durationMs = context.nowMs() - startedAtMs
  onBatch({
    batch: work.batch,
    batchTime: formatBatchTime(work.batchTime),
    files: work.inputs.map(({ name }) => name),
    counts,
    durationMs,
  })
  context.emit({
    type: 'batch_finished',
    flow: flow.definition.id,
    batch: work.batch,
    counts,
    durationMs,
  })
}
