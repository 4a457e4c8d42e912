import type { PublishDefinition } from '@qarion/core'

import type { EventResult } from './mark-events.ts'
import { sendEvent, type SendContext } from './send-event.ts'
import type { WaitingEvent } from './waiting-event.ts'

export interface PageContext extends SendContext {
  readonly settings: Pick<PublishDefinition, 'retry' | 'onDead'>
  /** False where no more attempts are to be made. */
  readonly mayGoOn: () => boolean
  readonly onAttempt: () => void
  readonly onResult: (result: EventResult) => Promise<void>
}

/**
 * Sends the events of a page: those of one key one after the other, those of different keys at the same time. Gives the
 * keys of which no later event may be sent now. Throws what ended it once nothing is under way any more.
 */
export async function sendPage(
  context: PageContext,
  page: readonly WaitingEvent[],
): Promise<ReadonlySet<string>> {
  const held = new Set<string>()
  const groups = groupsByKey(page).values()
  let failure: { readonly thrown: unknown } | undefined
  const work = async (): Promise<void> => {
    for (const group of groups) {
      if (failure !== undefined || !context.mayGoOn()) return
      try {
        if (await isHeld(context, group, () => failure === undefined)) held.add(keyOf(group))
      } catch (thrown) {
        failure ??= { thrown }
        return
      }
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, context.publisher.concurrency) }, work))
  if (failure !== undefined) throw failure.thrown
  return held
}

function groupsByKey(page: readonly WaitingEvent[]): readonly WaitingEvent[][] {
  const groups: WaitingEvent[][] = []
  for (const waiting of page) {
    const last = groups.at(-1)
    if (last !== undefined && keyOf(last) === waiting.event.key) last.push(waiting)
    else groups.push([waiting])
  }
  return groups
}

function keyOf([first]: readonly WaitingEvent[]): string {
  return first?.event.key ?? ''
}

/** Sends the events of one key. True where one of them was not taken and those after it have to wait. */
async function isHeld(
  context: PageContext,
  group: readonly WaitingEvent[],
  isFine: () => boolean,
): Promise<boolean> {
  const { onDead } = context.settings
  for (const waiting of group) {
    if (waiting.state === 'dead') {
      if (onDead === 'block_key') return true
      continue
    }
    if (waiting.nextAttemptAtMs > context.nowMs()) return true
    if (!isFine() || !context.mayGoOn()) return false
    context.onAttempt()
    const result = await sendEvent(context, waiting)
    await context.onResult(result)
    if (result.state === 'pending' || (result.state === 'dead' && onDead === 'block_key'))
      return true
  }
  return false
}
