import {
  type Catalog,
  type Dataset,
  type DatasetId,
  type FlowPlan,
  type IngestNode,
  type Instruction,
  type Operation,
  type TransformNode,
  type Value,
  variableValues,
} from '@qarion/core'
import { defineQuery, from, fromQuery, union } from '@qarion/plan'

import { readableDatasets, type RunnableFlow } from '../runnable-flow.ts'
import { catalogOf, type BatchView } from '../state/flow-catalog.ts'
import { STATE_DATASETS, tableOf } from '../state/state-datasets.ts'
import {
  batchRecordToRow,
  inputRecordToRow,
  stepRecordToRow,
  type BatchTables,
  type InputRecord,
} from '../state/state-records.ts'
import { addState, createStateTables, forgetBatch, forgetStep } from '../state/write-state.ts'
import type { StepNode } from './checks.ts'
import type { Ingest } from './ingest.ts'
import { writeRejects } from './rejects.ts'

/** A batch in the making. */
export interface BatchWork {
  readonly flow: RunnableFlow
  readonly batch: number
  readonly revision: number
  readonly batchTime: bigint
  readonly inputs: readonly InputRecord[]
  readonly inputFingerprint: string
  /** Of input and definition: what a step that is done must agree with to be taken as done. */
  readonly stepFingerprint: string
  readonly tables: BatchTables
  readonly runId: string
  /** Tables of flows that are read, where they are stored by batch. */
  readonly sourceTables?: Catalog['batches']
}

export function viewOf(work: BatchWork): BatchView {
  return {
    batch: work.batch,
    batchTime: work.batchTime,
    tables: work.tables,
    files: work.inputs.map(({ name }) => name),
  }
}

export function findIngest(plan: FlowPlan): IngestNode | undefined {
  return plan.dag.nodes.find((node) => node.kind === 'ingest')
}

export function transformNodes(plan: FlowPlan): TransformNode[] {
  return plan.dag.nodes.filter((node) => node.kind === 'transform')
}

/** The steps that run an instruction: those that transform, and checks. */
export function instructionNodes(plan: FlowPlan): StepNode[] {
  return plan.dag.nodes.filter((node) => node.kind === 'transform' || node.kind === 'check')
}

/** Datasets of which nothing is ever taken back: where batches are applied anew, the difference is posted to them. */
export function appendOnlyDatasets(plan: FlowPlan): ReadonlySet<DatasetId> {
  return new Set(
    transformNodes(plan).flatMap(({ rebuild }) =>
      (rebuild?.writes ?? []).map(({ dataset }) => dataset),
    ),
  )
}

export function datasetOf(plan: FlowPlan, id: DatasetId): Dataset {
  return plan.datasets.find((dataset) => dataset.id === id) as Dataset
}

/** Physical names of the tables that a batch gets, by dataset stored by batch. */
export function planTables(
  plan: FlowPlan,
  batch: number,
  revision: number,
  ingest: Ingest | undefined,
): BatchTables {
  const suffix = `__b${batch}${revision > 1 ? `_${revision}` : ''}`
  const ingested = findIngest(plan)?.dataset
  return Object.fromEntries(
    plan.datasets
      .filter((dataset) => dataset.storage.kind === 'batches')
      .map((dataset) => [
        dataset.id,
        {
          table: dataset.table + suffix,
          columns: (dataset.id === ingested && ingest !== undefined
            ? ingest.table.columns
            : dataset.columns
          ).map(({ name }) => name),
        },
      ]),
  )
}

/** Creates the flow's own tables and those of the state where they are missing. */
export function createTables(plan: FlowPlan): Operation[] {
  return [
    ...createStateTables(),
    ...plan.datasets
      .filter((dataset) => dataset.storage.kind === 'table')
      .map((dataset): Operation => ({ kind: 'create_table', table: tableOf(dataset) })),
  ]
}

/** Fills the batch's table, writes rejects and the record that the step is done. */
export function ingestOperations(
  work: BatchWork,
  node: IngestNode,
  ingest: Ingest,
  nowMs: () => number,
): Operation[] {
  const { flow, batch } = work
  const catalog = catalogOf(flow.plan.datasets, viewOf(work), undefined)
  return [
    { kind: 'drop_table', table: ingest.table.name },
    { kind: 'create_table', table: ingest.table },
    { kind: 'load', table: ingest.table, source: ingest.source, count: 'loaded' },
    ...writeRejects(
      datasetOf(flow.plan, node.rejects),
      work,
      catalog,
      () => ingest.outcome().rejects,
    ),
    forgetBatch(STATE_DATASETS.inputs, flow.definition.id, batch),
    addState(STATE_DATASETS.inputs, () => work.inputs.map(inputRecordToRow)),
    ...recordStep(work, node.id, nowMs, () => ({
      rejected: ingest.outcome().rejects.length,
      unreadable_keys: ingest.outcome().unreadableKeys,
    })),
  ]
}

