import type { ColumnBatch } from '../data/column-batch.ts'
import type { Column } from '../data/dataset.ts'
import type { Value } from '../data/value.ts'
import type { Plugin } from './plugin.ts'

export type LoaderPlugin = Plugin<'loader', Loader>

/** Reads one format. Made once per flow, with the flow's `[properties.load]` as options. */
export interface Loader {
  /**
   * The files that are there now, unsorted. A source that is no file goes on from what `request` tells of earlier ones.
   * Throws if the source folder or a literal path is missing.
   */
  discover(request?: DiscoverRequest): Promise<readonly InputFile[]>
  /** Reads the file once from end to end without keeping it: hash, encoding, structure. */
  scan(file: InputFile, columns: readonly InputColumn[], signal: AbortSignal): Promise<FileScan>
  /** Typed rows of a scanned file, in file order. */
  read(scan: FileScan, signal: AbortSignal): AsyncIterable<LoadedBatch>
}

/** What a source must know that makes its deliveries itself, as a database does. */
export interface DiscoverRequest {
  readonly columns: readonly InputColumn[]
  readonly primaryKey: readonly string[]
  /** What was loaded so far, oldest first. */
  readonly previous: readonly PreviousInput[]
  readonly signal: AbortSignal
}

/** An input of a batch that is committed. */
export interface PreviousInput {
  readonly batch: number
  readonly name: string
  readonly contentHash: string
  /** What the scan of it left for the next one. */
  readonly bookmark?: string
}

export interface InputFile {
  /** Absolute path, links resolved. */
  readonly path: string
  /** Relative to the project, with `/`: what users see and what is stored. */
  readonly name: string
  readonly sizeBytes: number
  readonly modifiedAtMs: number
  /** What the placeholders of the pattern captured, by name. */
  readonly captures: Readonly<Record<string, string>>
}

/** A declared input column and how its text is read. */
export interface InputColumn extends Column {
  /** Name in the file, if another. */
  readonly sourceName?: string
  readonly format?: string
  readonly decimalSeparator?: string
  readonly groupSeparator?: string
  readonly nullValues?: readonly string[]
}

/** The name that a column has in the file. */
export function sourceNameOf({ sourceName, name }: InputColumn): string {
  return sourceName ?? name
}

/** What one pass over a file found. Plain data: an engine that reads the format itself needs nothing else. */
export interface FileScan {
  readonly format: string
  readonly file: InputFile
  /** SHA-256 of the bytes as they lie in the file, hexadecimal. */
  readonly contentHash: string
  /** Data rows, where the structure tells. */
  readonly rowCount: number | undefined
  /** True: the structure holds no surprise, so a native reader gives the same rows as `read`. */
  readonly isClean: boolean
  /** In the order of the rows that `read` gives. */
  readonly columns: readonly ScannedColumn[]
  /** The format's own settings as found or declared, for native readers and `read`. */
  readonly settings: Readonly<Record<string, unknown>>
  /** Where the next `discover` goes on; kept with the rows, in the same transaction. */
  readonly bookmark?: string
}

export interface ScannedColumn {
  readonly column: InputColumn
  /** Place of the field in the file, from 0; `undefined` if the file lacks an optional column. */
  readonly fieldIndex: number | undefined
}

export interface LoadedBatch {
  /** Accepted rows: the columns of the scan in order. */
  readonly batch: ColumnBatch
  /** Line on which each accepted row starts, from 1. */
  readonly lines: Float64Array
  readonly rejects: readonly RejectedRow[]
}

/** A row with a bad value, or with NULL in a required column. */
export interface RejectedRow {
  readonly line: number
  readonly problems: readonly FieldProblem[]
  /** The row as it stands in the file, cut at 64 KiB. */
  readonly rawText: string
  /** Values by column name where the field could be read; engines shield by the key among them. */
  readonly values: Readonly<Record<string, Value | null>>
}

export interface FieldProblem {
  readonly column: string
  /** The field's text, cut at 1,000 code points. */
  readonly text: string | null
  readonly reason: string
}

/** What an engine streams into a table. It takes the scans it can read natively, or else iterates `batches`. */
export interface LoadSource {
  /** Present where the rows come from files whole and clean; `lineColumn` and `fileColumn` are filled by the reader. */
  readonly native?: NativeSource
  /** Batches in the order of the table's columns. */
  batches(): AsyncIterable<ColumnBatch>
}

export interface NativeSource {
  readonly scans: readonly FileScan[]
  /** Table column that takes the line each row starts on. */
  readonly lineColumn: string
  /** Table column that takes the file's name; absent where a constant does. */
  readonly fileColumn?: string
}
