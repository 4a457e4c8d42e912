import { createHash } from 'node:crypto'

import { runtimeError } from '../runtime-errors.ts'
import type { BatchRecord, State } from '../state/state-records.ts'
import type { Delivery, DeliveryPlan, PlannedDelivery } from './delivery-plan.ts'
import { olderBatchError, type DeliveryOptions } from './plan-deliveries.ts'

export interface PlanSourceBatchesRequest {
  readonly flow: string
  /** What the engine remembers of this flow and of the one that it reads. */
  readonly state: State
  readonly source: State
  /** Tables that are stored now. */
  readonly tables: ReadonlySet<string>
  readonly options: DeliveryOptions
}

/**
 * Decides which batches of the flow that is read are applied, and which are applied anew because they are others now.
 * Batches keep number and time of those they come from.
 */
export function planSourceBatches(request: PlanSourceBatchesRequest): DeliveryPlan {
  const { flow, state, source, options } = request
  if (options.file !== undefined) {
    throw runtimeError(
      'QRN-RUN-008',
      'usage',
      `flow "${flow}" reads no files but batches of another flow`,
      { hint: 'Leave --file out.' },
    )
  }
  const newest = state.batches.at(-1)?.batch ?? 0
  const current = new Map(source.batches.map((record) => [record.batch, sourceFingerprint(record)]))
  const stale = state.batches.find(
    ({ batch, inputFingerprint }) => current.get(batch) !== inputFingerprint,
  )
  const selected = options.batches
  const last = source.batches.at(-1)?.batch ?? 0
  if (selected !== undefined && selected.from > last) {
    throw runtimeError('QRN-RUN-008', 'usage', `flow "${flow}" has no batch ${selected.from}`, {
      hint:
        last === 0 ? 'The flow that it reads has no batch yet.' : `Its newest batch is ${last}.`,
    })
  }
  const rerun = selected !== undefined && selected.from <= newest ? selected.from : undefined
  if (rerun !== undefined && rerun < newest && !options.isCascade) {
    return {
      rebuild: undefined,
      deliveries: [],
      refusal: olderBatchError(flow, rerun, newest),
    }
  }
  const first = Math.min(
    stale?.batch ?? Number.POSITIVE_INFINITY,
    rerun ?? Number.POSITIVE_INFINITY,
    options.isFullRefresh && newest > 0 ? 1 : Number.POSITIVE_INFINITY,
  )
  const rebuild = first === Number.POSITIVE_INFINITY ? undefined : rebuildFrom(request, first)
  return {
    rebuild,
    refusal: undefined,
    deliveries: source.batches
      .filter(({ batch }) => batch > newest && batch <= (selected?.to ?? batch))
      .map((record): PlannedDelivery => ({
        ...deliveryOf(record),
        batch: record.batch,
        action: isResumable(request, record, rebuild !== undefined) ? 'resume' : 'load',
      })),
  }
}

/** Says whether a batch of the flow that is read is still the one that was applied. */
export function sourceFingerprint({ revision, runId, inputFingerprint }: BatchRecord): string {
  return createHash('sha256')
    .update(JSON.stringify([revision, runId, inputFingerprint]))
    .digest('hex')
}

function deliveryOf(source: BatchRecord): Delivery {
  return { files: [], batchTime: source.batchTime, source }
}

function isResumable(
  { state }: PlanSourceBatchesRequest,
  source: BatchRecord,
  isRebuilding: boolean,
): boolean {
  const fingerprint = `${sourceFingerprint(source)}#`
  return (
    !isRebuilding &&
    state.steps.some(
      (step) => step.batch === source.batch && step.inputFingerprint.startsWith(fingerprint),
    )
  )
}

function rebuildFrom(
  { state, source, tables }: PlanSourceBatchesRequest,
  first: number,
): NonNullable<DeliveryPlan['rebuild']> {
  const before = state.batches.findLast(({ batch }) => batch < first)
  const isBeforeStored =
    before === undefined || Object.values(before.tables).every(({ table }) => tables.has(table))
  // The rows of all batches are there, so what is no longer kept of the batch before is made anew from the first on.
  const from = isBeforeStored ? first : 1
  const newest = state.batches.at(-1)?.batch ?? 0
  return {
    base: undefined,
    from,
    deliveries: source.batches
      .filter(({ batch }) => batch >= from && batch <= newest)
      .map(deliveryOf),
  }
}
