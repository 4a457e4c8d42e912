import type { QueryContext } from '../query/query-context.ts'
import { tableRelation } from '../query/source.ts'
import type { Part, StoredTableState } from '../store/table-store.ts'
import { scanned, writeRows, type Draft } from './draft.ts'

/** Tables with fewer parts are left as they are. */
const MIN_PARTS = 4

/**
 * Joins small parts of tables that have many, newest first, so that a part is at least twice as large as those after
 * it: a table has few parts, and a row is written again seldom. Resolves to whether anything changed.
 */
export async function compactTables(draft: Draft, context: QueryContext): Promise<boolean> {
  let isChanged = false
  for (const [name, table] of draft.tables) {
    if (table.parts.length < MIN_PARTS) continue
    const from = firstToJoin(table.parts)
    const joined = table.parts.slice(from)
    if (joined.length < 2) continue
    const part = await joinParts(name, { ...table, parts: joined }, draft, context)
    draft.tables.set(name, { ...table, parts: [...table.parts.slice(0, from), part] })
    isChanged = true
  }
  return isChanged
}

function firstToJoin(parts: readonly Part[]): number {
  let from = parts.length - 1
  let rows = parts[from]?.rowCount ?? 0
  while (from > 0 && (parts[from - 1] as Part).rowCount < 2 * rows) {
    from -= 1
    rows += (parts[from] as Part).rowCount
  }
  return from
}

async function joinParts(
  name: string,
  table: StoredTableState,
  draft: Draft,
  context: QueryContext,
): Promise<Part> {
  const { frame } = tableRelation(table, { ...context, tables: scanned(draft) })
  const columns = table.columns.map((column) => ({ ...column, required: false }))
  return writeRows(draft, name, frame, columns, context)
}
