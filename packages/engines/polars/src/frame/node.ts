/**
 * Expressions of Polars as plain data, in the form in which Polars serialises them. Its JavaScript methods have no
 * 128-bit integers, no equality of NULLs and no typed constants; its serialised form has all of them.
 */
export interface Node {
  readonly json: unknown
  /** Levels of JSON: the driver reads 128 at most. */
  readonly depth: number
  /** The layer of columns that has to be there first; 0 for the columns of the frame. */
  readonly level: number
  /** Reads no column. */
  readonly isConstant: boolean
}

export interface NamedNode {
  readonly name: string
  readonly node: Node
}

/** Name of a data type as Polars serialises it. */
export type Dtype =
  | string
  | { readonly Datetime: readonly ['Microseconds', null] }
  | { readonly Decimal: readonly [precision: number, scale: number] }

export type BinaryOperator =
  | 'Eq'
  | 'EqValidity'
  | 'NotEq'
  | 'NotEqValidity'
  | 'Lt'
  | 'LtEq'
  | 'Gt'
  | 'GtEq'
  | 'Plus'
  | 'Minus'
  | 'Multiply'
  | 'TrueDivide'
  | 'FloorDivide'
  | 'Modulus'
  | 'And'
  | 'Or'

/** A node around other nodes; `levels` is what it adds to the depth of the deepest. */
function around(json: unknown, inner: readonly Node[], levels: number): Node {
  return {
    json,
    depth: levels + Math.max(0, ...inner.map(({ depth }) => depth)),
    level: Math.max(0, ...inner.map(({ level }) => level)),
    isConstant: inner.every(({ isConstant }) => isConstant),
  }
}

/** A column of the frame, or one that an earlier layer made. */
export function columnNode(name: string, level = 0): Node {
  return { json: { Column: name }, depth: 1, level, isConstant: false }
}

/** The name of the column that the node is, if it is one. */
export function columnName({ json }: Node): string | undefined {
  return (json as { readonly Column?: string }).Column
}

/** A constant of Polars' own making: `{ String: 'a' }`. */
export function scalarNode(scalar: unknown): Node {
  return { json: { Literal: { Scalar: scalar } }, depth: 6, level: 0, isConstant: true }
}

export function textNode(text: string): Node {
  return scalarNode({ String: text })
}

export function booleanNode(value: boolean): Node {
  return scalarNode({ Boolean: value })
}

/** A constant integer. JSON numbers are exact up to 2^53; larger ones go as text. */
export function integerNode(value: bigint | number, dtype: Dtype = 'Int64'): Node {
  const number = Number(value)
  const dtypeOfText = dtype === 'Int128' ? dtype : 'Int64'
  const node = Number.isSafeInteger(number)
    ? scalarNode({ Int64: number })
    : cast(textNode(String(value)), dtypeOfText)
  return dtype === 'Int64' ? node : cast(node, dtype)
}

/** NULL of a type. */
export function nullNode(dtype: Dtype): Node {
  return scalarNode({ Null: dtype })
}

/** The number of rows. */
export const LENGTH: Node = { json: 'Len', depth: 1, level: 0, isConstant: false }

/** A conversion; where a value has no counterpart, `NonStrict` gives NULL. */
export function cast(expr: Node, dtype: Dtype, options: 'Strict' | 'NonStrict' = 'Strict'): Node {
  return around({ Cast: { expr: expr.json, dtype: { Literal: dtype }, options } }, [expr], 4)
}

export function binary(op: BinaryOperator, left: Node, right: Node): Node {
  return around({ BinaryExpr: { left: left.json, op, right: right.json } }, [left, right], 2)
}

/** A function by its serialised name: `'Abs'`, `{ Boolean: 'IsNull' }`. */
export function call(name: unknown, ...input: readonly Node[]): Node {
  return around({ Function: { input: input.map(({ json }) => json), function: name } }, input, 6)
}

