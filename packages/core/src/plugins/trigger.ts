import type { Plugin } from './plugin.ts'

export type TriggerPlugin = Plugin<'trigger', Trigger>

/** Says when a flow should run; used by `qarion serve`. */
export interface Trigger {
  /** Yields once per occasion until the signal aborts. Occasions while a run is under way are folded into one. */
  occasions(signal: AbortSignal): AsyncIterable<TriggerOccasion>
}

export interface TriggerOccasion {
  readonly reason: string
  readonly atMs: number
}
