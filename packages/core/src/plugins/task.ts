import type { ColumnBatch } from '../data/column-batch.ts'
import type { Dataset, DatasetId } from '../data/dataset.ts'
import type { Instruction } from '../plan/instruction.ts'
import type { NativeStatement } from '../plan/native-statement.ts'
import type { Query } from '../plan/query.ts'
import type { FlowDefinition, LoadDefinition, TaskDefinition } from '../run/flow-definition.ts'
import type { RunStatus } from '../run/run-event.ts'
import type { Exporter } from './exporter.ts'
import type { DatasetReference } from './flow.ts'
import type { Loader } from './loader.ts'
import type { Plugin, PluginHost } from './plugin.ts'

export type TaskPlugin = Plugin<'task', Task>

/** A type of task. `options` of the plugin describe `[tasks.properties]` and `[tasks.config]` together. */
export interface Task {
  /** Datasets that the settings name besides `source_dataset_id`; `path` begins at the task's own table. */
  sources?(task: TaskDefinition): readonly DatasetReference[]
  /** Tasks that come before or after this one besides its dependencies. */
  order?(task: TaskDefinition): {
    readonly after?: readonly string[]
    readonly before?: readonly string[]
  }
  /** Pure. Throws QarionError with all problems of the task; `data.path` begins at the task's own table. */
  plan(task: TaskDefinition, surroundings: TaskSurroundings): TaskPlan
  /** The work that is not set work in the engine. Absent where an instruction is all that the task does. */
  run?(context: TaskContext): Promise<TaskResult>
}

/** What a task sees of its flow when it is planned. */
export interface TaskSurroundings {
  readonly flow: FlowDefinition
  /** Datasets that it may read: of other flows, and what the tasks that it depends on have made. */
  readonly datasets: ReadonlyMap<DatasetId, Dataset>
  /** The other tasks of the flow. */
  readonly tasks: readonly TaskDefinition[]
}

/** What a task reads, writes and does. Plain data. */
export interface TaskPlan {
  readonly title: string
  readonly reads?: readonly DatasetId[]
  /** The dataset that it makes. */
  readonly target?: Dataset
  /** Set work: runs in the engine and commits with the record that the task is done. */
  readonly instruction?: Instruction
  /** A SELECT in the SQL of the engine, whose rows go to the target; engines without SQL are refused. */
  readonly statement?: NativeStatement
  /** Handed to `run` as it stands. */
  readonly options?: Readonly<Record<string, unknown>>
  /** Tasks that it waits for whatever comes of them: their failure is its business. */
  readonly asks?: readonly string[]
  /** Tasks by the name of the branch in which they run. */
  readonly branches?: Readonly<Record<string, readonly string[]>>
  /** The flow that it runs. */
  readonly triggers?: string
}

export interface TaskContext {
  readonly host: PluginHost
  readonly allowedPaths: readonly string[]
  readonly flow: string
  readonly task: string
  readonly batch: number
  /** Microseconds. */
  readonly batchTime: bigint
  readonly runId: string
  readonly options: Readonly<Record<string, unknown>>
  /** Declared variables of the flow, JSON values. */
  readonly variables: Readonly<Record<string, unknown>>
  /** What came of the tasks that this one depends on, by task id. */
  readonly results: Readonly<Record<string, TaskOutcome>>
  /** What came of this task in the newest finished batch. */
  readonly previous: TaskOutcome | undefined
  readonly signal: AbortSignal
  /** Rows of the last of `queries`. They may name `batch_id`, `batch_time` and the variables. */
  read(queries: readonly Query[]): AsyncIterable<ColumnBatch>
  loader(load: LoadDefinition): Promise<Loader>
  exporter(format: string, options: Readonly<Record<string, unknown>>): Promise<Exporter>
  /** Runs a flow of the project within this run. */
  runFlow(request: TriggerRequest): Promise<TriggeredRun>
}

export interface TriggerRequest {
  readonly flow: string
  /** Values for its variables, in text form. */
  readonly variables: Readonly<Record<string, string>>
  /** Microseconds. */
  readonly batchTime?: bigint
}

export interface TriggeredRun {
  readonly flow: string
  readonly status: RunStatus
  readonly batches: readonly {
    readonly batch: number
    readonly counts: Readonly<Record<string, number>>
  }[]
  /** Code and message of what it failed with. */
  readonly error?: { readonly code: string; readonly message: string }
}

export interface TaskResult {
  /** JSON, at most 1 MiB as text. Read once the rows of `load` are written. */
  readonly value: unknown
  /** Branch that a conditional chose. */
  readonly branch?: string
  /** Rows that take the place of those of the task's target, with the columns of the target in order. */
  readonly load?: () => AsyncIterable<ColumnBatch>
}

/** `skipped`: a task that it depends on failed, or its branch was not chosen. */
export type TaskStatus = 'succeeded' | 'failed' | 'skipped'

/** What came of a task. */
export interface TaskOutcome {
  readonly status: TaskStatus
  /** JSON; `null` where there is none. */
  readonly value: unknown
  readonly branch?: string
  readonly error?: { readonly code: string; readonly message: string }
}

/** The most bytes of UTF-8 that a result may have as JSON text. */
export const MAX_TASK_RESULT_BYTES: number = 1024 * 1024
