import type { TaskOutcome } from '@qarion/core'

/** What the function of a script is called with. */
export interface ScriptContext {
  readonly flow: string
  readonly task: string
  readonly batch: number
  /** ISO 8601. */
  readonly batchTime: string
  readonly runId: string
  /** Absolute path of the project's folder. */
  readonly projectDirectory: string
  /** Declared variables of the flow; integers beyond 2^53 are texts. */
  readonly variables: Readonly<Record<string, unknown>>
  /** `arguments` of the task. */
  readonly arguments: Readonly<Record<string, unknown>>
  /** What came of the tasks that this one depends on, by task id. */
  readonly results: Readonly<Record<string, TaskOutcome>>
}

/** The default export of a script. What it gives must be JSON, at most 1 MiB as text; nothing is `null`. */
export type Script = (context: ScriptContext) => unknown
