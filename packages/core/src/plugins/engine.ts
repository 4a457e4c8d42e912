import type { ColumnBatch } from '../data/column-batch.ts'
import type { DataType, DataTypeKind } from '../data/data-type.ts'
import type { BatchVersion, Column, Dataset, DatasetId } from '../data/dataset.ts'
import type { Value } from '../data/value.ts'
import type { Instruction } from '../plan/instruction.ts'
import type { NativeStatement } from '../plan/native-statement.ts'
import type { Query } from '../plan/query.ts'
import type { ExportedFile, ExportFormat } from './exporter.ts'
import type { LoadSource } from './loader.ts'
import type { Plugin } from './plugin.ts'

export type EnginePlugin = Plugin<'engine', Engine>

/** A place where data lives and is transformed. Opening takes no lock; writing needs a lease. */
export interface Engine {
  readonly capabilities: EngineCapabilities
  /**
   * Opens a session. `read` sessions never change anything, not even by creating a file: where nothing is stored yet
   * they have no tables.
   */
  open(mode: 'read' | 'write'): Promise<EngineSession>
  /** Makes this process the one writer; throws reason `locked`, naming the holder, while another one is alive. */
  acquireLease(owner: LeaseOwner): Promise<Lease>
}

/** What the engine differs in; planning refuses what it cannot do. */
export interface EngineCapabilities {
  /** False: data lives in the process and is gone with it. */
  readonly isPersistent: boolean
  /** Widest decimal that is exact. */
  readonly maxDecimalPrecision: number
  /** True: `insert_select` takes SELECTs in the SQL of the engine. Absent: plans that hold one are refused. */
  readonly speaksSql?: boolean
  /** Formats that `load` reads by itself from a clean `FileScan`. */
  readonly nativeFormats: readonly string[]
  /** Physical type of each type, for the README and `plan`. */
  readonly storedTypes: Readonly<Record<DataTypeKind, string>>
}

