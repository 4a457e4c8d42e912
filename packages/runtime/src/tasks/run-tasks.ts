import {
  toErrorDocument,
  type BatchRunRecord,
  type DagNode,
  type QarionError,
  type TaskRunRecord,
} from '@qarion/core'
import { orderNodes } from '@qarion/plan'

import { formatBatchTime } from '../deliveries/batch-time.ts'
import { resolveBatchTime, type DeliveryOptions } from '../deliveries/plan-deliveries.ts'
import { countBatch } from '../read/count-batch.ts'
import { commitUnit } from '../run/commit.ts'
import type { RunContext } from '../run/run-context.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { STATE_DATASETS } from '../state/state-datasets.ts'
import { outcomeOf, taskRecordToRow, type TaskRecord } from '../state/task-records.ts'
import { addState, forgetTask } from '../state/write-state.ts'
import { commitBatchOperations, createTables, type BatchWork } from '../steps/batch-operations.ts'
import { planTaskBatch, type TaskBatch } from './plan-task-batch.ts'
import { runTask } from './run-task.ts'
import { isToRun, unhandledFailures } from './task-fate.ts'
import { taskFingerprint } from './task-fingerprint.ts'

/**
 * Runs the tasks of a flow one after the other, as a batch: each once all that it depends on are settled. Tasks that an
 * earlier run has finished are kept. What fails stops only what depends on it; the batch is committed once nothing has
 * failed that no task asks for.
 */
export async function runTasks(
  context: RunContext,
  flow: RunnableFlow,
  options: DeliveryOptions,
  onBatch: (record: BatchRunRecord) => void,
): Promise<void> {
  const startedAtMs = context.nowMs()
  const planned = await planTaskBatch(context.session, flow, options)
  const work = workOf(context, flow, planned, options)
  const { id } = flow.definition
  const batchTime = formatBatchTime(work.batchTime)
  const ofBatch = { flow: id, batch: work.batch }
  context.emit({ type: 'flow_started', flow: id, batches: [work.batch] })
  context.emit({ type: 'batch_started', ...ofBatch, batchTime, files: [] })
  const nodes = orderNodes(flow.plan.dag)
  const settled = new Map<string, TaskRecord>()
  const errors = new Map<string, QarionError>()
  const tasks: TaskRunRecord[] = []
  for (const node of nodes) {
    context.signal.throwIfAborted()
    const taskStartedAtMs = context.nowMs()
    const { record, error, wasRun } = await settle(context, flow, node, {
      work,
      planned,
      nodes,
      settled,
      isForced: options.isFullRefresh,
    })
    settled.set(node.id, record)
    if (error !== undefined) errors.set(node.id, error)
    tasks.push(taskRunOf(flow, record, context.nowMs() - taskStartedAtMs, wasRun))
  }
  const outcomes = new Map([...settled].map(([task, record]) => [task, outcomeOf(record)]))
  const [failed] = unhandledFailures(nodes, outcomes)
  if (failed !== undefined) throw errors.get(failed) as QarionError
  for (const [task, error] of errors) warnOfHandled(context, ofBatch, task, error)
  const skipped = [...settled.values()].filter(({ status }) => status === 'skipped')
  await commitUnit(context, { ...ofBatch, step: 'commit' }, () => [
    ...createTables(flow.plan),
    ...skipped.flatMap((record) => [
      forgetTask(id, work.batch, record.task),
      addState(STATE_DATASETS.taskResults, () => [taskRecordToRow(record)]),
    ]),
    ...commitBatchOperations(work, undefined, context.nowMs),
  ])
  await context.session.checkpoint()
  const counts = await countBatch(context.session, flow, work.batch)
  const durationMs = context.nowMs() - startedAtMs
  onBatch({ batch: work.batch, batchTime, files: [], counts, durationMs, tasks })
  context.emit({ type: 'batch_finished', ...ofBatch, counts, durationMs })
}

function workOf(
  context: RunContext,
  flow: RunnableFlow,
  { batch, batchTime, state }: TaskBatch,
  options: DeliveryOptions,
): BatchWork {
  const previous = state.batches.at(-1)?.batchTime
  return {
    flow,
    batch,
    revision: 1,
    batchTime:
      batchTime ??
      resolveBatchTime(flow.definition.id, options.batchTime, previous, context.nowMs()),
    inputs: [],
    inputFingerprint: '',
    stepFingerprint: '',
    tables: {},
    runId: context.runId,
  }
}

interface Settling {
  readonly work: BatchWork
  readonly planned: TaskBatch
  readonly nodes: readonly DagNode[]
  readonly settled: ReadonlyMap<string, TaskRecord>
  /** True: what an earlier run has finished is done again. */
  readonly isForced: boolean
}

async function settle(
  context: RunContext,
  flow: RunnableFlow,
  node: DagNode,
  { work, planned, nodes, settled, isForced }: Settling,
): Promise<{
  readonly record: TaskRecord
  readonly error?: QarionError
  readonly wasRun: boolean
}> {
  const before = node.dependsOn.map((id) => settled.get(id) as TaskRecord)
  const fingerprint = taskFingerprint(flow, node, before)
  const outcomes = new Map([...settled].map(([task, record]) => [task, outcomeOf(record)]))
  if (!isToRun(node, nodes, outcomes))
    return { record: skippedRecord(context, work, node, fingerprint), wasRun: false }
  const done = planned.records.find(
    (record) =>
      record.task === node.id &&
      record.status === 'succeeded' &&
      record.fingerprint === fingerprint,
  )
  if (done !== undefined && !isForced) {
    const step = { flow: flow.definition.id, batch: work.batch, step: node.id }
    context.emit({ type: 'step_started', ...step, title: node.title })
    context.emit({
      type: 'step_finished',
      ...step,
      rowCounts: {},
      durationMs: 0,
      wasResumed: true,
    })
    return { record: done, wasRun: false }
  }
  const previous = [...planned.earlier, ...planned.records].findLast(
    ({ task, status }) => task === node.id && status === 'succeeded',
  )
  return {
    ...(await runTask(context, flow, node, { work, fingerprint, before, previous })),
    wasRun: true,
  }
}

function skippedRecord(
  context: RunContext,
  work: BatchWork,
  node: DagNode,
  fingerprint: string,
): TaskRecord {
  return {
    flow: work.flow.definition.id,
    batch: work.batch,
    task: node.id,
    status: 'skipped',
    value: undefined,
    branch: undefined,
    error: undefined,
    columns: undefined,
    attempts: 0,
    fingerprint,
    runId: work.runId,
    finishedAt: BigInt(context.nowMs()) * 1000n,
  }
}

function taskRunOf(
  { definition }: RunnableFlow,
  { task, status, branch, error }: TaskRecord,
  durationMs: number,
  wasRun: boolean,
): TaskRunRecord {
  return {
    task,
    type: definition.tasks?.find(({ id }) => id === task)?.type ?? '',
    status,
    durationMs,
    wasRun,
    ...(branch === undefined ? {} : { branch }),
    ...(error === undefined ? {} : { error }),
  }
}

function warnOfHandled(
  context: RunContext,
  ofBatch: { readonly flow: string; readonly batch: number },
  task: string,
  error: QarionError,
): void {
  context.emit({
    type: 'warning',
    ...ofBatch,
    code: error.code,
    message: `task "${task}" failed, and the flow went on: ${error.message}`,
    data: { error: toErrorDocument(error) },
  })
}
