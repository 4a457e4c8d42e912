import type {
  AggregateName,
  Column,
  DataType,
  FunctionName,
  SortKey,
  TableDefinition,
  Value,
  WindowName,
} from '@qarion/core'

import type { SqlColumn } from '../session/sql-session.ts'
import type { SqlFunction, SqlOperand } from './operand.ts'

/**
 * What an SQL engine says differently. A table, not a class: start from `createBaseDialect`, replace the least.
 *
 * The compiler aligns operands first: those of comparisons and `in` are widened to one type; those of `coalesce`,
 * `least`, `greatest`, `case`, `add` and `subtract` are cast to the type of the result. All others arrive in the types
 * they have.
 */
export interface Dialect {
  /** For messages and tests: `sqlite`. */
  readonly name: string

  /** The name as an identifier, whatever characters are in it. */
  readonly quoteIdentifier: (name: string) => string
  /** Marker of the bound value number `position`, from 1. The same position may stand in a statement several times. */
  placeholder(position: number, type: DataType): string
  /** A constant of the plan as SQL of exactly this type; the only place where values become text. */
  literal(value: Value | null, type: DataType): string
  /** Type of a column that stores it: `DECIMAL(12,2)`. */
  storedType(type: DataType): string

  /** One printer per function of the closed table. */
  readonly functions: Readonly<Record<FunctionName, SqlFunction>>
  readonly aggregates: Readonly<Record<AggregateName, SqlAggregate>>
  readonly windows: Readonly<Record<WindowName, SqlWindow>>
  /** Conversion to another type, exact or failing the step (QRN-EXEC-003; decimals that grow out: QRN-EXEC-001). */
  cast(operand: SqlOperand, to: DataType): string
  /** Conversion of a number to a wider one for a comparison; never fails. */
  widen(operand: SqlOperand, to: DataType): string
  /** Throws QRN-SQL-002 for a type that the engine cannot hold exactly. */
  requireType(type: DataType): void

  /** One term of ORDER BY. */
  sortTerm(sql: string, key: Pick<SortKey, 'direction' | 'nulls'>): string
  /** Rows of `start`, `start + step` … `stop` as an item of FROM with one column. `step`: units, days, microseconds. */
  series(series: SqlSeries): string
  /**
   * How rows are kept by whether another relation has their key: `exists` as a correlated subquery, `join` as SEMI JOIN
   * and ANTI JOIN, `lookup` as IN and as LEFT JOIN without a partner (where correlated subqueries scan).
   */
  readonly membership: 'exists' | 'join' | 'lookup'
  /** Elements of a JSON array as an item of FROM, joined laterally (written after a comma); and their columns. */
  unnest(
    array: string,
    alias: string,
  ): { readonly from: string; readonly element: string; readonly ordinal: string }

  /** Statements that create the table if it does not exist. */
  createTable(table: TableDefinition): readonly string[]
  /** Statement that adds a column to a table with rows; they hold NULL in it. */
  addColumn(table: string, column: Column): string
  /** Statement that creates a table that only this session sees; its columns may all be NULL. */
  createTemporaryTable(name: string, columns: readonly SqlColumn[]): string
  /**
   * Statement that creates such a table and fills it with the rows of a SELECT of these columns; absent where that gains
   * nothing over an INSERT.
   */
  createTemporaryTableAs?(name: string, columns: readonly SqlColumn[], select: string): string
  /** How a statement names a temporary table: `temp."name"`. */
  temporaryName(name: string): string
  /** Statements that put the view in the place of the one with that name. */
  createView(name: string, select: string): readonly string[]
  /** Column that identifies a row of a table within a transaction. */
  readonly rowId: string
  /** Type of a column that keeps `rowId`, for `createTemporaryTable`; an integer unless it is given. */
  readonly rowIdType?: string
  /** How columns of tables are read that others made: docs/semantics.md, "Sources that are databases". */
  readonly foreign: ForeignColumns
  /**
   * Ends a SELECT of one row that no other transaction may change until this one ends: ` FOR SHARE`. Absent where one
   * transaction at a time writes anyway.
   */
  readonly shareLock?: string
}

export interface ForeignColumns {
  /** The column as text from which its declared type is read without loss. */
  text(sql: string, type: DataType): string
  /** The column for a comparison with a number. */
  number(sql: string): string
}

/** Prints an aggregate. `orderBy` holds printed sort terms (`collect` only). NULL handling is that of docs/semantics.md. */
export type SqlAggregate = (
  args: readonly SqlOperand[],
  result: DataType,
  orderBy: readonly string[],
) => string

/** Prints a window function; `over(frame)` gives the OVER clause with that frame, or without one. */
export type SqlWindow = (
  args: readonly SqlOperand[],
  result: DataType,
  over: (frame?: string) => string,
) => string

export interface SqlSeries {
  readonly start: string
  readonly stop: string
  /** Never 0; may be negative. */
  readonly step: bigint
  readonly type: DataType
  /** Quoted name of the column. */
  readonly column: string
  /** Quoted name of the item in FROM. */
  readonly alias: string
}
