import type { EventResult } from './mark-events.ts'

/** Keeps results in the engine, some at a time and one commit after the other. */
export interface ResultMarker {
  add(result: EventResult): Promise<void>
  /** Resolves once all that was added is kept. */
  flush(): Promise<void>
}

/** Results that wait for a commit, at most. */
const MAX_PENDING = 200
/** After a kill, what was taken within this time is sent again. */
const INTERVAL_MS = 1000

export function createResultMarker(
  commit: (results: readonly EventResult[]) => Promise<void>,
  nowMs: () => number,
): ResultMarker {
  let pending: EventResult[] = []
  let lastMs = nowMs()
  let committing: Promise<void> = Promise.resolve()
  const commitPending = async (): Promise<void> => {
    if (pending.length === 0) return
    const results = pending
    pending = []
    lastMs = nowMs()
    await commit(results)
  }
  const flush = (): Promise<void> => {
    committing = committing.then(commitPending)
    return committing
  }
  return {
    async add(result) {
      pending.push(result)
      if (pending.length >= MAX_PENDING || nowMs() - lastMs >= INTERVAL_MS) await flush()
    },
    flush,
  }
}
