import type { Operation, TableDefinition } from '@qarion/core'
import { inferColumns, serialize } from '@qarion/plan'

import { compileAs } from '../expression/compile-expression.ts'
import { columnNode } from '../frame/node.ts'
import type { QueryContext } from '../query/query-context.ts'
import { project } from '../query/relation.ts'
import { partFrame } from '../query/source.ts'
import type { Part } from '../store/table-store.ts'
import { scanned, writeRows, type Draft } from './draft.ts'

/** Creates the table, or the columns that it lacks; rows that are there hold the defaults of those. */
export async function createTable(
  { name, columns, key, isUnique }: TableDefinition,
  draft: Draft,
  context: QueryContext,
): Promise<void> {
  const table = draft.tables.get(name)
  if (table === undefined) {
    draft.tables.set(name, { columns, key, isUnique, parts: [] })
    return
  }
  const added = columns.filter((column) => !table.columns.some((own) => own.name === column.name))
  if (added.length === 0) return
  const wider = { ...table, columns: [...table.columns, ...added] }
  const filled = added.filter((column) => column.default !== undefined)
  if (filled.length === 0) {
    draft.tables.set(name, wider)
    return
  }
  const inner: QueryContext = { ...context, tables: scanned(draft) }
  const parts: Part[] = []
  for (const part of table.parts) {
    const rows = { frame: partFrame(wider, part, inner), columns: wider.columns }
    const { frame } = await project(rows, context, (compilation) =>
      wider.columns.map((column) => {
        const { type } = column
        const node =
          filled.includes(column) && column.default !== undefined
            ? compileAs(column.default, type, compilation)
            : columnNode(column.name)
        return { name: column.name, operand: { node, type } }
      }),
    )
    const optional = wider.columns.map((column) => ({ ...column, required: false }))
    parts.push(await writeRows(draft, name, frame, optional, context))
  }
  draft.tables.set(name, { ...wider, parts })
}

/** Keeps a view's queries; who reads it has them from the catalog. */
export function createView(
  { name, queries, catalog }: Extract<Operation, { readonly kind: 'create_view' }>,
  draft: Draft,
): void {
  const columns = inferColumns(queries, catalog.datasets).get(queries.at(-1)?.name ?? '') ?? []
  draft.views.set(name, {
    columns: columns.map((column) => column.name),
    queries: serialize('queries', queries),
  })
}
