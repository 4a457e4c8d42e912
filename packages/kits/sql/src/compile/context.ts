import type { Catalog, Query, StoredTable, Value } from '@qarion/core'

import type { Dialect } from '../dialect/dialect.ts'
import type { SqlColumn, SqlParameter } from '../session/sql-session.ts'

/** What compiling needs beside the queries. */
export interface CompileContext {
  readonly dialect: Dialect
  readonly catalog: Catalog
  readonly parameters: Readonly<Record<string, Value | null>>
  /** `print`: values become literals, for stored views, which have nothing to bind. Default `bind`. */
  readonly values?: 'bind' | 'print'
  /** Queries that already stand in a temporary table. */
  readonly staged?: ReadonlyMap<string, StagedQuery>
  /**
   * What is stored at this moment, by table. Given, a dataset's table that is not there reads as no rows and a column
   * that it lacks reads as its default; absent, tables are taken to be as declared.
   */
  readonly stored?: ReadonlyMap<string, StoredRelation>
}

/** A table or view as it is stored; its columns in order. */
export interface StoredRelation {
  readonly kind: StoredTable['kind']
  readonly columns: ReadonlySet<string>
}

/** A temporary table and its columns. */
export interface StagedQuery {
  readonly table: string
  readonly columns: readonly SqlColumn[]
}

/** SQL of one SELECT, what is bound to it, and the columns it gives. */
export interface CompiledQuery {
  readonly sql: string
  readonly parameters: readonly SqlParameter[]
  readonly columns: readonly SqlColumn[]
}

export type QueriesByName = ReadonlyMap<string, Query>
