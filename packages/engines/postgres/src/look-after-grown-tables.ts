import { quoteIdentifier } from '@qarion/kit-sql'

import type { PostgresConnection } from './connection/connection.ts'

const GROWN_TABLES = `
  SELECT c.relname
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind = 'r' AND pg_get_userbyid(c.relowner) = current_user
    AND pg_relation_size(c.oid) / current_setting('block_size')::bigint > 2 * greatest(c.relpages, 0) + 16
  ORDER BY c.relname`

/** Of tables that have a range of pages more than when they were analysed: there are some for each flow. */
const SUMMARIZE_BATCHES = `
  SELECT brin_summarize_new_values(c.oid)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_am a ON a.oid = c.relam
  JOIN pg_index i ON i.indexrelid = c.oid
  JOIN pg_class t ON t.oid = i.indrelid
  WHERE n.nspname = $1 AND c.relkind = 'i' AND a.amname = 'brin' AND pg_get_userbyid(c.relowner) = current_user
    AND pg_relation_size(t.oid) / current_setting('block_size')::bigint > greatest(t.relpages, 0) + 128`

/**
 * Analyses the tables of a schema that are twice as large as when they were analysed. A table that was empty then is taken
 * for empty, and would be searched from end to end for each row that it is compared with. Pages that are new are entered
 * into the indexes of batches, or they would be read whatever batch is looked for.
 */
export async function lookAfterGrownTables(
  connection: PostgresConnection,
  schema: string,
): Promise<void> {
  await connection.query(SUMMARIZE_BATCHES, [schema])
  const { rows } = await connection.query(GROWN_TABLES, [schema])
  for (const [name] of rows) await connection.query(`ANALYZE ${quoteIdentifier(String(name))}`)
}
