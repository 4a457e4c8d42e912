import type {
  AggregateRule,
  AssertRule,
  BatchVersion,
  DataType,
  DatasetId,
  DeriveRule,
  DistinctRule,
  DropRule,
  Expression,
  FilterRule,
  FromRule,
  JoinKey,
  JoinRule,
  LimitRule,
  LiteralExpression,
  NamedExpression,
  RenameRule,
  SelectRule,
  SeriesRule,
  SortKey,
  SortRule,
  UnionRule,
  UnnestRule,
  ValuesRule,
  WindowRule,
} from '@qarion/core'

import { deepFreeze } from '../freeze.ts'

/** Reads a dataset; one that is stored by batch with the version to read. */
export function from(dataset: DatasetId, version?: BatchVersion): FromRule {
  return deepFreeze({
    operation: 'from',
    source: { kind: 'dataset', dataset, ...(version === undefined ? {} : { version }) },
  })
}

/** Reads an earlier query of the instruction. */
export function fromQuery(query: string): FromRule {
  return deepFreeze({ operation: 'from', source: { kind: 'query', query } })
}

/** Constant rows; cells are literals or parameters. */
export function values(
  columns: readonly { readonly name: string; readonly type: DataType }[],
  rows: readonly (readonly Expression[])[],
): ValuesRule {
  return deepFreeze({
    operation: 'values',
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: rows.map((row) => [...row]),
  })
}

/** `start`, `start + step` … up to and with `stop`, in `column`. */
export function series(
  column: string,
  bounds: {
    readonly start: Expression
    readonly stop: Expression
    readonly step: LiteralExpression
  },
): SeriesRule {
  return deepFreeze({
    operation: 'series',
    column,
    start: bounds.start,
    stop: bounds.stop,
    step: bounds.step,
  })
}

/** Exactly these columns. */
export function select(columns: readonly NamedExpression[]): SelectRule {
  return deepFreeze({ operation: 'select', columns: [...columns] })
}

/** All columns so far plus these. */
export function derive(columns: readonly NamedExpression[]): DeriveRule {
  return deepFreeze({ operation: 'derive', columns: [...columns] })
}

export function rename(
  columns: readonly { readonly from: string; readonly to: string }[],
): RenameRule {
  return deepFreeze({
    operation: 'rename',
    columns: columns.map((pair) => ({ from: pair.from, to: pair.to })),
  })
}

export function drop(columns: readonly string[]): DropRule {
  return deepFreeze({ operation: 'drop', columns: [...columns] })
}

/** Rows for which the condition is true. */
export function filter(condition: Expression): FilterRule {
  return deepFreeze({ operation: 'filter', condition })
}

/** Joins with an earlier query; no keys at all pair every row with every row. */
export function join(
  right: string,
  options: {
    readonly type: JoinRule['type']
    readonly on: readonly JoinKey[]
    readonly rightPrefix?: string
  },
): JoinRule {
  return deepFreeze({
    operation: 'join',
    right,
    type: options.type,
    on: options.on.map(({ left, right: rightColumn, nullSafe }) => ({
      left,
      right: rightColumn,
      nullSafe,
    })),
    rightPrefix: options.rightPrefix ?? '',
  })
}

export function aggregate(options: Omit<AggregateRule, 'operation'>): AggregateRule {
  return deepFreeze({
    operation: 'aggregate',
    groupBy: [...options.groupBy],
    measures: [...options.measures],
  })
}

export function window(options: Omit<WindowRule, 'operation'>): WindowRule {
  return deepFreeze({
    operation: 'window',
    partitionBy: [...options.partitionBy],
    orderBy: [...options.orderBy],
    columns: [...options.columns],
  })
}

/** All rows so far and of the named queries, duplicates kept. */
export function union(queries: readonly string[]): UnionRule {
  return deepFreeze({ operation: 'union', queries: [...queries] })
}

export function distinct(): DistinctRule {
  return deepFreeze({ operation: 'distinct' })
}

export function sort(by: readonly SortKey[]): SortRule {
  return deepFreeze({ operation: 'sort', by: [...by] })
}

export function limit(count: number): LimitRule {
  return deepFreeze({ operation: 'limit', count })
}

/** One row per element of a JSON array. */
export function unnest(column: string, as: string, ordinalAs?: string): UnnestRule {
  return deepFreeze({
    operation: 'unnest',
    column,
    as,
    ...(ordinalAs === undefined ? {} : { ordinalAs }),
  })
}

/** A guard that ends a query: there may be no rows here. */
export function assert(guard: Omit<AssertRule, 'operation'>): AssertRule {
  const { code, message, hint, canBeAccepted } = guard
  return deepFreeze({ operation: 'assert', guard: guard.guard, code, message, hint, canBeAccepted })
}
