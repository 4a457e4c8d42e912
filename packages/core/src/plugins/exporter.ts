import type { ColumnBatch } from '../data/column-batch.ts'
import type { Column } from '../data/dataset.ts'
import type { Plugin } from './plugin.ts'

export type ExporterPlugin = Plugin<'exporter', Exporter>

/** Writes one format. Made once per export, with the flow's `[properties.export]` as options. */
export interface Exporter {
  /** Usual ending of the format's files, without the dot. */
  readonly extension: string
  /**
   * What the files look like, for engines that write such a file themselves; the options are in it. Absent where only
   * `write` knows.
   */
  readonly format?: ExportFormat
  /** Writes all batches to the target; nothing is seen under the final name before all of it is there. */
  write(request: ExportRequest): Promise<ExportedFile>
}

/** A format and its settings, as plain data. */
export interface ExportFormat {
  /** Id of the exporter. */
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
}

export interface ExportRequest {
  /** Absolute path of the final file. */
  readonly path: string
  readonly columns: readonly Column[]
  readonly batches: AsyncIterable<ColumnBatch>
  readonly signal: AbortSignal
}

export interface ExportedFile {
  readonly path: string
  readonly rowCount: number
  readonly sizeBytes: number
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly contentHash: string
}
