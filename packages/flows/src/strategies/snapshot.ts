import type { BatchVersion, Dataset, InputColumn, Query } from '@qarion/core'
import {
  DataTypes,
  type Expression,
  type JoinKey,
  type NamedExpression,
  type Rule,
} from '@qarion/core'
import {
  aggregate,
  call,
  coalesce,
  column,
  defineQuery,
  equal,
  filter,
  from,
  fromQuery,
  integer,
  boolean,
  join,
  measure,
  not,
  select,
  text,
  union,
  window,
  windowColumn,
} from '@qarion/plan'

import type { ChangeFeedSettings } from '../change-feed/change-feed-settings.ts'

/** Keeps the row of each key that counts, after `sequenceWindow`. */
export const isOfRank: Rule = filter(equal(column('xt_rank', DataTypes.integer), integer(1)))

/** A column that is in a query under the same name. */
export function keep(of: {
  readonly name: string
  readonly type: Dataset['columns'][number]['type']
}): NamedExpression {
  return { name: of.name, expression: column(of.name, of.type) }
}

/** The values of a row as one text, as rejects show it; floats and bytes have none. */
export function rawText(columns: readonly InputColumn[]): Expression {
  const parts = columns.filter(({ type }) => type.kind !== 'float' && type.kind !== 'binary')
  return parts.length === 0
    ? text('')
    : call('key_text', ...parts.map(({ name, type }) => column(name, type)))
}

/** Join keys for columns that have the same name on both sides. */
export function onColumns(
  columns: readonly { readonly name: string }[],
  nullSafe = false,
): JoinKey[] {
  return columns.map(({ name }) => ({ left: name, right: name, nullSafe }))
}

/**
 * The rows that a delivery puts into the snapshot, one per key, as query `name`: the last (or first) row of each key
 * by `sequence_by`, without keys that are rejected as duplicates, without rows marked as deleted.
 * `<name>_landed` is the same with the marked rows.
 */
export function deliveredRows(
  name: string,
  settings: ChangeFeedSettings,
  landing: Dataset,
  version: BatchVersion,
): Query[] {
  const landed = `${name}_landed`
  const input = settings.columns.map(keep)
  const rules: Rule[] = [from(landing.id, version)]
  const queries: Query[] = []
  if (settings.onDuplicateKey === 'reject') {
    queries.push(duplicateKeys(`${name}_duplicates`, settings, landing, version))
    rules.push(
      join(`${name}_duplicates`, { type: 'anti', on: onColumns(duplicateColumns(settings)) }),
    )
  }
  if (settings.sequenceBy.length > 0) {
    rules.push(sequenceWindow(settings), isOfRank)
  }
  rules.push(select(input))
  const keepRow: Rule[] =
    settings.deletedWhen === undefined ? [] : [filter(not(isMarked(settings.deletedWhen)))]
  queries.push(defineQuery(landed, rules), defineQuery(name, [fromQuery(landed), ...keepRow]))
  return queries
}

/** The snapshot of a batch as query `name`: delivered rows that were not refused, and those carried over. */
export function snapshotRows(
  name: string,
  settings: ChangeFeedSettings,
  datasets: {
    readonly landing: Dataset
    readonly carried: Dataset
    readonly refusedKeys?: Dataset
  },
  version: BatchVersion,
): Query[] {
  const { landing, carried, refusedKeys } = datasets
  const refused = `${name}_refused`
  return [
    ...deliveredRows(`${name}_delivered`, settings, landing, version),
    defineQuery(`${name}_carried`, [from(carried.id, version)]),
    ...(refusedKeys === undefined ? [] : [defineQuery(refused, [from(refusedKeys.id, version)])]),
    defineQuery(name, [
      fromQuery(`${name}_delivered`),
      ...(refusedKeys === undefined
        ? []
        : [join(refused, { type: 'anti', on: onColumns(settings.key) })]),
      union([`${name}_carried`]),
    ]),
  ]
}

/** Whether the row is marked as deleted; NULL counts as not marked. */
export function isMarked(condition: Expression): Expression {
  return coalesce(condition, boolean(false))
}

/** The columns in which two rows must agree to be duplicates: with `sequence_by`, rows of a key are told apart by it. */
export function duplicateColumns(settings: ChangeFeedSettings): ChangeFeedSettings['columns'] {
  const names = new Set([...settings.key.map(({ name }) => name), ...settings.sequenceBy])
  return settings.onDuplicateKey === 'reject' || settings.sequenceBy.length === 0
    ? settings.key
    : settings.columns.filter(({ name }) => names.has(name))
}

/** Keys that a delivery holds more than once, with `xt_row_count`. Counting needs the key alone, which is indexed. */
export function duplicateKeys(
  name: string,
  settings: ChangeFeedSettings,
  landing: Dataset,
  version: BatchVersion,
): Query {
  return defineQuery(
    name,
    [
      from(landing.id, version),
      aggregate({
        groupBy: duplicateColumns(settings).map((keyColumn) => keyColumn.name),
        measures: [measure('xt_row_count', 'count')],
      }),
      filter(call('greater', column('xt_row_count', DataTypes.integer), integer(1))),
    ],
    { evaluate: 'once' },
  )
}

/** Ranks the rows of a key by `sequence_by`; `isOfRank` keeps the one that counts. */
export function sequenceWindow(settings: ChangeFeedSettings): Rule {
  const isFirst = settings.onDuplicateKey === 'first'
  const order = [...settings.sequenceBy, 'xt_source_file', 'xt_source_line']
  return window({
    partitionBy: settings.key.map(({ name }) => name),
    orderBy: order.map((name) => ({
      column: name,
      direction: isFirst ? ('ascending' as const) : ('descending' as const),
      nulls: isFirst ? ('first' as const) : ('last' as const),
    })),
    columns: [windowColumn('xt_rank', 'row_number')],
  })
}
