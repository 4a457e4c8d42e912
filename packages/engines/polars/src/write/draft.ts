import { isQarionError, type Column } from '@qarion/core'

import {
  aggregateAll,
  aggregateGroups,
  collect,
  countRows,
  filterRows,
  flagsOf,
} from '../frame/frames.ts'
import { aggregates, binary, columnNode, integerNode, isNull, LENGTH } from '../frame/node.ts'
import { polarsError } from '../polars-errors.ts'
import type { LazyFrame } from '../polars.ts'
import { filteredBy } from '../query/join.ts'
import type { QueryContext } from '../query/query-context.ts'
import type { Relation } from '../query/relation.ts'
import { tableRelation } from '../query/source.ts'
import type {
  Part,
  StoredTableState,
  StoredViewState,
  StoreState,
  TableStore,
} from '../store/table-store.ts'

/** The state that a commit is making of the one before. Nothing of it counts until it is published. */
export interface Draft {
  readonly tables: Map<string, StoredTableState>
  readonly views: Map<string, StoredViewState>
  readonly store: TableStore
  /** Parts written for it, for when it fails. */
  readonly written: Part[]
  readonly fence: bigint
}

export function createDraft(state: StoreState, store: TableStore): Draft {
  return {
    tables: new Map(state.tables),
    views: new Map(state.views),
    store,
    written: [],
    fence: state.fence,
  }
}

/** The table to write to. Throws QRN-POLARS-005 where it is not stored. */
export function tableIn(draft: Draft, name: string): StoredTableState {
  const table = draft.tables.get(name)
  if (table !== undefined) return table
  throw polarsError('QRN-POLARS-005', `The table ${name} is written to and is not stored.`)
}

/** Keeps rows as a part of the table, which has these columns at least. */
export async function writeRows(
  draft: Draft,
  name: string,
  frame: LazyFrame,
  columns: readonly Column[],
  context: QueryContext,
): Promise<Part> {
  const rows = await collect(frame)
  await requireValues(rows.lazy(), name, columns, context)
  const part = await draft.store.writePart(name, rows, columns)
  draft.written.push(part)
  return part
}

async function requireValues(
  rows: LazyFrame,
  table: string,
  columns: readonly Column[],
  { polars }: QueryContext,
): Promise<void> {
  const required = columns.filter((column) => column.required)
  if (required.length === 0) return
  const flags = required.map((_, index) => ({
    name: String(index),
    node: aggregates.any(isNull(columnNode((required[index] as Column).name))),
  }))
  const found = await flagsOf(aggregateAll(polars, rows, flags))
  const missing = required.filter((_, index) => found[index] === true)
  if (missing.length === 0) return
  const names = missing.map(({ name }) => name).join(', ')
  throw polarsError('QRN-POLARS-008', `A row of ${table} has NULL in the required ${names}.`)
}

/**
 * Throws QRN-POLARS-008 where two rows of a table share a key that is unique. `checked`: parts whose rows do not, so that
 * only the others are compared with one another and with them.
 */
export async function requireUniqueKey(
  draft: Draft,
  name: string,
  context: QueryContext,
  checked: readonly Part[] = [],
): Promise<void> {
  const table = tableIn(draft, name)
  if (!table.isUnique || table.key.length === 0) return
  const rowsOf = (parts: readonly Part[]): Relation =>
    tableRelation({ ...table, parts }, { ...context, tables: scanned(draft) })
  const added = rowsOf(table.parts.filter((part) => !checked.includes(part)))
  if (added.isEmpty === true) return
  const again = await filteredBy(rowsOf(checked), added, 'semi', table.key, context)
  const doubled =
    (await countDoubled(added.frame, table.key, context)) +
    (await countRows(context.polars, again.frame))
  if (doubled === 0) return
  throw polarsError(
    'QRN-POLARS-008',
    `${doubled} keys (${table.key.join(', ')}) of ${name} are there more than once.`,
  )
}

/** How many keys several rows share. */
async function countDoubled(
  frame: LazyFrame,
  key: readonly string[],
  { polars }: QueryContext,
): Promise<number> {
  // One column that differs in all rows is enough, and is counted in a tenth of the time.
  const differs = key.map((name) => ({
    name,
    node: binary('Eq', aggregates.countDistinctWithNull(columnNode(name)), LENGTH),
  }))
  if ((await flagsOf(aggregateAll(polars, frame, differs))).includes(true)) return 0
  const grouped = aggregateGroups(polars, frame, key, [{ name: 'xt:rows', node: LENGTH }])
  const several = binary('Gt', columnNode('xt:rows'), integerNode(1, 'UInt32'))
  return (await collect(filterRows(polars, grouped, several))).height
}

/** The tables of the draft as queries read them. */
export function scanned({ tables, store }: Draft): QueryContext['tables'] {
  return { tables, scan: (part, columns) => store.scan(part, columns) }
}

/** Forgets what was written; a failure to do so is less than the one that led here. */
export async function abandon(draft: Draft): Promise<void> {
  await draft.store.discard(draft.written).catch((thrown: unknown) => {
    if (!isQarionError(thrown)) throw thrown
  })
}
