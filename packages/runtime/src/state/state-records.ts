import type { DatasetId, Value } from '@qarion/core'

/** Tables of one batch, by dataset stored by batch: name and columns. */
export type BatchTables = Readonly<
  Record<DatasetId, { readonly table: string; readonly columns: readonly string[] }>
>

/** A committed batch. Times in microseconds. */
export interface BatchRecord {
  readonly flow: string
  readonly batch: number
  /** Counts how often the batch was applied. */
  readonly revision: number
  readonly batchTime: bigint
  /** The definition it was made with, canonical JSON. */
  readonly definition: string
  readonly inputFingerprint: string
  readonly tables: BatchTables
  readonly runId: string
  readonly committedAt: bigint
}

/** One file of a batch. */
export interface InputRecord {
  readonly flow: string
  readonly batch: number
  readonly ordinal: number
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedAtMs: number
  readonly contentHash: string
  readonly rowCount: number | undefined
  /** Where the source goes on, as its loader keeps it. */
  readonly bookmark?: string
}

/** A step of a batch that is done. */
export interface StepRecord {
  readonly flow: string
  readonly batch: number
  readonly step: string
  readonly revision: number
  readonly batchTime: bigint
  readonly inputFingerprint: string
  readonly tables: BatchTables
  readonly rowCounts: Readonly<Record<string, number>>
  readonly runId: string
  readonly finishedAt: bigint
}

/** Everything the engine remembers, by flow in order of batch. */
export interface State {
  readonly batches: readonly BatchRecord[]
  readonly inputs: readonly InputRecord[]
  readonly steps: readonly StepRecord[]
}

export const EMPTY_STATE: State = Object.freeze({ batches: [], inputs: [], steps: [] })

/** The part of the state that belongs to a flow. */
export function stateOfFlow(state: State, flow: string): State {
  return {
    batches: state.batches.filter((record) => record.flow === flow),
    inputs: state.inputs.filter((record) => record.flow === flow),
    steps: state.steps.filter((record) => record.flow === flow),
  }
}

type Cells = readonly (Value | null)[]

export function batchRecordFromRow(row: Cells): BatchRecord {
  const [
    flow,
    batch,
    revision,
    batchTime,
    definition,
    inputFingerprint,
    tables,
    runId,
    committedAt,
  ] = row
  return {
    flow: flow as string,
    batch: Number(batch),
    revision: Number(revision),
    batchTime: batchTime as bigint,
    definition: definition as string,
    inputFingerprint: inputFingerprint as string,
    tables: JSON.parse(tables as string) as BatchTables,
    runId: runId as string,
    committedAt: committedAt as bigint,
  }
}

export function batchRecordToRow(record: BatchRecord): Cells {
  return [
    record.flow,
    BigInt(record.batch),
    BigInt(record.revision),
    record.batchTime,
    record.definition,
    record.inputFingerprint,
    JSON.stringify(record.tables),
    record.runId,
    record.committedAt,
  ]
}

export function inputRecordFromRow(row: Cells): InputRecord {
  const [flow, batch, ordinal, name, sizeBytes, modifiedAt, contentHash, rowCount, bookmark] = row
  return {
    flow: flow as string,
    batch: Number(batch),
    ordinal: Number(ordinal),
    name: name as string,
    sizeBytes: Number(sizeBytes),
    modifiedAtMs: Number(modifiedAt) / 1000,
    contentHash: contentHash as string,
    rowCount: rowCount === null ? undefined : Number(rowCount),
    ...(bookmark === null || bookmark === undefined ? {} : { bookmark: bookmark as string }),
  }
}

export function inputRecordToRow(record: InputRecord): Cells {
  return [
    record.flow,
    BigInt(record.batch),
    BigInt(record.ordinal),
    record.name,
    BigInt(record.sizeBytes),
    BigInt(Math.round(record.modifiedAtMs * 1000)),
    record.contentHash,
    record.rowCount === undefined ? null : BigInt(record.rowCount),
    record.bookmark ?? null,
  ]
}

export function stepRecordFromRow(row: Cells): StepRecord {
  const [
    flow,
    batch,
    step,
    revision,
    batchTime,
    inputFingerprint,
    tables,
    rowCounts,
    runId,
    finishedAt,
  ] = row
  return {
    flow: flow as string,
    batch: Number(batch),
    step: step as string,
    revision: Number(revision),
    batchTime: batchTime as bigint,
    inputFingerprint: inputFingerprint as string,
    tables: JSON.parse(tables as string) as BatchTables,
    rowCounts: JSON.parse(rowCounts as string) as Record<string, number>,
    runId: runId as string,
    finishedAt: finishedAt as bigint,
  }
}

export function stepRecordToRow(record: StepRecord): Cells {
  return [
    record.flow,
    BigInt(record.batch),
    record.step,
    BigInt(record.revision),
    record.batchTime,
    record.inputFingerprint,
    JSON.stringify(record.tables),
    JSON.stringify(record.rowCounts),
    record.runId,
    record.finishedAt,
  ]
}
