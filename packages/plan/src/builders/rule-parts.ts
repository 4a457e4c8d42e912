import type {
  AggregateMeasure,
  AggregateName,
  DataType,
  Expression,
  JoinKey,
  NamedExpression,
  SortKey,
  WindowColumn,
  WindowName,
} from '@qarion/core'

import { aggregateType, windowType } from '../check/grouping-rules.ts'
import { deepFreeze } from '../freeze.ts'
import { column } from './expressions.ts'

export function named(name: string, expression: Expression): NamedExpression {
  return deepFreeze({ name, expression })
}

/** Columns as they are, for `select`. */
export function keep(
  columns: readonly { readonly name: string; readonly type: DataType }[],
): readonly NamedExpression[] {
  return columns.map(({ name, type }) => named(name, column(name, type)))
}

/** Sort keys in ascending order; NULLs first unless told. */
export function ascending(
  columns: string | readonly string[],
  nulls: SortKey['nulls'] = 'first',
): readonly SortKey[] {
  return sortKeys(columns, 'ascending', nulls)
}

/** Sort keys in descending order; NULLs first unless told. */
export function descending(
  columns: string | readonly string[],
  nulls: SortKey['nulls'] = 'first',
): readonly SortKey[] {
  return sortKeys(columns, 'descending', nulls)
}

/** Join keys on columns that have the same name on both sides. NULL matches NULL unless told. */
export function sameKeys(
  columns: readonly string[],
  options: { readonly nullSafe?: boolean; readonly rightPrefix?: string } = {},
): readonly JoinKey[] {
  return columns.map((name) =>
    deepFreeze({
      left: name,
      right: (options.rightPrefix ?? '') + name,
      nullSafe: options.nullSafe ?? true,
    }),
  )
}

/** A measure of `aggregate` with the type that the closed table gives it. Throws QRN-PLAN-002, -003, -004. */
export function measure(
  name: string,
  fn: AggregateName,
  args: readonly Expression[] = [],
  orderBy?: readonly SortKey[],
): AggregateMeasure {
  const type = aggregateType(fn, args)
  return deepFreeze({
    name,
    function: fn,
    arguments: [...args],
    ...(orderBy === undefined ? {} : { orderBy: [...orderBy] }),
    type,
  })
}

/** A column of `window` with the type that the closed table gives it. Throws QRN-PLAN-002, -003, -004. */
export function windowColumn(
  name: string,
  fn: WindowName,
  args: readonly Expression[] = [],
): WindowColumn {
  return deepFreeze({ name, function: fn, arguments: [...args], type: windowType(fn, args) })
}

function sortKeys(
  columns: string | readonly string[],
  direction: SortKey['direction'],
  nulls: SortKey['nulls'],
): readonly SortKey[] {
  const names = typeof columns === 'string' ? [columns] : columns
  return names.map((name) => deepFreeze({ column: name, direction, nulls }))
}
