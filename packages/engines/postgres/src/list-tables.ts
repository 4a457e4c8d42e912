import type { StoredTable } from '@qarion/core'

import type { PostgresConnection } from './connection/connection.ts'
import { LEASE_TABLE } from './lease/lease-table.ts'

const LIST = `
  SELECT c.relname, c.relkind, a.attname
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm') AND starts_with(c.relname::text, $2) AND c.relname <> $3
  ORDER BY c.relname::text COLLATE "C", a.attnum`

/** Tables and views of a schema whose names start with `prefix`, with their columns in order. */
export async function listTables(
  connection: PostgresConnection,
  schema: string,
  prefix: string,
): Promise<readonly StoredTable[]> {
  const { rows } = await connection.query(LIST, [schema, prefix, LEASE_TABLE])
  return [...Map.groupBy(rows, ([name]) => name)].map(([name, columns]) => ({
    name: String(name),
    kind: columns[0]?.[1] === 'v' || columns[0]?.[1] === 'm' ? 'view' : 'table',
    columns: columns.flatMap(([, , column]) =>
      column === null || column === undefined ? [] : [column],
    ),
  }))
}
