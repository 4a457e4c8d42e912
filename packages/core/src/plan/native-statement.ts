import type { DataType } from '../data/data-type.ts'
import type { DatasetId } from '../data/dataset.ts'

/**
 * One SELECT in the SQL of an engine. What a user wrote is text; datasets and values are pieces of their own, so that the
 * engine names the ones and binds the others.
 */
export interface NativeStatement {
  readonly pieces: readonly NativePiece[]
}

export type NativePiece =
  | { readonly kind: 'text'; readonly text: string }
  /** The rows of a dataset, as an item of FROM. */
  | { readonly kind: 'dataset'; readonly dataset: DatasetId }
  | { readonly kind: 'parameter'; readonly name: string; readonly type: DataType }
