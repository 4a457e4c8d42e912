import {
  comparisonType,
  isSameType,
  type DataType,
  type JoinKey,
  type JoinRule,
} from '@qarion/core'

import { rescale } from '../expression/number.ts'
import { dtypeOf } from '../frame/dtypes.ts'
import { collect, concatFrames, joinFrames, selectColumns, withColumns } from '../frame/frames.ts'
import {
  binary,
  columnNode,
  integerNode,
  isNull,
  nullNode,
  ternary,
  type NamedNode,
  type Node,
} from '../frame/node.ts'
import { throwIfAborted } from '../polars-errors.ts'
import type { LazyFrame } from '../polars.ts'
import type { TypedColumn } from '../values/encode.ts'
import type { QueryContext } from './query-context.ts'
import { emptyAs, evaluate, onlyColumns, operandOf, type Relation } from './relation.ts'

/** Rows that a product without keys may have in one piece; between pieces a run can be cancelled. */
const ROWS_PER_PIECE = 4_000_000

export async function join(
  left: Relation,
  right: Relation,
  rule: JoinRule,
  context: QueryContext,
): Promise<Relation> {
  const { polars } = context
  const isFiltering = rule.type === 'semi' || rule.type === 'anti'
  const renamed = right.columns.map(({ name, type }) => ({ name: rule.rightPrefix + name, type }))
  const columns = isFiltering ? left.columns : [...left.columns, ...renamed]
  if (right.isEmpty === true) {
    if (rule.type === 'anti') return left
    if (rule.type === 'left') return withNulls(left, renamed, context)
  }
  if (left.isEmpty === true && (isFiltering || rule.type === 'left'))
    return isFiltering ? left : withNulls(left, renamed, context)
  const keyed = await withKeys(left, right, rule.on, context)
  const moved = right.columns.map(({ name }): NamedNode => ({
    // A right side that only filters gives no columns, and their names may be those of the left.
    name: isFiltering ? `xt:right ${name}` : rule.rightPrefix + name,
    node: columnNode(name),
  }))
  const rightFrame = selectColumns(polars, keyed.right, [
    ...moved,
    ...keyed.names.map(({ right: name }) => ({ name, node: columnNode(name) })),
  ])
  if (rule.on.length === 0 && rule.type === 'inner')
    return onlyColumns(await product(keyed.left, rightFrame, context), columns, polars)
  const frame = joinFrames(polars, keyed.left, rightFrame, {
    how: rule.type,
    on: keyed.names,
    nullsEqual: isMixed(rule.on) || rule.on.every(({ nullSafe }) => nullSafe),
  })
  return onlyColumns(frame, columns, polars)
}

/** The rows that have a partner on equal columns (NULL equals NULL), or those that have none. */
export function filteredBy(
  rows: Relation,
  partners: Relation,
  type: 'semi' | 'anti',
  on: readonly string[],
  context: QueryContext,
): Promise<Relation> {
  const keys = on.map((name) => ({ left: name, right: name, nullSafe: true }))
  return join(
    rows,
    partners,
    { operation: 'join', right: '', type, on: keys, rightPrefix: '' },
    context,
  )
}

/** The rows with more columns, NULL in each: what is joined with no rows costs no copy. */
function withNulls(
  left: Relation,
  added: readonly TypedColumn[],
  { polars }: QueryContext,
): Relation {
  const nodes = added.map(({ name, type }) => ({ name, node: nullNode(dtypeOf(type)) }))
  const columns = [...left.columns, ...added]
  return {
    ...onlyColumns(withColumns(polars, left.frame, nodes), columns, polars),
    ...emptyAs(left),
  }
}

interface KeyNames {
  readonly left: string
  readonly right: string
}

interface Keyed {
  readonly left: LazyFrame
  readonly right: LazyFrame
  readonly names: readonly KeyNames[]
}

/** Both sides with the columns that they are joined on, whose names are apart from all others. */
async function withKeys(
  left: Relation,
  right: Relation,
  on: readonly JoinKey[],
  context: QueryContext,
): Promise<Keyed> {
  const types = on.map((key) =>
    comparisonType([operandOf(left, key.left).type, operandOf(right, key.right).type]),
  )
  const [leftKeys, rightKeys] = await Promise.all([
    keysOf({ relation: left, side: 'left', types, on }, context),
    keysOf({ relation: right, side: 'right', types, on }, context),
  ])
  return {
    left: withColumns(context.polars, leftKeys.frame, leftKeys.keys),
    right: withColumns(context.polars, rightKeys.frame, rightKeys.keys),
    names: leftKeys.keys.map(({ name }, index) => ({
      left: name,
      right: (rightKeys.keys[index] as NamedNode).name,
    })),
  }
}

interface Side {
  readonly relation: Relation
  readonly side: 'left' | 'right'
  readonly types: readonly DataType[]
  readonly on: readonly JoinKey[]
}

interface SideKeys {
  readonly frame: LazyFrame
  readonly keys: readonly NamedNode[]
}

/** The columns that one side is joined on, in the type that holds both sides. */
async function keysOf(
  { relation, side, types, on }: Side,
  context: QueryContext,
): Promise<SideKeys> {
  const { frame, result } = await evaluate(relation, context, (compilation) => [
    ...on.map((key, index) => {
      const operand = operandOf(relation, key[side])
      const type = types[index] as DataType
      return isSameType(operand.type, type)
        ? operand.node
        : rescale(operand, type, 'QRN-EXEC-001', compilation)
    }),
    ...(isMixed(on) ? [apart(on, side)] : []),
    // A join without keys: one that all rows share.
    ...(on.length === 0 ? [integerNode(1)] : []),
  ])
  return {
    frame,
    keys: result.map((node, index) => ({ name: `xt:${side} key ${index}`, node })),
  }
}

/** Polars decides for all keys of a join at once whether NULL matches NULL. */
function isMixed(on: readonly JoinKey[]): boolean {
  return on.some(({ nullSafe }) => nullSafe) && on.some(({ nullSafe }) => !nullSafe)
}

/** A key that keeps rows apart whose NULL shall match nothing. */
function apart(on: readonly JoinKey[], side: 'left' | 'right'): Node {
  const anyNull = on
    .filter(({ nullSafe }) => !nullSafe)
    .map((key) => isNull(columnNode(key[side])))
    .reduce((one, other) => binary('Or', one, other))
  return ternary(anyNull, integerNode(side === 'left' ? 1 : 2), integerNode(0))
}

/** Every row with every row, in pieces. */
async function product(
  left: LazyFrame,
  right: LazyFrame,
  { polars, signal }: QueryContext,
): Promise<LazyFrame> {
  const [ofLeft, ofRight] = await Promise.all([collect(left), collect(right)])
  const step = Math.max(1, Math.floor(ROWS_PER_PIECE / Math.max(1, ofRight.height)))
  const pieces: LazyFrame[] = []
  for (let from = 0; from < Math.max(1, ofLeft.height); from += step) {
    throwIfAborted(signal)
    const some = ofLeft.slice(from, Math.min(step, ofLeft.height - from)).lazy()
    const piece = joinFrames(polars, some, ofRight.lazy(), {
      how: 'cross',
      on: [],
      nullsEqual: false,
    })
    pieces.push((await collect(piece)).lazy())
  }
  return concatFrames(polars, pieces)
}
