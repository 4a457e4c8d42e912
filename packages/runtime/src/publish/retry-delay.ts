import type { PublishRetry } from '@qarion/core'

/** Longest time that a receiver may ask to be left alone. */
const MAX_ASKED_MS = 7 * 86_400_000

/**
 * How long an event waits after its attempt number `attempt`: a random part of the delay that doubles with each attempt
 * (full jitter, so that many who failed together do not come back together), and never less than the receiver asks for.
 */
export function retryDelayMs(
  { initialDelayMs, maxDelayMs }: PublishRetry,
  attempt: number,
  askedMs: number,
  random: () => number,
): number {
  const longest = Math.min(maxDelayMs, initialDelayMs * 2 ** Math.min(attempt - 1, 60))
  return Math.max(Math.round(longest * random()), Math.min(Math.max(0, askedMs), MAX_ASKED_MS))
}
