import type { Query } from '@qarion/core'

import type { CompileContext, QueriesByName } from '../compile/context.ts'
import { referencesOf } from '../compile/references.ts'
import { targetOf } from './target.ts'

/** Tables that a query reads, through other queries and views too, but not through temporary tables. */
export function tablesRead(
  queries: readonly Query[],
  name: string,
  context: CompileContext,
): ReadonlySet<string> {
  const tables = new Set<string>()
  visitQuery(
    name,
    new Map(queries.map((query) => [query.name, query])),
    context,
    tables,
    new Set(),
    false,
  )
  return tables
}

/** The table that a write changes. */
export function tableWritten(dataset: string, context: CompileContext): string {
  return targetOf(dataset, context).table
}

function visitQuery(
  name: string,
  queries: QueriesByName,
  context: CompileContext,
  tables: Set<string>,
  visited: Set<string>,
  isInView: boolean,
): void {
  const query = queries.get(name)
  if (query === undefined || visited.has(name)) return
  if (!isInView && context.staged?.has(name)) return
  visited.add(name)
  for (const rule of query.rules) {
    if (rule.operation === 'from' && rule.source.kind === 'dataset') {
      visitDataset(rule.source.dataset, context, tables)
    }
  }
  for (const reference of referencesOf(query)) {
    visitQuery(reference, queries, context, tables, visited, isInView)
  }
}

function visitDataset(id: string, context: CompileContext, tables: Set<string>): void {
  const dataset = context.catalog.datasets.get(id)
  if (dataset === undefined) return
  switch (dataset.storage.kind) {
    case 'table':
      tables.add(dataset.table)
      return
    case 'batches':
      for (const batch of Object.values(context.catalog.batches.get(id) ?? {}))
        tables.add(batch.table)
      return
    case 'view': {
      const { queries } = dataset.storage
      const byName = new Map(queries.map((query) => [query.name, query]))
      visitQuery(queries.at(-1)?.name ?? '', byName, context, tables, new Set(), true)
    }
  }
}
