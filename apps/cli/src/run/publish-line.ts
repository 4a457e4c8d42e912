import type { PublishCounts, RunEvent, RunStatus } from '@qarion/core'

import { formatCount, formatDuration, formatRate } from '../output/numbers.ts'
import type { Colors } from '../output/terminal.ts'

export interface FinishedPublishing extends PublishCounts {
  readonly flow: string
  readonly status: RunStatus
  readonly durationMs: number
}

/** Fewer events than these say nothing of how fast it goes. */
const MIN_EVENTS_FOR_RATE = 100

/** One line for a flow whose events were sent; none where there was nothing to send. */
export function renderPublishLine(
  { flow, status, durationMs, published, failed, dead }: FinishedPublishing,
  colors: Colors,
): string | undefined {
  if (status === 'nothing_to_do') return undefined
  const sent = published + failed + dead
  const isFine = status === 'succeeded'
  return [
    `${isFine ? colors.green('✓') : colors.yellow('!')} ${colors.bold(flow)}`,
    `${formatCount(published)} published`,
    ...(failed === 0 ? [] : [colors.yellow(`${formatCount(failed)} to be sent again`)]),
    ...(dead === 0 ? [] : [colors.red(`${formatCount(dead)} dead`)]),
    ...(sent < MIN_EVENTS_FOR_RATE
      ? []
      : [`${formatRate((sent * 1000) / Math.max(1, durationMs))} events/s`]),
    formatDuration(durationMs),
  ].join('  ')
}

/** Why an event was not taken. */
export function renderPublishFailure(
  event: Extract<RunEvent, { readonly type: 'publish_failed' }>,
  colors: Colors,
): string {
  const what =
    event.state === 'dead'
      ? colors.red('dead')
      : `attempt ${event.attempt}${event.nextAttemptAtMs === undefined ? '' : `, again after ${new Date(event.nextAttemptAtMs).toISOString()}`}`
  return `${colors.yellow('…')} ${event.flow} ${event.event}: ${what}  ${event.error.code}: ${event.error.message}`
}
