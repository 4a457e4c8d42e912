import type { RunEvent } from '@qarion/core'

import { formatBytes, formatCount, formatDuration, formatRate } from '../output/numbers.ts'

/** What is known of a run under way. */
export interface RunProgress {
  observe(event: RunEvent): void
  /** One line: what is done now, how far, how fast; empty between steps. */
  describe(nowMs: number): string
  batch(
    flow: string,
    batch: number,
  ): { readonly batchTime: string; readonly files: readonly string[]; readonly rows: number }
}

interface StepProgress {
  readonly flow: string
  readonly batch: number
  readonly title: string
  readonly startedAtMs: number
  rows: number
  bytes: number | undefined
  totalBytes: number | undefined
}

interface Publishing {
  readonly flow: string
  readonly waiting: number
  readonly startedAtMs: number
  /** Events that were sent, taken or not. */
  sent: number
}

interface BatchProgress {
  readonly batchTime: string
  readonly files: readonly string[]
  rows: number
}

export function createRunProgress(): RunProgress {
  const steps = new Map<string, StepProgress>()
  const batches = new Map<string, BatchProgress>()
  let publishing: Publishing | undefined
  return {
    observe(event) {
      switch (event.type) {
        case 'batch_started':
          batches.set(`${event.flow} ${event.batch}`, {
            batchTime: event.batchTime,
            files: event.files,
            rows: 0,
          })
          break
        case 'step_started':
          steps.set(stepKey(event), {
            flow: event.flow,
            batch: event.batch,
            title: event.title,
            startedAtMs: event.atMs,
            rows: 0,
            bytes: undefined,
            totalBytes: undefined,
          })
          break
        case 'step_progress': {
          const step = steps.get(stepKey(event))
          if (step === undefined) break
          step.rows = event.rows
          step.bytes = event.bytes
          step.totalBytes = event.totalBytes
          const batch = batches.get(`${event.flow} ${event.batch}`)
          if (batch !== undefined) batch.rows = Math.max(batch.rows, event.rows)
          break
        }
        case 'step_finished': {
          // Engines that read a file themselves tell the rows only when they are done.
          const batch = batches.get(`${event.flow} ${event.batch}`)
          if (batch !== undefined) batch.rows = event.rowCounts['loaded'] ?? batch.rows
          steps.delete(stepKey(event))
          break
        }
        case 'publish_started':
          publishing = {
            flow: event.flow,
            waiting: event.waiting,
            startedAtMs: event.atMs,
            sent: 0,
          }
          break
        case 'publish_progress':
          if (publishing !== undefined)
            publishing.sent = event.published + event.failed + event.dead
          break
        case 'publish_finished':
          publishing = undefined
          break
        case 'step_failed':
          steps.delete(stepKey(event))
          break
        default:
      }
    },
    describe(nowMs) {
      // The step that has run longest is what one waits for.
      const [step, ...others] = steps.values()
      if (step === undefined)
        return publishing === undefined ? '' : describePublishing(publishing, nowMs)
      const elapsedMs = Math.max(1, nowMs - step.startedAtMs)
      return [
        `${step.flow} #${step.batch}  ${step.title}`,
        ...(step.rows === 0
          ? []
          : [
              `${formatCount(step.rows)} rows`,
              `${formatRate((step.rows * 1000) / elapsedMs)} rows/s`,
            ]),
        ...(step.bytes === undefined ? [] : [describeBytes(step.bytes, step.totalBytes)]),
        formatDuration(elapsedMs),
        ...(others.length === 0 ? [] : [`and ${others.length} more`]),
      ].join('  ')
    },
    batch(flow, batch) {
      return batches.get(`${flow} ${batch}`) ?? { batchTime: '', files: [], rows: 0 }
    },
  }
}

function describePublishing(publishing: Publishing, nowMs: number): string {
  const { flow, waiting, startedAtMs, sent } = publishing
  const elapsedMs = Math.max(1, nowMs - startedAtMs)
  return [
    `${flow}  Publish`,
    `${formatCount(sent)} of ${formatCount(waiting)} events`,
    ...(sent === 0 ? [] : [`${formatRate((sent * 1000) / elapsedMs)} events/s`]),
    formatDuration(elapsedMs),
  ].join('  ')
}

function stepKey(event: {
  readonly flow: string
  readonly batch: number
  readonly step: string
}): string {
  return `${event.flow} ${event.batch} ${event.step}`
}

function describeBytes(bytes: number, totalBytes: number | undefined): string {
  if (totalBytes === undefined || totalBytes === 0) return formatBytes(bytes)
  const percent = Math.min(100, Math.trunc((bytes * 100) / totalBytes))
  return `${formatBytes(bytes)} of ${formatBytes(totalBytes)} (${percent} %)`
}
