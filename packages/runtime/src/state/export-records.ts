import { DataTypes, EXPORTS_DATASET, type EngineSession, type Row } from '@qarion/core'
import { column, equal, filter, text } from '@qarion/plan'

import { readRows } from './read-state.ts'

/** A file that a batch was exported to. */
export interface ExportRecord {
  readonly flow: string
  readonly batch: number
  readonly ordinal: number
  /** What `file_path` came to for the batch; with partitions the files lie in folders beside it. */
  readonly target: string
  /** Relative to the project, with `/`, or absolute outside of it. */
  readonly path: string
  /** `prepared`: whole under another name. `done`: under its own. `obsolete`: to be removed once the others are done. */
  readonly state: 'prepared' | 'done' | 'obsolete'
  readonly rowCount: number
  readonly sizeBytes: number
  readonly contentHash: string
  readonly modifiedAtMs: number
  /** Hash of the file that was there before, as far as it might be replaced. */
  readonly replacedHash: string | undefined
  /** Of what was exported and how. */
  readonly fingerprint: string
  readonly runId: string
  /** Microseconds. */
  readonly exportedAt: bigint
}

/** The files that a flow recorded, by batch; empty where nothing was ever exported. */
export async function readExports(session: EngineSession, flow: string): Promise<ExportRecord[]> {
  const tables = await session.listTables(EXPORTS_DATASET.table)
  if (!tables.some(({ name }) => name === EXPORTS_DATASET.table)) return []
  const ofFlow = filter(equal(column('flow', DataTypes.string), text(flow)))
  return (await readRows(session, EXPORTS_DATASET, [ofFlow])).map(exportRecordFromRow)
}

function exportRecordFromRow(row: Row): ExportRecord {
  const [flow, batch, ordinal, target, path, state, rowCount, sizeBytes, hash, modifiedAt] = row
  const [replacedHash, fingerprint, runId, exportedAt] = row.slice(10)
  return {
    flow: flow as string,
    batch: Number(batch),
    ordinal: Number(ordinal),
    target: target as string,
    path: path as string,
    state: state as ExportRecord['state'],
    rowCount: Number(rowCount),
    sizeBytes: Number(sizeBytes),
    contentHash: hash as string,
    modifiedAtMs: Number(modifiedAt) / 1000,
    replacedHash: replacedHash === null ? undefined : (replacedHash as string),
    fingerprint: fingerprint as string,
    runId: runId as string,
    exportedAt: exportedAt as bigint,
  }
}

export function exportRecordToRow(record: ExportRecord): Row {
  return [
    record.flow,
    BigInt(record.batch),
    BigInt(record.ordinal),
    record.target,
    record.path,
    record.state,
    BigInt(record.rowCount),
    BigInt(record.sizeBytes),
    record.contentHash,
    BigInt(Math.round(record.modifiedAtMs * 1000)),
    record.replacedHash ?? null,
    record.fingerprint,
    record.runId,
    record.exportedAt,
  ]
}
