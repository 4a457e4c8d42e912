import type { RunEvent } from '../run/run-event.ts'
import type { Plugin } from './plugin.ts'

export type ObserverPlugin = Plugin<'observer', Observer>

/** Hears every event of a run, in order. What it throws is reported and never fails the run. */
export interface Observer {
  observe(event: RunEvent): void
  /** Sends what is buffered; called once when the run has ended. */
  flush(): Promise<void>
}
