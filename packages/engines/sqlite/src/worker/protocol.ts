import type { ColumnBatch, DataType, StoredTable, TableDefinition } from '@qarion/core'

import type { RowTexts } from '../csv/row-text.ts'
import type { SqliteValue } from '../sqlite-types.ts'

/** What a worker works on until it is closed. */
export interface WorkerSettings {
  /** Absolute path of the database file. */
  readonly path: string
  readonly mode: 'read' | 'write'
  /** Pages kept in memory, in KiB. */
  readonly cacheKiB: number
  /** How long a statement waits for another connection's lock. */
  readonly busyTimeoutMs: number
  /** One number that both threads see: 1 asks the statement that runs to end. */
  readonly cancelled: Int32Array<SharedArrayBuffer>
}

/** What the worker can be asked, and what it answers. Requests are worked on one after the other. */
export interface Calls {
  /** Takes the settings; the database itself is opened by the next call, whose failure somebody waits for. */
  open: { readonly ask: WorkerSettings; readonly answer: null }
  execute: {
    readonly ask: { readonly sql: string; readonly parameters: readonly SqliteValue[] }
    readonly answer: number
  }
  /** Starts a query; its rows are fetched batch by batch. */
  query: {
    readonly ask: {
      readonly cursor: number
      readonly sql: string
      readonly parameters: readonly SqliteValue[]
      readonly types: readonly DataType[]
    }
    readonly answer: null
  }
  /** The next rows; `null` after the last ones. */
  fetch: { readonly ask: { readonly cursor: number }; readonly answer: ColumnBatch | null }
  /** Starts a query of one text per row, fetched by `fetch_texts`. */
  query_texts: {
    readonly ask: {
      readonly cursor: number
      readonly sql: string
      readonly parameters: readonly SqliteValue[]
    }
    readonly answer: null
  }
  fetch_texts: { readonly ask: { readonly cursor: number }; readonly answer: RowTexts | null }
  close_cursor: { readonly ask: { readonly cursor: number }; readonly answer: null }
  begin: { readonly ask: null; readonly answer: null }
  /** Bytes of the log (WAL) after it. */
  commit: { readonly ask: null; readonly answer: number }
  rollback: { readonly ask: null; readonly answer: null }
  insert_start: { readonly ask: { readonly table: TableDefinition }; readonly answer: null }
  insert: { readonly ask: { readonly batch: ColumnBatch }; readonly answer: null }
  /** Number of rows inserted since `insert_start`. */
  insert_end: { readonly ask: null; readonly answer: number }
  list_tables: {
    readonly ask: { readonly prefix: string }
    readonly answer: readonly StoredTable[]
  }
  checkpoint: { readonly ask: null; readonly answer: null }
  /** Copies what the log holds into the database, as far as that disturbs nobody. */
  copy_log: { readonly ask: null; readonly answer: null }
  /** Closes the database; the worker can be opened again. */
  close: { readonly ask: null; readonly answer: null }
}

export type CallName = keyof Calls

export type Request = {
  [Name in CallName]: { readonly id: number; readonly name: Name; readonly ask: Calls[Name]['ask'] }
}[CallName]

export type Response =
  | { readonly id: number; readonly answer: Calls[CallName]['answer'] }
  | { readonly id: number; readonly error: WorkerError }

/** An error as it crosses threads: SQLite's own code, or that of a QarionError. */
export interface WorkerError {
  readonly code: string
  readonly message: string
}
