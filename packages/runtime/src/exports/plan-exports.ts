import { createHash } from 'node:crypto'

import type { ExportNode } from '@qarion/core'
import { parsePathTemplate } from '@qarion/plan'

import type { DeliveryOptions } from '../deliveries/plan-deliveries.ts'
import { sourceFingerprint } from '../deliveries/plan-source-batches.ts'
import type { RunContext } from '../run/run-context.ts'
import type { RunnableFlow } from '../runnable-flow.ts'
import { runtimeError } from '../runtime-errors.ts'
import { readExports, type ExportRecord } from '../state/export-records.ts'
import { readState } from '../state/read-state.ts'
import { stateOfFlow, type BatchRecord, type State } from '../state/state-records.ts'
import { isAsRecorded } from './export-target.ts'

/** Why a batch is exported. `resume`: an earlier run was on the way. */
export type ExportReason =
  | 'new'
  | 'resume'
  | 'source_changed'
  | 'definition_changed'
  | 'file_changed'
  | 'requested'

export interface PlannedExport {
  readonly batch: number
  readonly source: BatchRecord
  /** The file, relative to the project; with partitions the one beside whose folders they lie. */
  readonly target: string
  readonly reason: ExportReason
  /** Of what is exported, and of that and how it is. */
  readonly sourceFingerprint: string
  readonly fingerprint: string
}

export interface ExportPlan {
  readonly exports: readonly PlannedExport[]
  /** Batches that were never exported and of which the dataset no longer keeps the rows. */
  readonly missed: readonly number[]
}

/** The step of a flow that exports, if it has one. */
export function findExport({ plan }: RunnableFlow): ExportNode | undefined {
  return plan.dag.nodes.find((node) => node.kind === 'export')
}

/** The flow whose dataset the step exports. */
export function sourceOf(flow: RunnableFlow, node: ExportNode): RunnableFlow {
  const found = [...(flow.sources ?? []), flow].find(({ plan }) =>
    plan.datasets.some(({ id }) => id === node.dataset),
  )
  if (found === undefined)
    throw runtimeError('QRN-SHOW-001', 'configuration', `there is no dataset "${node.dataset}"`)
  return found
}

/** Which batches a run would export, from the state of now and the files that are there. */
export async function planExports(
  context: Pick<RunContext, 'session' | 'signal'>,
  flow: RunnableFlow,
  node: ExportNode,
  options: DeliveryOptions,
): Promise<ExportPlan> {
  const all = await readState(context.session)
  const source = stateOfFlow(all, sourceOf(flow, node).definition.id)
  const own = stateOfFlow(all, flow.definition.id)
  const records = await readExports(context.session, flow.definition.id)
  const newest = source.batches.at(-1)
  if (newest === undefined) return { exports: [], missed: [] }
  const isForced = options.isFullRefresh || options.batches !== undefined
  const candidates = candidatesOf(flow, node, source, options)
  const lost = await lostBatches(context, flow, node, candidates)
  const done = {
    steps: new Map(own.steps.map(({ batch, inputFingerprint }) => [batch, inputFingerprint])),
    files: Map.groupBy(records, ({ batch }) => batch),
  }
  const exports: PlannedExport[] = []
  const missed: number[] = []
  for (const batch of candidates) {
    const planned = describe(node, batch)
    const reason = isForced ? 'requested' : await reasonOf(flow, node, planned, done)
    if (reason === undefined) continue
    if (!lost.has(batch.batch)) exports.push({ ...planned, reason })
    else if (options.batches !== undefined) throw lostError(node, batch.batch)
    // Said until a later batch is exported, and not for ever.
    else if (batch.batch > (own.batches.at(-1)?.batch ?? 0)) missed.push(batch.batch)
  }
  return { exports, missed }
}

function candidatesOf(
  flow: RunnableFlow,
  node: ExportNode,
  { batches }: State,
  { batches: range }: DeliveryOptions,
): readonly BatchRecord[] {
  const newest = batches.slice(-1)
  const open =
    node.scope === 'dataset'
      ? newest
      : batches.filter(({ batch }) => node.batch === undefined || batch === node.batch)
  if (range === undefined) return open
  const chosen = open.filter(({ batch }) => batch >= range.from && batch <= range.to)
  if (chosen.length > 0) return chosen
  const asked =
    range.from === range.to ? `batch ${range.from}` : `batches ${range.from} to ${range.to}`
  throw runtimeError(
    'QRN-RUN-008',
    'usage',
    `flow "${flow.definition.id}" cannot export ${asked} of "${node.dataset}"`,
    {
      hint:
        open.length === 0
          ? 'There is no batch to export yet.'
          : `There are: ${open.map(({ batch }) => batch).join(', ')}.`,
    },
  )
}

/** Batches whose own tables are gone, where the rows of the dataset lie in tables by batch. */
async function lostBatches(
  context: Pick<RunContext, 'session'>,
  flow: RunnableFlow,
  node: ExportNode,
  candidates: readonly BatchRecord[],
): Promise<ReadonlySet<number>> {
  const dataset = sourceOf(flow, node).plan.datasets.find(({ id }) => id === node.dataset)
  if (dataset?.storage.kind !== 'batches') return new Set()
  const stored = new Set((await context.session.listTables()).map(({ name }) => name))
  return new Set(
    candidates
      .filter(({ tables }) => !stored.has(tables[dataset.id]?.table ?? ''))
      .map(({ batch }) => batch),
  )
}

function lostError(node: ExportNode, batch: number): Error {
  return runtimeError(
    'QRN-EXPORT-003',
    'usage',
    `"${node.dataset}" no longer keeps the rows of batch ${batch}`,
  )
}

function describe(node: ExportNode, source: BatchRecord): Omit<PlannedExport, 'reason'> {
  const ofSource = sourceFingerprint(source)
  return {
    batch: source.batch,
    source,
    target: parsePathTemplate(node.path).pathOf({
      batchId: source.batch,
      batchTime: source.batchTime,
    }),
    sourceFingerprint: ofSource,
    fingerprint: `${ofSource}#${definitionHash(node)}`,
  }
}

/** Of what decides over the content and the names of files; titles and what is refused do not. */
function definitionHash(node: ExportNode): string {
  const { dataset, queries, scope, batch, exporter, options, path, partitionBy } = node
  return hashOf([dataset, queries, scope, batch, exporter, options, path, partitionBy])
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex')
}

async function reasonOf(
  flow: RunnableFlow,
  node: ExportNode,
  planned: Omit<PlannedExport, 'reason'>,
  done: {
    /** Fingerprints by batch. */
    readonly steps: ReadonlyMap<number, string>
    readonly files: ReadonlyMap<number, readonly ExportRecord[]>
  },
): Promise<ExportReason | undefined> {
  const files = (done.files.get(planned.batch) ?? []).filter(
    ({ target }) => target === planned.target,
  )
  if (files.some(({ state }) => state !== 'done')) return 'resume'
  const fingerprint = done.steps.get(planned.batch)
  if (fingerprint === undefined) return 'new'
  if (fingerprint !== planned.fingerprint) {
    return fingerprint.startsWith(`${planned.sourceFingerprint}#`)
      ? 'definition_changed'
      : 'source_changed'
  }
  // Files of single batches are handed over: that one is gone later is normal.
  if (node.scope === 'batch') return undefined
  for (const record of files) if (!(await isAsRecorded(flow, record))) return 'file_changed'
  return undefined
}
