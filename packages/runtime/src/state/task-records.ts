import {
  DataTypes,
  TASK_RESULTS_DATASET,
  type EngineSession,
  type Row,
  type TaskOutcome,
  type TaskStatus,
} from '@qarion/core'
import { column, equal, filter, text } from '@qarion/plan'

import { readRows } from './read-state.ts'

/** What came of a task of a batch. */
export interface TaskRecord {
  readonly flow: string
  readonly batch: number
  readonly task: string
  readonly status: TaskStatus
  /** JSON text. */
  readonly value: string | undefined
  readonly branch: string | undefined
  readonly error: { readonly code: string; readonly message: string } | undefined
  /** Names and types of the dataset that it wrote, JSON text. */
  readonly columns: string | undefined
  readonly attempts: number
  readonly fingerprint: string
  readonly runId: string
  /** Microseconds. */
  readonly finishedAt: bigint
}

/** What the engine remembers of a flow's tasks, by batch; empty where none was ever run. */
export async function readTaskRecords(
  session: EngineSession,
  flow: string,
): Promise<readonly TaskRecord[]> {
  const { table } = TASK_RESULTS_DATASET
  const tables = await session.listTables(table)
  if (!tables.some(({ name }) => name === table)) return []
  const ofFlow = filter(equal(column('flow', DataTypes.string), text(flow)))
  return (await readRows(session, TASK_RESULTS_DATASET, [ofFlow])).map(taskRecordFromRow)
}

/** The outcome as tasks see it. */
export function outcomeOf({ status, value, branch, error }: TaskRecord): TaskOutcome {
  return {
    status,
    value: value === undefined ? null : (JSON.parse(value) as unknown),
    ...(branch === undefined ? {} : { branch }),
    ...(error === undefined ? {} : { error }),
  }
}

function taskRecordFromRow(row: Row): TaskRecord {
  const [flow, batch, task, status, value, branch, error, columns, attempts] = row
  const [fingerprint, runId, finishedAt] = row.slice(9)
  return {
    flow: flow as string,
    batch: Number(batch),
    task: task as string,
    status: status as TaskStatus,
    value: (value ?? undefined) as string | undefined,
    branch: (branch ?? undefined) as string | undefined,
    error: typeof error === 'string' ? (JSON.parse(error) as TaskRecord['error']) : undefined,
    columns: (columns ?? undefined) as string | undefined,
    attempts: Number(attempts),
    fingerprint: fingerprint as string,
    runId: runId as string,
    finishedAt: finishedAt as bigint,
  }
}

export function taskRecordToRow(record: TaskRecord): Row {
  return [
    record.flow,
    BigInt(record.batch),
    record.task,
    record.status,
    record.value ?? null,
    record.branch ?? null,
    record.error === undefined ? null : JSON.stringify(record.error),
    record.columns ?? null,
    BigInt(record.attempts),
    record.fingerprint,
    record.runId,
    record.finishedAt,
  ]
}
