import { setTimeout as wait } from 'node:timers/promises'

import {
  canonicalJson,
  isValueProblem,
  MAX_TASK_RESULT_BYTES,
  toErrorDocument,
  toQarionError,
  type DagNode,
  type Operation,
  type QarionError,
  type TaskResult,
} from '@qarion/core'

import { commitUnit } from '../run/commit.ts'
import type { RunContext } from '../run/run-context.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { STATE_DATASETS } from '../state/state-datasets.ts'
import { taskRecordToRow, type TaskRecord } from '../state/task-records.ts'
import { addState, forgetTask } from '../state/write-state.ts'
import {
  batchParameters,
  createTables,
  recordStep,
  type BatchWork,
} from '../steps/batch-operations.ts'
import { stampOrigin } from '../steps/ingest.ts'
import {
  columnsText,
  loadOperations,
  retypeOperations,
  statementOperations,
  targetOfStep,
} from './target-operations.ts'
import { taskCatalog } from './task-catalog.ts'
import { taskContext, taskOf } from './task-context.ts'

export interface TaskRun {
  readonly work: BatchWork
  readonly fingerprint: string
  /** What came of the steps before it. */
  readonly before: readonly TaskRecord[]
  /** What came of it in the newest batch in which it succeeded. */
  readonly previous: TaskRecord | undefined
}

/** What came of a step, and the error where it failed. */
export interface TaskOutcomeRecord {
  readonly record: TaskRecord
  readonly error?: QarionError
}

/** Runs a step, again where it may be tried again, and records what came of it. Rejects only where the run is cancelled. */
export async function runTask(
  context: RunContext,
  flow: RunnableFlow,
  node: DagNode,
  run: TaskRun,
): Promise<TaskOutcomeRecord> {
  const task = flow.definition.tasks?.find(({ id }) => id === node.id)
  const step = { flow: flow.definition.id, batch: run.work.batch, step: node.id }
  const startedAtMs = context.nowMs()
  context.emit({ type: 'step_started', ...step, title: node.title })
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { record, rowCounts } = await attemptTask(context, flow, node, { ...run, attempt })
      const durationMs = context.nowMs() - startedAtMs
      context.emit({ type: 'step_finished', ...step, rowCounts, durationMs, wasResumed: false })
      return { record }
    } catch (thrown) {
      if (context.signal.aborted) throw thrown
      const error = stampOrigin(toQarionError(thrown), step) as QarionError
      if (attempt <= (task?.retries ?? 0)) {
        const waitMs = (task?.retryWaitMs ?? 0) * 2 ** (attempt - 1)
        context.emit({
          type: 'step_retried',
          ...step,
          attempt,
          waitMs,
          error: toErrorDocument(error),
        })
        await wait(waitMs, undefined, { signal: context.signal })
        continue
      }
      const durationMs = context.nowMs() - startedAtMs
      context.emit({ type: 'step_failed', ...step, error: toErrorDocument(error), durationMs })
      const record = recordOf(context, node, { ...run, attempt }, { status: 'failed', error })
      await commitUnit(context, step, () => [
        ...createTables(flow.plan),
        ...writeRecord(run, node.id, () => record),
      ])
      return { record, error }
    }
  }
}

async function attemptTask(
  context: RunContext,
  flow: RunnableFlow,
  node: DagNode,
  run: TaskRun & { readonly attempt: number },
): Promise<{
  readonly record: TaskRecord
  readonly rowCounts: Readonly<Record<string, number>>
}> {
  const { work, fingerprint, previous } = run
  const target = targetOfStep(flow, node)
  const retype = target === undefined ? [] : retypeOperations(flow, target, previous)
  const result: TaskResult =
    node.kind === 'task'
      ? ((await taskOf(flow, node).run?.(taskContext(context, flow, node, run))) ?? NO_RESULT)
      : NO_RESULT
  const catalog = await taskCatalog(context.session, flow)
  const operations = (): readonly Operation[] => {
    const parameters = batchParameters(work, undefined, 0)
    if (node.kind === 'transform') {
      return [{ kind: 'instruction', instruction: node.instruction, catalog, parameters }]
    }
    const statement = node.kind === 'task' ? node.statement : undefined
    if (statement !== undefined && target !== undefined)
      return statementOperations(catalog, target, statement, parameters)
    return result.load === undefined || target === undefined
      ? []
      : loadOperations(catalog, target, result.load)
  }
  let record: TaskRecord | undefined
  const settle = (): TaskRecord => {
    record = recordOf(context, node, run, {
      status: 'succeeded',
      value: textOf(node.id, result.value),
      ...(result.branch === undefined ? {} : { branch: result.branch }),
      ...(target === undefined ? {} : { columns: columnsText(target) }),
    })
    return record
  }
  const { rowCounts } = await commitUnit(
    context,
    { flow: work.flow.definition.id, batch: work.batch, step: node.id },
    () => [
      ...retype,
      ...createTables(flow.plan),
      ...operations(),
      ...writeRecord(run, node.id, settle),
      ...recordStep({ ...work, stepFingerprint: fingerprint }, node.id, context.nowMs, () => ({})),
    ],
  )
  return { record: record ?? settle(), rowCounts }
}

const NO_RESULT: TaskResult = Object.freeze({ value: null })

/** Puts the record in the place of what was known of the task in the batch. It is made once the rows before it are written. */
function writeRecord(
  { work }: Pick<TaskRun, 'work'>,
  task: string,
  make: () => TaskRecord,
): readonly Operation[] {
  return [
    forgetTask(work.flow.definition.id, work.batch, task),
    addState(STATE_DATASETS.taskResults, () => [taskRecordToRow(make())]),
  ]
}

function recordOf(
  context: RunContext,
  node: DagNode,
  { work, fingerprint, attempt }: TaskRun & { readonly attempt: number },
  outcome: Pick<TaskRecord, 'status'> &
    Partial<Pick<TaskRecord, 'value' | 'branch' | 'columns'>> & { readonly error?: QarionError },
): TaskRecord {
  const { status, value, branch, columns, error } = outcome
  return {
    flow: work.flow.definition.id,
    batch: work.batch,
    task: node.id,
    status,
    value,
    branch,
    columns,
    error: error === undefined ? undefined : { code: error.code, message: error.message },
    attempts: attempt,
    fingerprint,
    runId: work.runId,
    finishedAt: BigInt(context.nowMs()) * 1000n,
  }
}

/** The result as canonical JSON; `undefined` where there is none. Throws QRN-RUN-018. */
function textOf(task: string, value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  const text = jsonText(value)
  const bytes = text === undefined ? 0 : Buffer.byteLength(text)
  const canonical = text === undefined ? undefined : canonicalJson(text)
  if (canonical !== undefined && !isValueProblem(canonical) && bytes <= MAX_TASK_RESULT_BYTES)
    return canonical
  const why =
    bytes > MAX_TASK_RESULT_BYTES
      ? `it has ${bytes} bytes, ${MAX_TASK_RESULT_BYTES} are the most`
      : isValueProblem(canonical)
        ? canonical.reason
        : 'it is no JSON'
  throw runtimeError('QRN-RUN-018', 'data', `the result of "${task}" cannot be kept: ${why}`)
}

function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}
