import type { DataType } from '../data/data-type.ts'
import type { BatchVersion, DatasetId } from '../data/dataset.ts'
import type { Expression, LiteralExpression } from './expression.ts'
import type { AggregateName, WindowName } from './functions.ts'

/** A named relation of an instruction: the first rule opens it (`from`, `values`, `series`), each next one refines it. */
export interface Query {
  readonly name: string
  readonly rules: readonly Rule[]
  /** Evaluated once per instruction and kept until its end; for a small result that several writes or queries use. */
  readonly evaluate?: 'once'
}

export type Rule =
  | FromRule
  | ValuesRule
  | SeriesRule
  | SelectRule
  | DeriveRule
  | RenameRule
  | DropRule
  | FilterRule
  | JoinRule
  | AggregateRule
  | WindowRule
  | UnionRule
  | DistinctRule
  | SortRule
  | LimitRule
  | UnnestRule
  | AssertRule

export type RuleOperation = Rule['operation']

/**
 * Reads a dataset, or another query of the same instruction. A dataset stored by batch without `version` reads as all
 * its kept batches; a batch that does not exist reads as no rows.
 */
export interface FromRule {
  readonly operation: 'from'
  readonly source:
    | { readonly kind: 'dataset'; readonly dataset: DatasetId; readonly version?: BatchVersion }
    | { readonly kind: 'query'; readonly query: string }
}

/** Constant rows; cells are literals or parameters of the column's type. */
export interface ValuesRule {
  readonly operation: 'values'
  readonly columns: readonly { readonly name: string; readonly type: DataType }[]
  readonly rows: readonly (readonly Expression[])[]
}

/** The integers, dates or timestamps `start`, `start + step` … up to and with `stop`; `step` in units, days or microseconds. */
export interface SeriesRule {
  readonly operation: 'series'
  readonly column: string
  readonly start: Expression
  readonly stop: Expression
  readonly step: LiteralExpression
}

export interface NamedExpression {
  readonly name: string
  readonly expression: Expression
}

/** Exactly these columns, in this order. */
export interface SelectRule {
  readonly operation: 'select'
  readonly columns: readonly NamedExpression[]
}

/** All columns so far plus these; a name that exists is replaced in place. Expressions see the columns before the rule. */
export interface DeriveRule {
  readonly operation: 'derive'
  readonly columns: readonly NamedExpression[]
}

export interface RenameRule {
  readonly operation: 'rename'
  readonly columns: readonly { readonly from: string; readonly to: string }[]
}

export interface DropRule {
  readonly operation: 'drop'
  readonly columns: readonly string[]
}

/** Rows for which the condition is true (not false, not NULL). */
export interface FilterRule {
  readonly operation: 'filter'
  readonly condition: Expression
}

/**
 * Joins with another query on equal columns. Output of inner, left and full: the columns so far, then all columns of
 * `right` with `rightPrefix` before their names. Output of semi and anti: the columns so far.
 */
export interface JoinRule {
  readonly operation: 'join'
  readonly right: string
  readonly type: 'inner' | 'left' | 'full' | 'semi' | 'anti'
  readonly on: readonly JoinKey[]
  readonly rightPrefix: string
}

export interface JoinKey {
  readonly left: string
  readonly right: string
  /** True: NULL matches NULL. False: NULL matches nothing. */
  readonly nullSafe: boolean
}

export interface AggregateRule {
  readonly operation: 'aggregate'
  /** Empty: one row over all rows, also when there are none. NULL is a group of its own. */
  readonly groupBy: readonly string[]
  readonly measures: readonly AggregateMeasure[]
}

/** `count` without argument counts rows. `arg_min(value, by)`. `collect` gives a JSON array in `orderBy`. */
export interface AggregateMeasure {
  readonly name: string
  readonly function: AggregateName
  readonly arguments: readonly Expression[]
  readonly orderBy?: readonly SortKey[]
  readonly type: DataType
}

export interface WindowRule {
  readonly operation: 'window'
  readonly partitionBy: readonly string[]
  /** Must order the rows of a partition fully where the function depends on order. */
  readonly orderBy: readonly SortKey[]
  readonly columns: readonly WindowColumn[]
}

/** Running functions cover the rows from the start of the partition to the row itself. */
export interface WindowColumn {
  readonly name: string
  readonly function: WindowName
  readonly arguments: readonly Expression[]
  readonly type: DataType
}

/** All rows of the query so far and of `queries`, duplicates kept. Columns are matched by name and must be the same set. */
export interface UnionRule {
  readonly operation: 'union'
  readonly queries: readonly string[]
}

/** One of each set of equal rows; NULL equals NULL. */
export interface DistinctRule {
  readonly operation: 'distinct'
}

export interface SortKey {
  readonly column: string
  readonly direction: 'ascending' | 'descending'
  /** Default `first`, in either direction. */
  readonly nulls: 'first' | 'last'
}

/** Matters only before `limit` and for the order in which the last query of a read gives rows. */
export interface SortRule {
  readonly operation: 'sort'
  readonly by: readonly SortKey[]
}

export interface LimitRule {
  readonly operation: 'limit'
  readonly count: number
}

/** One row per element of a JSON array, the element as JSON in `as`, its place from 1 in `ordinalAs`. NULL and [] give no row. */
export interface UnnestRule {
  readonly operation: 'unnest'
  readonly column: string
  readonly as: string
  readonly ordinalAs?: string
}

/**
 * A guard: rows that reach it are violations, and there may be none. A failed assert fails the step with `code`,
 * `message`, the number of rows and some of them, unless the run accepts `guard` once. Ends a query.
 */
export interface AssertRule {
  readonly operation: 'assert'
  /** Name under which it can be accepted, for instance `mass_delete`. */
  readonly guard: string
  readonly code: string
  readonly message: string
  readonly hint: string
  /** False: `--accept` is refused, since going on would break the flow's law. */
  readonly canBeAccepted: boolean
}
