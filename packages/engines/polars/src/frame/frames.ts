import type { DataFrame, Expr, JoinType, LazyFrame, Polars } from '../polars.ts'
import {
  columnNode,
  LENGTH,
  serializeNode,
  type NamedNode,
  type Node,
  type NodeSortKey,
} from './node.ts'

/** The node as an expression of the driver. */
export function toExpr(polars: Polars, named: NamedNode): Expr {
  return polars.expr(serializeNode(named))
}

/** The frame with more columns; a name that is there is replaced in its place. */
export function withColumns(
  polars: Polars,
  frame: LazyFrame,
  columns: readonly NamedNode[],
): LazyFrame {
  return columns.length === 0
    ? frame
    : frame.withColumns(columns.map((column) => toExpr(polars, column)))
}

/** Exactly these columns. A selection of constants alone would be one row, whatever the frame has. */
export function selectColumns(
  polars: Polars,
  frame: LazyFrame,
  columns: readonly NamedNode[],
): LazyFrame {
  if (columns.some(({ node }) => !node.isConstant)) return aggregateAll(polars, frame, columns)
  const made = columns.map(({ node }, index) => ({ name: `xt:constant ${index}`, node }))
  const kept = columns.map(({ name }, index) => ({
    name,
    node: columnNode(`xt:constant ${index}`),
  }))
  return aggregateAll(polars, withColumns(polars, frame, made), kept)
}

/** One row of aggregates over all rows. */
export function aggregateAll(
  polars: Polars,
  frame: LazyFrame,
  columns: readonly NamedNode[],
): LazyFrame {
  return frame.select(columns.map((column) => toExpr(polars, column)))
}

/** One row of aggregates for each group; NULL is a group of its own. */
export function aggregateGroups(
  polars: Polars,
  frame: LazyFrame,
  keys: readonly string[],
  columns: readonly NamedNode[],
): LazyFrame {
  return frame
    .groupby(
      keys.map((name) => columnExpr(polars, name)),
      false,
    )
    .agg(columns.map((column) => toExpr(polars, column)))
}

export function filterRows(polars: Polars, frame: LazyFrame, condition: Node): LazyFrame {
  return frame.filter(toExpr(polars, { name: 'xt:condition', node: condition }))
}

/** A column by its exact name: the driver's own `col` reads `*` and `^…$` as patterns. */
export function columnExpr(polars: Polars, name: string): Expr {
  return toExpr(polars, { name, node: columnNode(name) })
}

/** All rows of the frames, whose columns are the same. */
export function concatFrames(polars: Polars, frames: readonly LazyFrame[]): LazyFrame {
  return frames.length === 1 ? (frames[0] as LazyFrame) : polars.concat(frames)
}

/** Rows in this order; equal ones in the order that they have. */
export function sortRows(
  polars: Polars,
  frame: LazyFrame,
  keys: readonly NodeSortKey[],
): LazyFrame {
  if (keys.length === 0) return frame
  return frame.sortByExprs(
    keys.map(({ node }) => toExpr(polars, { name: 'xt:key', node })),
    keys.map(({ isDescending }) => isDescending),
    keys.map(({ nullsLast }) => nullsLast),
    true,
    true,
  )
}

/** A join on columns by name, all columns of both sides kept. */
export function joinFrames(
  polars: Polars,
  left: LazyFrame,
  right: LazyFrame,
  options: {
    readonly how: JoinType
    readonly on: readonly { readonly left: string; readonly right: string }[]
    readonly nullsEqual: boolean
  },
): LazyFrame {
  const { how, on, nullsEqual } = options
  const exprs = (side: 'left' | 'right'): readonly Expr[] =>
    on.map((key) => columnExpr(polars, key[side]))
  const isProduct = how === 'cross'
  return left.join(
    right,
    exprs('left'),
    exprs('right'),
    true,
    false,
    how,
    ':right',
    // A product has neither keys nor choices about them.
    isProduct ? undefined : false,
    undefined,
    isProduct ? undefined : nullsEqual,
  )
}

/** The names of the columns that a node is selected by, in order. */
export function columnNodes(names: readonly string[]): readonly NamedNode[] {
  return names.map((name) => ({ name, node: columnNode(name) }))
}

/** Runs the frame's plan on Polars' own threads. */
export async function collect(frame: LazyFrame): Promise<DataFrame> {
  return frame.collect()
}

/** How many rows there are; of columns, only those are read that decide it. */
export async function countRows(polars: Polars, frame: LazyFrame): Promise<number> {
  const counted = aggregateAll(polars, frame, [{ name: 'xt:rows', node: LENGTH }])
  return Number((await collect(counted)).toRow(0)[0])
}

/** The booleans of a frame of one row. Nothing else leaves Polars exactly by its own accessors. */
export async function flagsOf(frame: LazyFrame): Promise<readonly unknown[]> {
  return (await collect(frame)).toRow(0)
}
