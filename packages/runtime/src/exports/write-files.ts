import { stat } from 'node:fs/promises'

import {
  isQarionError,
  type Column,
  type ColumnBatch,
  type ExportedFile,
  type ExportNode,
  type ReadRequest,
  variableValues,
} from '@qarion/core'
import { classifyFileError } from '@qarion/kit-files'
import { inferColumns } from '@qarion/plan'

import { createRowCounter } from '../run/row-counter.ts'
import type { RunContext } from '../run/run-context.ts'
import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import type { ExportRecord } from '../state/export-records.ts'
import { catalogOf, viewOfRecord } from '../state/flow-catalog.ts'
import { readState } from '../state/read-state.ts'
import { stateOfFlow } from '../state/state-records.ts'
import { checkTarget, resolveTarget, withShownPath, type ExportTarget } from './export-target.ts'
import { partitionRows, pathOfPartition } from './partitions.ts'
import { sourceOf, type PlannedExport } from './plan-exports.ts'

/** A file that is whole under another name, and what is recorded of it. */
export interface PreparedFile {
  readonly target: ExportTarget
  readonly record: Pick<
    ExportRecord,
    'path' | 'rowCount' | 'sizeBytes' | 'contentHash' | 'modifiedAtMs' | 'replacedHash'
  >
}

/** Writes the rows of an export to files under other names, one after the other. */
export async function writeAside(
  context: RunContext,
  flow: RunnableFlow,
  node: ExportNode,
  planned: PlannedExport,
  records: readonly ExportRecord[],
): Promise<PreparedFile[]> {
  const { request, columns } = await readRequest(context, flow, node, planned)
  const onRows = createRowCounter(context, {
    flow: flow.definition.id,
    batch: planned.batch,
    step: node.id,
  })
  const { signal } = context
  const exporter = flow.export?.exporter
  const byEngine = async (path: string): Promise<ExportedFile | undefined> => {
    const format = exporter?.format
    if (format === undefined || node.partitionBy.length > 0) return undefined
    return context.session.writeFile?.({ ...request, path, columns, format, onRows, signal })
  }
  // Nothing is read before the exporter asks.
  const rows = countRows(context.session.read({ ...request, signal }), onRows)
  const files: PreparedFile[] = []
  for await (const { folder, batches } of partitionRows(rows, columns, node.partitionBy)) {
    const path = pathOfPartition(planned.target, folder)
    const target = await resolveTarget(flow, context.environment, path)
    const replacedHash = await checkTarget(node, planned.batch, target, records)
    const record = await recordOf(
      target,
      async (asidePath) =>
        (await byEngine(asidePath)) ??
        exporter?.write({ path: asidePath, columns, batches, signal }),
    )
    files.push({ target, record: { ...record, replacedHash } })
  }
  return files
}

async function recordOf(
  target: ExportTarget,
  write: (path: string) => Promise<ExportedFile | undefined>,
): Promise<Omit<PreparedFile['record'], 'replacedHash'>> {
  const { asidePath, path } = target
  try {
    const written = await write(asidePath)
    const { mtimeMs } = await stat(asidePath)
    return {
      path,
      rowCount: written?.rowCount ?? 0,
      sizeBytes: written?.sizeBytes ?? 0,
      contentHash: written?.contentHash ?? '',
      modifiedAtMs: mtimeMs,
    }
  } catch (thrown) {
    const error = isQarionError(thrown) ? thrown : classifyFileError(thrown, asidePath)
    throw withShownPath(error, target)
  }
}

/** What is read: the batch of the source as `current`, the one before as `predecessor`. */
async function readRequest(
  { session }: RunContext,
  flow: RunnableFlow,
  node: ExportNode,
  { batch, source }: PlannedExport,
): Promise<{ request: ReadRequest; columns: readonly Column[] }> {
  const from = sourceOf(flow, node)
  const all = await readState(session)
  const state = stateOfFlow(all, from.definition.id)
  const before = state.batches.findLast((record) => record.batch < batch)
  const catalog = catalogOf(
    readableDatasets(flow, all),
    viewOfRecord(source, state),
    before === undefined ? undefined : viewOfRecord(before, state),
  )
  const inferred = inferColumns(node.queries, catalog.datasets)
  const columns = inferred.get(node.queries.at(-1)?.name ?? '') ?? []
  return {
    request: {
      queries: node.queries,
      catalog,
      parameters: { ...variableValues(flow.definition), batch_id: BigInt(batch) },
    },
    columns: columns.map(({ name, type, nullable }) => ({ name, type, required: !nullable })),
  }
}

async function* countRows(
  rows: AsyncIterable<ColumnBatch>,
  onRows: (count: number) => void,
): AsyncGenerator<ColumnBatch> {
  for await (const part of rows) {
    onRows(part.rowCount)
    yield part
  }
}
