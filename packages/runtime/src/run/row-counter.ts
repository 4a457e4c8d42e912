import type { RunContext } from './run-context.ts'

const PROGRESS_INTERVAL_MS = 100

/** Says how many rows a step has seen, a few times a second. */
export function createRowCounter(
  context: Pick<RunContext, 'emit' | 'nowMs'>,
  step: { readonly flow: string; readonly batch: number; readonly step: string },
): (rows: number) => void {
  let rows = 0
  let lastMs = 0
  return (added) => {
    rows += added
    const nowMs = context.nowMs()
    if (nowMs - lastMs < PROGRESS_INTERVAL_MS) return
    lastMs = nowMs
    context.emit({ type: 'step_progress', ...step, rows })
  }
}
