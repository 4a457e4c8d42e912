import type { Catalog, Operation, Query, StoredTable } from '@qarion/core'
import { inferColumns } from '@qarion/plan'

import type { StoredRelation } from '../compile/context.ts'
import type { SqlSession } from './sql-session.ts'

/** Which tables and views there are. */
export interface StoredTables {
  read(): Promise<ReadonlyMap<string, StoredRelation>>
  list(prefix?: string): Promise<readonly StoredTable[]>
  /** A transaction was committed and left these. */
  keep(stored: ReadonlyMap<string, StoredRelation>): void
  forget(): void
}

/** An exclusive session asks the database once and knows from then on what its own commits leave. */
export function createStoredTables(session: SqlSession, isExclusive: boolean): StoredTables {
  let known: ReadonlyMap<string, StoredRelation> | undefined
  const read = async (): Promise<ReadonlyMap<string, StoredRelation>> => {
    if (known !== undefined) return known
    const stored = new Map(
      (await session.listTables()).map(({ name, kind, columns }) => [
        name,
        { kind, columns: new Set(columns) },
      ]),
    )
    if (isExclusive) known = stored
    return stored
  }
  return {
    read,
    list: async (prefix = '') =>
      [...(await read())]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, { kind, columns }]) => ({ name, kind, columns: [...columns] }))
        .toSorted((left, right) => (left.name < right.name ? -1 : 1)),
    keep: (stored) => {
      if (isExclusive) known = stored
    },
    forget: () => {
      known = undefined
    },
  }
}

/** Changes `stored` as the operation changes the database. */
export function noteOperation(operation: Operation, stored: Map<string, StoredRelation>): void {
  switch (operation.kind) {
    case 'create_table': {
      const { name, columns } = operation.table
      const present = stored.get(name)?.columns ?? []
      stored.set(name, {
        kind: 'table',
        columns: new Set([...present, ...columns.map((column) => column.name)]),
      })
      break
    }
    case 'drop_table':
      stored.delete(operation.table)
      break
    case 'drop_view':
      stored.delete(operation.name)
      break
    case 'create_view':
      stored.set(operation.name, {
        kind: 'view',
        columns: new Set(columnsOf(operation.queries, operation.catalog)),
      })
      break
    default:
  }
}

function columnsOf(queries: readonly Query[], { datasets }: Catalog): readonly string[] {
  const last = queries.at(-1)?.name ?? ''
  return (inferColumns(queries, datasets).get(last) ?? []).map(({ name }) => name)
}
