import type {
  Engine,
  EngineSession,
  Lease,
  RunEvent,
  TriggeredRun,
  TriggerRequest,
} from '@qarion/core'

/** `RunEvent` without what the context adds. */
export type EventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, 'runId' | 'atMs'>
    : never
  : never

/** What all flows of one run share. */
export interface RunContext {
  readonly runId: string
  readonly environment: string
  readonly engine: Engine
  readonly session: EngineSession
  readonly lease: Lease
  readonly signal: AbortSignal
  /** Guards that this run accepts. */
  readonly acceptedGuards: readonly string[]
  readonly nowMs: () => number
  readonly emit: (event: EventBody) => void
  /** Runs a flow that a task names; absent where nothing is run but the flow itself. */
  readonly triggerFlow?: (request: TriggerRequest) => Promise<TriggeredRun>
}
