import { createHash } from 'node:crypto'

import { rowsOf, type FileScan, type InputFile, type Loader } from '@qarion/core'

import type { Delivery } from '../deliveries/delivery-plan.ts'
import { resolveBatchTime } from '../deliveries/plan-deliveries.ts'
import { sourceFingerprint } from '../deliveries/plan-source-batches.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import type { InputRecord } from '../state/state-records.ts'
import { datasetOf, findIngest, planTables, type BatchWork } from '../steps/batch-operations.ts'
import { createIngest, type Ingest } from '../steps/ingest.ts'
import { createRowCounter } from './row-counter.ts'
import type { RunContext } from './run-context.ts'

/** A batch that can be applied. */
export interface PreparedBatch {
  readonly work: BatchWork
  /** What loads its delivery; absent where the rows are those of another flow. */
  readonly ingest: Ingest | undefined
}

/** What becomes which batch. */
export interface BatchRequest {
  readonly delivery: Delivery
  /** What scanning the delivery gave, if that was done before. */
  readonly scans?: readonly FileScan[]
  readonly batch: number
  readonly revision: number
  readonly previousTime: bigint | undefined
}

/** Scans the files of a delivery one after the other. */
export async function scanDelivery(
  context: Pick<RunContext, 'signal'>,
  { loader, definition }: RunnableFlow,
  { files }: Delivery,
): Promise<readonly FileScan[]> {
  const scans: FileScan[] = []
  for (const file of files)
    scans.push(await (loader as Loader).scan(file, definition.input.columns, context.signal))
  return scans
}

/** Scans the delivery's files, unless that is under way, and settles tables, times and fingerprints of the batch. Writes nothing. */
export async function prepareBatch(
  context: RunContext,
  flow: RunnableFlow,
  request: BatchRequest,
): Promise<PreparedBatch> {
  const { delivery, batch, revision } = request
  const { definition, plan } = flow
  const { source, batchTime } = delivery
  const read = source === undefined ? delivery.fingerprint : sourceFingerprint(source)
  if (read !== undefined) {
    const work = workOf(context, flow, request, {
      known: batchTime,
      inputs: [],
      inputFingerprint: read,
    })
    return { ingest: undefined, work }
  }
  const loader = flow.loader as Loader
  const node = findIngest(plan)
  const scans = request.scans ?? (await scanDelivery(context, flow, delivery))
  for (const scan of scans) checkUnchanged(delivery.files, scan)
  warnOfMissingColumns(context, definition.id, batch, scans)
  const known = delivery.batchTime ?? (await timeFromColumn(context, flow, scans))
  const suffix = planTables(plan, batch, revision, undefined)
  const landing = datasetOf(plan, node?.dataset as string)
  const ingest = createIngest({
    definition,
    loader,
    scans,
    landing,
    table: suffix[landing.id]?.table as string,
    signal: context.signal,
    onRows: createRowCounter(context, {
      flow: definition.id,
      batch,
      step: node?.id as string,
    }),
  })
  const inputs = scans.map((scan, ordinal) => inputRecord(definition.id, batch, ordinal, scan))
  const inputFingerprint = fingerprintOf(inputs)
  return {
    ingest,
    work: workOf(context, flow, request, { known, inputs, inputFingerprint, ingest }),
  }
}

function workOf(
  context: RunContext,
  flow: RunnableFlow,
  { batch, revision, previousTime }: BatchRequest,
  input: {
    readonly known: bigint | undefined
    readonly inputs: readonly InputRecord[]
    readonly inputFingerprint: string
    readonly ingest?: Ingest
  },
): BatchWork {
  const { inputs, inputFingerprint } = input
  const definitionHash = createHash('sha256').update(flow.document).digest('hex')
  return {
    flow,
    batch,
    revision,
    batchTime: resolveBatchTime(flow.definition.id, input.known, previousTime, context.nowMs()),
    inputs,
    inputFingerprint,
    stepFingerprint: `${inputFingerprint}#${definitionHash}`,
    tables: planTables(flow.plan, batch, revision, input.ingest),
    runId: context.runId,
  }
}

/** Says whether two deliveries are the same: content hashes in order. */
export function fingerprintOf(inputs: readonly InputRecord[]): string {
  return inputs.map(({ contentHash }) => contentHash).join('|')
}

function inputRecord(flow: string, batch: number, ordinal: number, scan: FileScan): InputRecord {
  const { name, sizeBytes, modifiedAtMs } = scan.file
  return {
    flow,
    batch,
    ordinal,
    name,
    sizeBytes,
    modifiedAtMs,
    contentHash: scan.contentHash,
    rowCount: scan.rowCount,
    ...(scan.bookmark === undefined ? {} : { bookmark: scan.bookmark }),
  }
}

function warnOfMissingColumns(
  context: RunContext,
  flow: string,
  batch: number,
  scans: readonly FileScan[],
): void {
  for (const { file, columns } of scans) {
    const missing = columns.filter(({ fieldIndex }) => fieldIndex === undefined)
    if (missing.length === 0) continue
    const names = missing.map(({ column }) => column.name)
    context.emit({
      type: 'warning',
      flow,
      batch,
      code: 'QRN-LOAD-004',
      message: `"${file.name}" has no column ${names.map((name) => `"${name}"`).join(', ')}; its rows have NULL there`,
      data: { file: file.name, columns: names },
    })
  }
}

function checkUnchanged(files: readonly InputFile[], scan: FileScan): void {
  const file = files.find(({ path }) => path === scan.file.path)
  if (file !== undefined && file.sizeBytes !== scan.file.sizeBytes) {
    throw runtimeError('QRN-LOAD-003', 'data', `the file "${file.name}" changed while it was read`)
  }
}

/** The latest time in the column that the load names, read once more before loading. */
async function timeFromColumn(
  context: RunContext,
  flow: RunnableFlow,
  scans: readonly FileScan[],
): Promise<bigint | undefined> {
  const name = flow.definition.load?.batchTimeColumn
  if (name === undefined) return undefined
  const index = flow.definition.input.columns.findIndex((column) => column.name === name)
  let latest: bigint | undefined
  for (const scan of scans) {
    for await (const { batch } of (flow.loader as Loader).read(scan, context.signal)) {
      for (const row of rowsOf(batch)) {
        const value = row[index]
        if (typeof value !== 'bigint') continue
        if (latest === undefined || value > latest) latest = value
      }
    }
  }
  return latest
}