export interface EngineSession {
  /** The stored tables and views whose names start with `prefix`, with their column names in order. */
  listTables(prefix?: string): Promise<readonly StoredTable[]>
  /** All operations or none. Throws reason `locked` if the lease's fence is not the newest. */
  commit(unit: CommitUnit): Promise<CommitResult>
  /** Rows of the last of `queries`, in its sort order. */
  read(request: ReadRequest): AsyncIterable<ColumnBatch>
  /** Rows of a table or query that Qarion does not own; absent where there are no others than its own. */
  readForeign?(request: ForeignReadRequest): AsyncIterable<ColumnBatch>
  /**
   * Writes the rows of `read` as a file without making batches of them, as an exporter does: whole under its name or not
   * at all. CSV and JSON have the exporter's bytes, Parquet its rows and types. Resolves to `undefined`, with nothing
   * written, where the engine cannot; absent where it never can.
   */
  writeFile?(request: WriteFileRequest): Promise<ExportedFile | undefined>
  /** The statements that `commit` would run, for `plan --sql`; absent where the engine has no statements. */
  explain?(unit: CommitUnit): readonly string[]
  /** After a batch: give back space, write the log into the database. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export interface StoredTable {
  readonly name: string
  readonly kind: 'table' | 'view'
  readonly columns: readonly string[]
}

/** How the datasets that queries and writes name are stored at this moment. */
export interface Catalog {
  readonly datasets: ReadonlyMap<DatasetId, Dataset>
  /** For datasets stored by batch: the table of each version. A version that is absent reads as no rows. */
  readonly batches: ReadonlyMap<DatasetId, Readonly<Partial<Record<BatchVersion, StoredBatch>>>>
}

/** One batch's table. Columns that are the same in all its rows are kept out of it. */
export interface StoredBatch {
  readonly table: string
  /** Columns in the table, in order; a dataset column in neither reads as its default. */
  readonly columns: readonly string[]
  readonly constants: Readonly<Record<string, Value | null>>
}

export interface CommitUnit {
  readonly operations: readonly Operation[]
  readonly catalog: Catalog
  readonly parameters: Readonly<Record<string, Value | null>>
  /** Guards that this run accepts. */
  readonly acceptedGuards: readonly string[]
  readonly lease: Lease
  readonly signal: AbortSignal
}

export type Operation =
  /** Creates what is missing: the table, or columns of it. */
  | { readonly kind: 'create_table'; readonly table: TableDefinition }
  | { readonly kind: 'drop_table'; readonly table: string }
  /** Creates the view or puts it in the place of the one with that name. */
  | {
      readonly kind: 'create_view'
      readonly name: string
      readonly queries: readonly Query[]
      readonly catalog: Catalog
    }
  /** Drops the view if there is one; a table that a view reads may not be dropped before it. */
  | { readonly kind: 'drop_view'; readonly name: string }
  /** Streams a source into a table that exists. `count` names the number of rows in the result. */
  | {
      readonly kind: 'load'
      readonly table: TableDefinition
      readonly source: LoadSource
      readonly count: string
    }
  /**
   * `catalog` and `parameters` take the place of the unit's: a unit may hold the work of several batches. They are
   * read when the operation runs, not before.
   */
  | {
      readonly kind: 'instruction'
      readonly instruction: Instruction
      readonly catalog?: Catalog
      readonly parameters?: Readonly<Record<string, Value | null>>
    }
  /** Adds the rows of a SELECT to the table of a dataset; columns are matched by name. Values are bound. */
  | {
      readonly kind: 'insert_select'
      readonly statement: NativeStatement
      readonly dataset: DatasetId
      /** Columns of the dataset that the SELECT does not give, and the parameters that they hold. */
      readonly constants: readonly { readonly column: string; readonly parameter: string }[]
      /** Names the number of rows in the result. */
      readonly count: string
      readonly catalog: Catalog
      readonly parameters: Readonly<Record<string, Value | null>>
    }

export interface TableDefinition {
  readonly name: string
  readonly columns: readonly Column[]
  /** Rows are stored and found by these columns; they need not be unique unless `isUnique`. */
  readonly key: readonly string[]
  readonly isUnique: boolean
  /** One load fills the table and nothing else writes to it: an engine may choose its form by the rows that come. */
  readonly isWrittenOnce?: boolean
}

export interface CommitResult {
  /** Rows loaded or written: by the `count` of a load, by `<instruction>.<index of the write>` of an instruction. */
  readonly rowCounts: Readonly<Record<string, number>>
  /** Guards that had violations and were accepted. */
  readonly acceptedGuards: readonly string[]
}

export interface ReadRequest {
  readonly queries: readonly Query[]
  readonly catalog: Catalog
  readonly parameters: Readonly<Record<string, Value | null>>
  readonly signal?: AbortSignal
}

/** What is read of a database as it stands, as text that loses nothing: one text column per column asked for. */
export interface ForeignReadRequest {
  /** Schema and name, or name alone; or a statement in the language of the engine, which must only read. */
  readonly relation:
    | { readonly kind: 'table'; readonly path: readonly string[] }
    | { readonly kind: 'query'; readonly text: string }
  /** Names there, and the types that the texts will be read as: binary is given as base64, documents as JSON. */
  readonly columns: readonly { readonly name: string; readonly type: DataType }[]
  /** Only rows whose column is at least `text`, or NULL. */
  readonly from?: { readonly column: string; readonly text: string; readonly isNumber: boolean }
  /** Columns by which the rows are sorted, in the engine's own order. */
  readonly orderBy: readonly string[]
  readonly signal?: AbortSignal
}

export interface WriteFileRequest extends ReadRequest {
  /** Absolute path of the file. */
  readonly path: string
  /** The columns of the last of `queries`. */
  readonly columns: readonly Column[]
  readonly format: ExportFormat
  /** Told how many rows more are written, if the engine knows before the end. */
  readonly onRows: (count: number) => void
  readonly signal: AbortSignal
}

export interface LeaseOwner {
  /** What runs, for the message the second runner gets: `qarion run orders`. */
  readonly description: string
  /** Wait this long for another holder before giving up. */
  readonly waitMs: number
  readonly signal: AbortSignal
}

/** The right to write. Kept alive by the engine until released; `fence` grows with every lease. */
export interface Lease {
  readonly fence: bigint
  release(): Promise<void>
}
