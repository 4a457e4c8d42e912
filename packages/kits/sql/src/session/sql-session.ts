import type {
  ColumnBatch,
  DataType,
  ExportedFile,
  NativeSource,
  StoredTable,
  TableDefinition,
  Value,
  WriteFileRequest,
} from '@qarion/core'

/** A statement and what is bound to it: `parameters[0]` belongs to `dialect.placeholder(1, …)`. */
export interface SqlStatement {
  readonly sql: string
  readonly parameters: readonly SqlParameter[]
}

export interface SqlParameter {
  readonly value: Value | null
  readonly type: DataType
}

export interface SqlColumn {
  readonly name: string
  readonly type: DataType
  /** Holds the dialect's `rowId` of other rows, in its `rowIdType`; only temporary tables have such columns. */
  readonly isRowId?: boolean
}

/** A file to be written, without the queries whose rows it takes. */
export type FileTarget = Pick<WriteFileRequest, 'path' | 'columns' | 'format' | 'onRows' | 'signal'>

/**
 * The slice of a driver that the kit needs: one connection to one database. Calls are made one after the other, save
 * that a query's rows may still be read while other statements run. Failures are thrown as QarionError.
 */
export interface SqlSession {
  /** Runs one statement; resolves to the number of rows it inserted, updated or deleted (0 for others). */
  execute(statement: SqlStatement, signal?: AbortSignal): Promise<number>
  /** Rows of a query in the layouts of `columns`, which are its columns in order. */
  query(
    statement: SqlStatement,
    columns: readonly SqlColumn[],
    signal?: AbortSignal,
  ): AsyncIterable<ColumnBatch>
  begin(): Promise<void>
  commit(): Promise<void>
  /** Undoes the transaction; resolves also when the failure has already ended it. */
  rollback(): Promise<void>
  /**
   * Adds rows to a table, whose columns are those of the batches in order; resolves to their number. May create its
   * indexes afterwards if the table was empty.
   */
  bulkInsert(
    table: TableDefinition,
    batches: AsyncIterable<ColumnBatch>,
    signal: AbortSignal,
  ): Promise<number>
  /**
   * Reads clean files into a table without passing rows through JavaScript. Resolves to the number of rows; where it
   * cannot, or met a bad value, to `undefined` with nothing added, or to `spoiled` where the transaction is of no use any
   * more. The kit then streams batches, the transaction begun anew where it has to be.
   */
  loadNative?(
    table: TableDefinition,
    source: NativeSource,
    signal: AbortSignal,
  ): Promise<number | 'spoiled' | undefined>
  /** Writes the rows of a query, whose columns are those of the target, as `writeFile` of the engine's session does. */
  writeFile?(statement: SqlStatement, target: FileTarget): Promise<ExportedFile | undefined>
  /** Tables and views but temporary ones and the engine's own. */
  listTables(prefix?: string): Promise<readonly StoredTable[]>
  /** Gives back space and writes the log into the database. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}