/** Runs an instruction of the node for the batch and writes the record that the step is done. */
export function transformOperations(
  work: BatchWork,
  { id, instruction }: Pick<TransformNode, 'id' | 'instruction'>,
  predecessor: BatchView | undefined,
  unreadableKeys: () => number,
  nowMs: () => number,
): Operation[] {
  return [
    ...instructionOperations(work, instruction, predecessor, unreadableKeys),
    ...recordStep(work, id, nowMs, () => ({})),
  ]
}

/** Runs an instruction for the batch. */
export function instructionOperations(
  work: BatchWork,
  instruction: Instruction,
  predecessor: BatchView | undefined,
  unreadableKeys: () => number,
): Operation[] {
  const { plan } = work.flow
  const own = catalogOf(readableDatasets(work.flow), viewOf(work), predecessor)
  const catalog: Catalog = {
    ...own,
    batches: new Map([...own.batches, ...(work.sourceTables ?? [])]),
  }
  const created = instruction.writes
    .map(({ dataset }) => datasetOf(plan, dataset))
    .filter((dataset) => dataset.storage.kind === 'batches')
    .flatMap((dataset): Operation[] => {
      const name = work.tables[dataset.id]?.table as string
      return [
        { kind: 'drop_table', table: name },
        {
          kind: 'create_table',
          table: { name, columns: dataset.columns, key: dataset.key, isUnique: true },
        },
      ]
    })
  return [
    ...created,
    {
      kind: 'instruction',
      instruction,
      catalog,
      // Read when the operation runs: a unit may load the rows whose rejects decide just before.
      get parameters() {
        return batchParameters(work, predecessor, unreadableKeys())
      },
    },
  ]
}

/** Values that instructions of flows may name: docs/architecture.md, "Parameters". */
export function batchParameters(
  work: Pick<BatchWork, 'flow' | 'batch' | 'batchTime' | 'revision'>,
  predecessor: BatchView | undefined,
  unreadableKeys: number,
): Record<string, Value | null> {
  const landed = findIngest(work.flow.plan)?.dataset
  const before = landed === undefined ? undefined : predecessor?.tables[landed]?.columns
  return {
    ...variableValues(work.flow.definition),
    batch_id: BigInt(work.batch),
    batch_time: work.batchTime,
    revision: BigInt(work.revision),
    suspend_deletions: unreadableKeys > 0,
    ...Object.fromEntries(
      work.flow.definition.input.columns.map(({ name }) => [
        `is_added_${name}`,
        before !== undefined && !before.includes(name),
      ]),
    ),
  }
}

/** Makes the batch the newest: its record and the views over it. */
export function commitBatchOperations(
  work: BatchWork,
  predecessor: BatchView | undefined,
  nowMs: () => number,
): Operation[] {
  const { flow, batch } = work
  return [
    ...createViews(flow, viewOf(work), predecessor),
    forgetBatch(STATE_DATASETS.batches, flow.definition.id, batch),
    addState(STATE_DATASETS.batches, () => [
      batchRecordToRow({
        flow: flow.definition.id,
        batch,
        revision: work.revision,
        batchTime: work.batchTime,
        definition: flow.document,
        inputFingerprint: work.inputFingerprint,
        tables: work.tables,
        runId: work.runId,
        committedAt: BigInt(nowMs()) * 1000n,
      }),
    ]),
  ]
}

/** The views that people read: of datasets stored by batch over the kept batches, and those that flows declare. */
export function createViews(
  flow: RunnableFlow,
  current: BatchView | undefined,
  predecessor: BatchView | undefined,
): Operation[] {
  const catalog = catalogOf(readableDatasets(flow), current, predecessor)
  const own = new Set(flow.plan.datasets.map(({ id }) => id))
  return [...catalog.datasets.values()]
    .filter(({ id }) => own.has(id))
    .filter((dataset) => !dataset.isInternal && dataset.storage.kind !== 'table')
    .map((dataset) => ({
      kind: 'create_view',
      name: dataset.table,
      queries: dataset.storage.kind === 'view' ? dataset.storage.queries : keptBatches(dataset.id),
      catalog,
    }))
}

/** All kept batches of a dataset stored by batch. */
export function keptBatches(dataset: DatasetId): ReturnType<typeof defineQuery>[] {
  return [
    defineQuery('predecessor', [from(dataset, 'predecessor')]),
    defineQuery('current', [from(dataset, 'current')]),
    defineQuery('kept', [fromQuery('current'), union(['predecessor'])]),
  ]
}

/** Writes the record that a step of the batch is done. */
export function recordStep(
  work: BatchWork,
  step: string,
  nowMs: () => number,
  rowCounts: () => Record<string, number>,
): Operation[] {
  return [
    forgetStep(work.flow.definition.id, work.batch, step),
    addState(STATE_DATASETS.steps, () => [
      stepRecordToRow({
        flow: work.flow.definition.id,
        batch: work.batch,
        step,
        revision: work.revision,
        batchTime: work.batchTime,
        inputFingerprint: work.stepFingerprint,
        tables: work.tables,
        rowCounts: rowCounts(),
        runId: work.runId,
        finishedAt: BigInt(nowMs()) * 1000n,
      }),
    ]),
  ]
}
