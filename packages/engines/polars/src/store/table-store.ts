import type { Column } from '@qarion/core'

import type { DataFrame, LazyFrame } from '../polars.ts'
import type { TypedColumn } from '../values/encode.ts'

/** Rows that were written together, and never change. */
export interface Part {
  /** Unique in the store. */
  readonly id: string
  readonly rowCount: number
  readonly sizeBytes: number
  /** Names of the columns that it has; a column added later reads as its default. */
  readonly columns: readonly string[]
}

export interface StoredTableState {
  readonly columns: readonly Column[]
  readonly key: readonly string[]
  readonly isUnique: boolean
  readonly parts: readonly Part[]
}

export interface StoredViewState {
  readonly columns: readonly string[]
  /** The queries, serialised by `@qarion/plan`. */
  readonly queries: string
}

/** Everything that is stored at one moment. Frozen: a commit puts another in its place. */
export interface StoreState {
  /** Number of the newest lease. */
  readonly fence: bigint
  readonly tables: ReadonlyMap<string, StoredTableState>
  readonly views: ReadonlyMap<string, StoredViewState>
}

export const EMPTY_STATE: StoreState = Object.freeze({
  fence: 0n,
  tables: new Map(),
  views: new Map(),
})

/** Where parts and the state are kept. What is published stays; parts that no state names are forgotten. */
export interface TableStore {
  /** The state that was published last; the empty one where there is none. */
  read(): Promise<StoreState>
  /** Keeps rows as a part. */
  writePart(table: string, rows: DataFrame, columns: readonly TypedColumn[]): Promise<Part>
  /** The rows of a part, of whose table these are the columns. */
  scan(part: Part, columns: readonly TypedColumn[]): LazyFrame
  /** Puts the state in the place of the one before, or fails with nothing changed. */
  publish(state: StoreState): Promise<void>
  /** Forgets parts of a commit that failed. */
  discard(parts: readonly Part[]): Promise<void>
  /** Forgets what only the state before the published one names. */
  clean(): Promise<void>
}

/** The tables that queries read. */
export interface StoredTables {
  readonly tables: ReadonlyMap<string, StoredTableState>
  scan(part: Part, columns: readonly TypedColumn[]): LazyFrame
}
