import type { Column } from '@qarion/core'

import { countRows } from '../frame/frames.ts'
import { polarsError } from '../polars-errors.ts'
import type { DataFrame } from '../polars.ts'
import { filteredBy } from '../query/join.ts'
import type { QueryContext } from '../query/query-context.ts'
import type { Relation } from '../query/relation.ts'
import { partFrame } from '../query/source.ts'
import { requireUniqueKey, scanned, tableIn, writeRows, type Draft } from './draft.ts'

/** What a write does to a table. All of it is calculated before anything of it is done. */
export interface TableChange {
  readonly table: string
  /** Rows to delete: all, or those whose columns equal those of a row here (NULL equals NULL). */
  readonly remove?: 'all' | { readonly rows: Relation; readonly on: readonly string[] }
  /** Rows that take the place of the table's, some of them as they were. */
  readonly rewrite?: DataFrame
  readonly insert?: { readonly rows: DataFrame; readonly columns: readonly Column[] }
  /** Name under which rows are counted, and what counts besides the rows that `counted` says. */
  readonly counts: string
  readonly counted: 'inserted' | 'removed' | number
}

/** Does the changes: deletions first where writes share a table. Resolves to the rows of each by its name. */
export async function applyChanges(
  changes: readonly TableChange[],
  draft: Draft,
  context: QueryContext,
): Promise<Readonly<Record<string, number>>> {
  requireOneRewrite(changes)
  const rowCounts: Record<string, number> = {}
  // A rewritten table holds the rows of the state before, so it comes ahead of what is deleted from it.
  for (const change of changes.toSorted((a, b) => rank(a) - rank(b))) {
    const removed = await removeRows(change, draft, context)
    if (change.counted === 'removed') rowCounts[change.counts] = removed
    if (typeof change.counted === 'number') rowCounts[change.counts] = change.counted
  }
  const rewritten = new Set(
    changes.filter(({ rewrite }) => rewrite !== undefined).map(({ table }) => table),
  )
  const kept = new Map(
    changes.map(({ table }) => [table, rewritten.has(table) ? [] : tableIn(draft, table).parts]),
  )
  for (const change of changes) {
    if (change.insert === undefined) continue
    await insertRows(change.table, change.insert.rows, change.insert.columns, draft, context)
    if (change.counted === 'inserted') rowCounts[change.counts] = change.insert.rows.height
  }
  for (const [table, parts] of kept) await requireUniqueKey(draft, table, context, parts)
  return rowCounts
}

/** A second one would undo the first: both were made of the state before. */
function requireOneRewrite(changes: readonly TableChange[]): void {
  const rewritten = new Set<string>()
  for (const { table, rewrite } of changes) {
    if (rewrite === undefined) continue
    if (rewritten.has(table))
      throw polarsError('QRN-POLARS-013', `Two merges change rows of ${table}.`)
    rewritten.add(table)
  }
}

function rank({ rewrite }: TableChange): number {
  return rewrite === undefined ? 1 : 0
}

async function insertRows(
  name: string,
  rows: DataFrame,
  columns: readonly Column[],
  draft: Draft,
  context: QueryContext,
): Promise<void> {
  if (rows.height === 0) return
  const part = await writeRows(draft, name, rows.lazy(), columns, context)
  const table = tableIn(draft, name)
  draft.tables.set(name, { ...table, parts: [...table.parts, part] })
}

/** Parts without a row to delete stay as they are: a table grows with history, what is deleted is seldom old. */
async function removeRows(
  { table: name, remove, rewrite }: TableChange,
  draft: Draft,
  context: QueryContext,
): Promise<number> {
  const table = tableIn(draft, name)
  if (rewrite !== undefined) {
    const parts =
      rewrite.height === 0
        ? []
        : [await writeRows(draft, name, rewrite.lazy(), table.columns, context)]
    draft.tables.set(name, { ...table, parts })
    return 0
  }
  if (remove === undefined) return 0
  if (remove === 'all') {
    draft.tables.set(name, { ...table, parts: [] })
    return table.parts.reduce((sum, { rowCount }) => sum + rowCount, 0)
  }
  let removed = 0
  const parts = []
  const inner: QueryContext = { ...context, tables: scanned(draft) }
  for (const part of table.parts) {
    const rows: Relation = { frame: partFrame(table, part, inner), columns: table.columns }
    const touched = await filteredBy(rows, remove.rows, 'semi', remove.on, context)
    const found = await countRows(context.polars, touched.frame)
    if (found === 0) {
      parts.push(part)
      continue
    }
    removed += found
    if (found === part.rowCount) continue
    const kept = await filteredBy(rows, remove.rows, 'anti', remove.on, context)
    parts.push(await writeRows(draft, name, kept.frame, table.columns, context))
  }
  draft.tables.set(name, { ...table, parts })
  return removed
}
