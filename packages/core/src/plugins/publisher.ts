import type { Plugin } from './plugin.ts'

export type PublisherPlugin = Plugin<'publisher', Publisher>

/** Delivers the events of an outbox, one at a time per key. */
export interface Publisher {
  /** Resolves once the receiver has taken the event; throws QarionError, whose reason says whether to try again. */
  publish(event: OutboxEvent, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** CloudEvents 1.0 attributes and the key that orders deliveries. */
export interface OutboxEvent {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly key: string
  /** JSON text. */
  readonly data: string
}
