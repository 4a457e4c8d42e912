import { rename, rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { BatchRunRecord, ExportNode, Operation } from '@qarion/core'
import { classifyFileError, syncDirectory } from '@qarion/kit-files'

import { formatBatchTime } from '../deliveries/batch-time.ts'
import type { DeliveryOptions } from '../deliveries/plan-deliveries.ts'
import { commitUnit, type CommitStep } from '../run/commit.ts'
import type { RunContext } from '../run/run-context.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { exportRecordToRow, readExports, type ExportRecord } from '../state/export-records.ts'
import { readState } from '../state/read-state.ts'
import { STATE_DATASETS } from '../state/state-datasets.ts'
import { stateOfFlow } from '../state/state-records.ts'
import { addState, forgetBatch, forgetExports } from '../state/write-state.ts'
import {
  commitBatchOperations,
  createTables,
  recordStep,
  type BatchWork,
} from '../steps/batch-operations.ts'
import { stampOrigin } from '../steps/ingest.ts'
import {
  asRecorded,
  checkTarget,
  removeLeftovers,
  resolveTarget,
  statFile,
} from './export-target.ts'
import { planExports, type PlannedExport } from './plan-exports.ts'
import { writeAside } from './write-files.ts'

/** Exports what waits, batch by batch. */
export async function runExports(
  context: RunContext,
  flow: RunnableFlow,
  node: ExportNode,
  options: DeliveryOptions,
  onBatch: (record: BatchRunRecord) => void,
): Promise<void> {
  const { exports, missed } = await planExports(context, flow, node, options)
  const { id } = flow.definition
  context.emit({ type: 'flow_started', flow: id, batches: exports.map(({ batch }) => batch) })
  for (const batch of missed) {
    context.emit({
      type: 'warning',
      flow: id,
      batch,
      code: 'QRN-EXPORT-004',
      message: `"${node.dataset}" no longer keeps the rows of batch ${batch}, which was not exported`,
    })
  }
  for (const planned of exports) {
    context.signal.throwIfAborted()
    await runExport(context, flow, node, planned, onBatch)
  }
  await context.session.checkpoint()
}

async function runExport(
  context: RunContext,
  flow: RunnableFlow,
  node: ExportNode,
  planned: PlannedExport,
  onBatch: (record: BatchRunRecord) => void,
): Promise<void> {
  const startedAtMs = context.nowMs()
  const { batch, source, target } = planned
  const batchTime = formatBatchTime(source.batchTime)
  const step = { flow: flow.definition.id, batch, step: node.id }
  const batchOfFlow = { flow: step.flow, batch }
  context.emit({ type: 'batch_started', ...batchOfFlow, batchTime, files: [target] })
  context.emit({ type: 'step_started', ...step, title: node.title })
  try {
    const resumed = await filesToFinish(context, flow, planned)
    const files = resumed ?? (await prepare(context, flow, node, planned, step))
    await moveInPlace(context, flow, files)
    const done = files.filter(({ state }) => state === 'prepared')
    const counts = { exported: done.reduce((sum, { rowCount }) => sum + rowCount, 0) }
    await commitUnit(context, step, await doneOperations(context, flow, node, planned, done))
    const durationMs = context.nowMs() - startedAtMs
    const wasResumed = resumed !== undefined
    context.emit({ type: 'step_finished', ...step, rowCounts: counts, durationMs, wasResumed })
    onBatch({ batch, batchTime, files: done.map(({ path }) => path), counts, durationMs })
    context.emit({ type: 'batch_finished', ...batchOfFlow, counts, durationMs })
  } catch (thrown) {
    throw stampOrigin(thrown, step)
  }
}

/** The files of an export that an earlier run prepared, if each is still there under either name. */
async function filesToFinish(
  context: RunContext,
  flow: RunnableFlow,
  { batch, target, fingerprint, reason }: PlannedExport,
): Promise<readonly ExportRecord[] | undefined> {
  if (reason !== 'resume') return undefined
  const files = (await readExports(context.session, flow.definition.id)).filter(
    (record) => record.batch === batch && record.target === target,
  )
  for (const record of files) {
    if (record.fingerprint !== fingerprint) return undefined
    if (record.state === 'obsolete') continue
    const { asidePath, finalPath } = await resolveTarget(flow, context.environment, record.path)
    const isThere = (await asRecorded(asidePath, record)) ?? (await asRecorded(finalPath, record))
    if (isThere === undefined) return undefined
  }
  return files
}

/** Writes the files under other names and records them; afterwards the export can be finished without its rows. */
async function prepare(
  context: RunContext,
  flow: RunnableFlow,
  node: ExportNode,
  planned: PlannedExport,
  step: CommitStep,
): Promise<readonly ExportRecord[]> {
  const { batch, target, fingerprint } = planned
  const records = await readExports(context.session, step.flow)
  const resolved = await resolveTarget(flow, context.environment, target)
  // Said before the work rather than after it; folders of partitions are known only once their rows come.
  if (node.partitionBy.length === 0) await checkTarget(node, batch, resolved, records)
  const directory = dirname(resolved.finalPath)
  await removeLeftovers(flow, context.environment, directory, node.partitionBy)
  const abandoned = records.filter(
    (record) =>
      record.state === 'prepared' &&
      record.target !== target &&
      (node.scope === 'dataset' || record.batch === batch),
  )
  // The definition names other files by now.
  for (const { path } of abandoned)
    await rm((await resolveTarget(flow, context.environment, path)).asidePath, { force: true })
  try {
    const files = await writeAside(context, flow, node, planned, records)
    const paths = new Set(files.map(({ record }) => record.path))
    const superseded = records.filter(
      (record) => record.target === target && (node.scope === 'dataset' || record.batch === batch),
    )
    // Rows of the batch that were written to another path before keep their places.
    const first =
      1 +
      Math.max(
        -1,
        ...records
          .filter((record) => record.batch === batch && record.target !== target)
          .map(({ ordinal }) => ordinal),
      )
    const common = { flow: step.flow, batch, target, fingerprint, runId: context.runId }
    const exportedAt = BigInt(context.nowMs()) * 1000n
    const prepared = [
      ...files.map(({ record }) => ({ ...record, state: 'prepared' as const })),
      ...newestByPath(superseded)
        .filter(({ path }) => !paths.has(path))
        .map((record) => ({ ...record, state: 'obsolete' as const })),
    ].map((record, index): ExportRecord => ({
      ...record,
      ...common,
      ordinal: first + index,
      exportedAt,
    }))
    await commitUnit(context, step, () => [
      ...createTables(flow.plan),
      forgetExports(step.flow, target, node.scope === 'dataset' ? undefined : batch),
      ...abandoned.map((record) => forgetExports(step.flow, record.target, record.batch)),
      addState(STATE_DATASETS.exports, () => prepared.map(exportRecordToRow)),
    ])
    return prepared
  } catch (thrown) {
    await removeLeftovers(flow, context.environment, directory, node.partitionBy)
    throw thrown
  }
}

function newestByPath(records: readonly ExportRecord[]): readonly ExportRecord[] {
  return [...new Map(records.map((record) => [record.path, record])).values()]
}

/** Gives every file its name, and removes those that the export no longer has. Safe to repeat. */
async function moveInPlace(
  context: RunContext,
  flow: RunnableFlow,
  files: readonly ExportRecord[],
): Promise<void> {
  const folders = new Set<string>()
  for (const record of files) {
    const { asidePath, finalPath } = await resolveTarget(flow, context.environment, record.path)
    try {
      if (record.state === 'obsolete') {
        // A file that somebody else has put there meanwhile is theirs.
        const path = await asRecorded(finalPath, record)
        if (path === undefined) continue
        await rm(path)
        await rmdir(dirname(path)).catch(() => folders.add(dirname(path)))
      } else {
        if ((await statFile(asidePath, record.path)) === undefined) continue
        await rename(asidePath, finalPath)
        folders.add(dirname(finalPath))
      }
    } catch (cause) {
      throw classifyFileError(cause, record.path)
    }
  }
  for (const folder of folders) await syncDirectory(folder)
}

/** Records the files, the step and the batch, together. */
async function doneOperations(
  context: RunContext,
  flow: RunnableFlow,
  node: ExportNode,
  planned: PlannedExport,
  files: readonly ExportRecord[],
): Promise<() => readonly Operation[]> {
  const { id } = flow.definition
  const own = stateOfFlow(await readState(context.session), id)
  // A dataset that went back to an older batch is exported as that batch.
  const overtaken =
    node.scope === 'batch'
      ? []
      : own.batches.map(({ batch }) => batch).filter((batch) => batch > planned.batch)
  const work: BatchWork = {
    flow,
    batch: planned.batch,
    revision: planned.source.revision,
    batchTime: planned.source.batchTime,
    inputs: [],
    inputFingerprint: planned.sourceFingerprint,
    stepFingerprint: planned.fingerprint,
    tables: {},
    runId: context.runId,
  }
  const exported = files.reduce((sum, { rowCount }) => sum + rowCount, 0)
  return () => [
    ...createTables(flow.plan),
    ...overtaken.flatMap((batch) => [
      forgetBatch(STATE_DATASETS.batches, id, batch),
      forgetBatch(STATE_DATASETS.steps, id, batch),
    ]),
    forgetExports(id, planned.target, planned.batch),
    addState(STATE_DATASETS.exports, () =>
      files.map((record) => exportRecordToRow({ ...record, state: 'done' })),
    ),
    ...recordStep(work, node.id, context.nowMs, () => ({ exported })),
    ...commitBatchOperations(work, undefined, context.nowMs),
  ]
}
