import type { Plugin, PluginHost } from './plugin.ts'

export type TaskPlugin = Plugin<'task', Task>

/** One step of a `standard` flow that is not set work inside the engine. */
export interface Task {
  run(context: TaskContext): Promise<TaskResult>
}

export interface TaskContext {
  readonly host: PluginHost
  readonly flow: string
  readonly batch: number
  /** Declared variables of the flow, JSON values. */
  readonly variables: Readonly<Record<string, unknown>>
  /** Results of the tasks that this one depends on, by task id. */
  readonly results: Readonly<Record<string, TaskResult>>
}

export interface TaskResult {
  /** JSON, at most 1 MiB as text. */
  readonly value: unknown
  /** Branch that a conditional chose. */
  readonly branch?: string
}