export function ternary(predicate: Node, truthy: Node, falsy: Node): Node {
  const inner = [predicate, truthy, falsy]
  return around(
    { Ternary: { predicate: predicate.json, truthy: truthy.json, falsy: falsy.json } },
    inner,
    2,
  )
}

export function isNull(node: Node): Node {
  return call({ Boolean: 'IsNull' }, node)
}

export function isNotNull(node: Node): Node {
  return call({ Boolean: 'IsNotNull' }, node)
}

export function not(node: Node): Node {
  return call({ Boolean: 'Not' }, node)
}

/** True where the condition is true, false where it is false or NULL. */
export function isTrue(node: Node): Node {
  return coalesce(node, booleanNode(false))
}

export function coalesce(...nodes: readonly Node[]): Node {
  return nodes.length === 1 ? (nodes[0] as Node) : call('Coalesce', ...nodes)
}

/** The float with 0 in the place of -0. Polars takes `x + 0` for `x`. */
export function withoutNegativeZero(node: Node): Node {
  const zero = cast(integerNode(0), 'Float64')
  return ternary(binary('Eq', node, zero), zero, node)
}

/** Aggregates, over all rows or those of a group. */
export const aggregates = {
  sum: (node: Node): Node => around({ Agg: { Sum: node.json } }, [node], 2),
  min: (node: Node): Node =>
    around({ Agg: { Min: { input: node.json, propagate_nans: false } } }, [node], 3),
  max: (node: Node): Node =>
    around({ Agg: { Max: { input: node.json, propagate_nans: false } } }, [node], 3),
  first: (node: Node): Node => around({ Agg: { First: node.json } }, [node], 2),
  last: (node: Node): Node => around({ Agg: { Last: node.json } }, [node], 2),
  count: (node: Node): Node =>
    around({ Agg: { Count: { input: node.json, include_nulls: false } } }, [node], 3),
  countDistinct: (node: Node): Node =>
    around({ Agg: { NUnique: call('DropNulls', node).json } }, [node], 8),
  /** NULL is a value too. */
  countDistinctWithNull: (node: Node): Node => around({ Agg: { NUnique: node.json } }, [node], 2),
  list: (node: Node): Node =>
    around({ Agg: { Implode: { input: node.json, maintain_order: true } } }, [node], 3),
  any: (node: Node): Node => call({ Boolean: { Any: { ignore_nulls: true } } }, node),
} as const

export interface NodeSortKey {
  readonly node: Node
  readonly isDescending: boolean
  readonly nullsLast: boolean
}

/** The values in the order of others. */
export function sortBy(expr: Node, keys: readonly NodeSortKey[]): Node {
  if (keys.length === 0) return expr
  const json = {
    SortBy: {
      expr: expr.json,
      by: keys.map(({ node }) => node.json),
      sort_options: {
        descending: keys.map(({ isDescending }) => isDescending),
        nulls_last: keys.map(({ nullsLast }) => nullsLast),
        multithreaded: true,
        maintain_order: false,
        limit: null,
      },
    },
  }
  return around(json, [expr, ...keys.map(({ node }) => node)], 3)
}

export function filterBy(input: Node, by: Node): Node {
  return around({ Filter: { input: input.json, by: by.json } }, [input, by], 2)
}

/** The value calculated over the rows of a partition, at each of its rows, in the order that the frame has. */
export function over(node: Node, partition: readonly Node[]): Node {
  const json = {
    Over: {
      function: node.json,
      partition_by: partition.map(({ json: key }) => key),
      order_by: null,
      mapping: 'GroupsToRows',
    },
  }
  return around(json, [node, ...partition], 3)
}

/** JSON text of the node under a name; a column under its own is left as it is, as keys of joins have to be. */
export function serializeNode({ name, node }: NamedNode): string {
  return JSON.stringify(columnName(node) === name ? node.json : { Alias: [node.json, name] })
}
