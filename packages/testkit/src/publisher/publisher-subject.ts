import type { OutboxEvent, Publisher } from '@qarion/core'

/** A publisher and the receiver that it delivers to. */
export interface PublisherSubject {
  readonly publisher: Publisher
  /**
   * What the receiver has, in the order in which it came, read by other code than the publisher's own. The data counts as
   * JSON, not as text.
   */
  received(): Promise<readonly OutboxEvent[]>
  /** Another publisher for the same receiver, as after a crash: the one before is left as it is. */
  reopen(): Promise<Publisher>
  /** Ends the receiver. Publishers are closed by the case. */
  close(): Promise<void>
}

/** Gives a publisher with the options that are tested, and a receiver of its own. */
export type MakePublisher = () => Promise<PublisherSubject>
