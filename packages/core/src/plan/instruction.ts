import type { DatasetId } from '../data/dataset.ts'
import type { Expression } from './expression.ts'
import type { NamedExpression, Query } from './query.ts'

/** Queries and the writes made from them. All writes of an instruction commit together, and read the state before it. */
export interface Instruction {
  readonly id: string
  readonly queries: readonly Query[]
  readonly writes: readonly Write[]
}

export type Write =
  | AppendWrite
  | ReplaceWrite
  | ReplaceKeysWrite
  | MergeWrite
  | DeleteWrite
  | OverwriteWrite

export type WriteKind = Write['kind']

/** Columns of the query are matched to those of the dataset by name; a dataset column that the query lacks is NULL. */
interface WriteBase {
  readonly query: string
  readonly dataset: DatasetId
}

/** Adds the rows. */
export interface AppendWrite extends WriteBase {
  readonly kind: 'append'
}

/**
 * Puts the rows in the place of what the dataset holds for the current batch: of the batch's own table where the
 * dataset is stored by batch, else of the rows whose `xt_batch_id` is the current batch.
 */
export interface ReplaceWrite extends WriteBase {
  readonly kind: 'replace'
}

/** Deletes the rows whose `scope` columns (NULL equals NULL) are in the query, then adds the query's rows. */
export interface ReplaceKeysWrite extends WriteBase {
  readonly kind: 'replace_keys'
  readonly scope: readonly string[]
}

/**
 * Walks source and target on equal `on` columns. For each pair the first branch of its situation whose condition is
 * true acts. Conditions and assignments see the target's columns under their names and the source's with the prefix
 * `source_`. Two source rows with one key are an error.
 */
export interface MergeWrite extends WriteBase {
  readonly kind: 'merge'
  readonly on: readonly string[]
  readonly branches: readonly MergeBranch[]
}

export interface MergeBranch {
  readonly when: 'matched' | 'not_matched' | 'not_matched_by_source'
  readonly condition?: Expression
  readonly action:
    | { readonly kind: 'update'; readonly set: readonly NamedExpression[] }
    | { readonly kind: 'insert'; readonly set: readonly NamedExpression[] }
    | { readonly kind: 'delete' }
    | { readonly kind: 'nothing' }
}

/** Prefix of the source's columns in the expressions of a merge. */
export const MERGE_SOURCE_PREFIX = 'source_'

/** Deletes the rows whose `on` columns (NULL equals NULL) are in the query. */
export interface DeleteWrite extends WriteBase {
  readonly kind: 'delete'
  readonly on: readonly string[]
}

/** Puts the rows in the place of all rows. */
export interface OverwriteWrite extends WriteBase {
  readonly kind: 'overwrite'
}
