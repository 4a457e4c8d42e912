import type { Plugin } from './plugin.ts'

export type PublisherPlugin = Plugin<'publisher', Publisher>

/** Delivers the events of an outbox. Made once per flow that publishes, with `[properties.publish]` as options. */
export interface Publisher {
  /** How many events it takes at the same time, at least 1. Those of one key come one after the other. */
  readonly concurrency: number
  /**
   * Resolves once the receiver has taken the event for good; the same event may be given again, with the same id. Rejects
   * soon after `signal` is aborted. What it throws, a QarionError, decides by its reason:
   * - `data`: the receiver will never take this event, which is dead then.
   * - one that may pass (`connection`, `timeout` …): the event is tried again later, not before `data.retryAfterMs`
   *   milliseconds if that is there.
   * - any other: nothing can be published now; the event stays as it was, and no other is tried.
   */
  publish(event: OutboxEvent, signal: AbortSignal): Promise<void>
  /** Called once, when no event is under way. */
  close(): Promise<void>
}

/** CloudEvents 1.0 attributes, and what orders deliveries. */
export interface OutboxEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  /** Text of the row's key. */
  readonly subject: string
  /** ISO 8601 in UTC. */
  readonly time: string
  /** Events of one key are delivered in order. */
  readonly key: string
  /** Place among the events of the key, from 1, without gaps. */
  readonly sequence: bigint
  /** JSON text. */
  readonly data: string
}
